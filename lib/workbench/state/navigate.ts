// Moves between plugins, views and steps. Runs in the browser.

import type { Route } from "../model/route.ts";
import { stopBrowsing } from "./browse.ts";
import { forgetHistory } from "./history.ts";
import { loadPlugin } from "./load.ts";
import type { Store } from "./store.ts";

/** Changes parts of the route. The others stay, except the step when the plugin changes. */
export function goTo(store: Store, change: Partial<Route>): void {
  const before = store.route.value;
  const isOther = change.plugin !== undefined && change.plugin !== before.plugin;
  arrive(store, { ...before, ...(isOther ? { step: null } : {}), ...change });
}

/** Shows a route, and loads its plugin. */
export function arrive(store: Store, route: Route): void {
  const isOther = route.plugin !== store.route.value.plugin;
  if (isOther) {
    stopBrowsing(store);
    forgetHistory(store);
  }
  store.route.value = route;
  if (isOther && route.plugin !== null && !store.reports.value.has(route.plugin)) {
    void loadPlugin(store, route.plugin);
  }
}
