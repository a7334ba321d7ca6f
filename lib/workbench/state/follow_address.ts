// Follows the address, and loads what a route needs. Runs in the browser.

import { computed, effect } from "@preact/signals";
import { parseFleetPlace } from "../model/fleet_place.ts";
import { parseRoute, withKept } from "../model/route.ts";
import { isShareAddress } from "../model/share_link.ts";
import { refreshBrowsing, showRows } from "./browse.ts";
import { openPlayground } from "./draft.ts";
import { arriveAtFleet } from "./fleet.ts";
import { refreshHistory } from "./history.ts";
import { arrive, goTo } from "./navigate.ts";
import { showStatement } from "./prompt.ts";
import { openSchemaDraft } from "./schema_draft.ts";
import { openShared } from "./share.ts";
import type { Store } from "./store.ts";

/** Reads the address now and at each change. Navigation on the page writes it. */
export function followAddress(store: Store): void {
  const openElsewhere = (): boolean => {
    const fleet = parseFleetPlace(location.hash);
    if (fleet !== null) arriveAtFleet(store, fleet);
    else if (isShareAddress(location.hash)) void openShared(store, location.hash);
    else return false;
    return true;
  };
  if (!openElsewhere()) store.route.value = parseRoute(location.hash);
  addEventListener("hashchange", () => {
    if (openElsewhere()) return;
    const route = parseRoute(location.hash);
    if (route.plugin !== null) arrive(store, withKept(route, store.route.value));
    else goTo(store, { plugin: store.plugins.peek()?.[0]?.name ?? null });
  });
  const sql = computed(() => store.route.value.sql);
  effect(() => showStatement(store, sql.value));
  effect(() => {
    const { view, plugin } = store.route.value;
    const isReady = store.sandbox.value !== null && store.entry.value !== null;
    if (!isReady || plugin === null) return;
    if (view === "data") {
      if (store.browsing.peek().schema === null) void refreshBrowsing(store);
      else void showRows(store);
    }
    if (view === "history" && store.history.peek().entries === null) void refreshHistory(store);
    if (view === "schema") openSchemaDraft(store, plugin);
    if (view === "playground" && store.report.value !== null) openPlayground(store, plugin);
  });
}
