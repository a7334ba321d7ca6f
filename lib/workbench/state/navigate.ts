// Moves between plugins, views and steps. Runs in the browser.

import type { Place } from "../model/place.ts";
import { stopBrowsing } from "./browse.ts";
import { loadPlugin } from "./load.ts";
import type { Store } from "./store.ts";

/** Changes parts of the route. The others stay, except the step when the plugin changes. */
export function goTo(store: Store, change: Partial<Place>): void {
  const before = store.place.value;
  const isOther = change.plugin !== undefined && change.plugin !== before.plugin;
  arrive(store, { ...before, ...(isOther ? { step: null } : {}), ...change });
}

/** Shows a route, and loads its plugin. */
export function arrive(store: Store, place: Place): void {
  const isOther = place.plugin !== store.place.value.plugin;
  if (isOther) stopBrowsing(store);
  store.place.value = place;
  if (isOther && place.plugin !== null && !store.reports.value.has(place.plugin)) {
    void loadPlugin(store, place.plugin);
  }
}
