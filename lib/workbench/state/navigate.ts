// Moves between plugins, views, steps and rows, and writes the address. Runs in the browser.

import { formatRoute, isElsewhere, namesPlugin, type Route, START } from "../model/route.ts";
import { stopBrowsing } from "./browse.ts";
import { forgetHistory } from "./history.ts";
import { changePrompt } from "./kept_prompts.ts";
import { loadPlugin } from "./load.ts";
import type { Store } from "./store.ts";

/**
 * Changes parts of the route. The others stay, except what belongs to the plugin when that changes.
 * Back returns from another plugin, view or table, and with `"new-entry"` from any other place.
 */
export function goTo(
  store: Store,
  change: Partial<Route>,
  entry: "by-place" | "new-entry" = "by-place",
): void {
  const before = store.route.value;
  const isOther = change.plugin !== undefined && change.plugin !== before.plugin;
  const { view } = before;
  const route = { ...(isOther ? { ...START, view } : before), ...change };
  const hash = formatRoute(route);
  if (hash !== location.hash) {
    const isNew = entry === "new-entry" || isElsewhere(before, route) ||
      store.shared.value !== null || store.fleetPlace.value !== null;
    if (isNew && location.hash.length > 2) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  }
  arrive(store, route);
}

/** Shows a route that is in the address, and loads its plugin. */
export function arrive(store: Store, route: Route): void {
  const { plugin } = route;
  store.shared.value = null;
  store.fleetPlace.value = null;
  const isOther = plugin !== store.route.value.plugin;
  if (isOther) {
    stopBrowsing(store);
    changePrompt(store, store.route.value.plugin, plugin);
    forgetHistory(store);
  }
  store.route.value = route;
  if (!isOther || plugin === null || !namesPlugin(route)) return;
  if (!store.reports.value.has(plugin)) void loadPlugin(store, plugin);
}
