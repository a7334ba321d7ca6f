// Keeps the address and the route in sync, and loads what a route needs. Runs in the browser.

import { effect } from "@preact/signals";
import { formatRoute, parseRoute } from "../model/route.ts";
import { refreshBrowsing } from "./browse.ts";
import { openPlayground } from "./draft.ts";
import { refreshHistory } from "./history.ts";
import { arrive } from "./navigate.ts";
import { openSchemaDraft } from "./schema_draft.ts";
import type { Store } from "./store.ts";

/** Reads the address now and at each change, and writes it at each navigation on the page. */
export function followAddress(store: Store): void {
  store.route.value = parseRoute(location.hash);
  addEventListener("hashchange", () => {
    const route = parseRoute(location.hash);
    if (route.plugin !== null) arrive(store, route);
  });
  effect(() => {
    const hash = formatRoute(store.route.value);
    // Selecting a step adds no history entry, so that Back leads to the previous view.
    if (hash !== location.hash && store.route.value.plugin !== null) {
      history.replaceState(null, "", hash);
    }
  });
  effect(() => {
    const { view, plugin } = store.route.value;
    const isReady = store.sandbox.value !== null && store.entry.value !== null;
    if (!isReady || plugin === null) return;
    if (view === "data" && store.browsing.peek().schema === null) void refreshBrowsing(store);
    if (view === "history" && store.history.peek().entries === null) void refreshHistory(store);
    if (view === "schema") openSchemaDraft(store, plugin);
    if (view === "playground" && store.report.value !== null) openPlayground(store, plugin);
  });
}
