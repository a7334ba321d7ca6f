// Keeps the address and the place on the page in step, and opens what a place needs. In the browser.

import { effect } from "@preact/signals";
import { formatPlace, parsePlace } from "../model/place.ts";
import { refreshBrowsing } from "./browse.ts";
import { openDraft } from "./draft.ts";
import { arrive } from "./navigate.ts";
import type { Store } from "./store.ts";

/** Reads the address now and whenever it changes, and writes it as somebody moves on the page. */
export function followAddress(store: Store): void {
  store.place.value = parsePlace(location.hash);
  addEventListener("hashchange", () => {
    const place = parsePlace(location.hash);
    if (place.plugin !== null) arrive(store, place);
  });
  effect(() => {
    const hash = formatPlace(store.place.value);
    // Steps are looked through by the dozen; going back leads to the page before.
    if (hash !== location.hash && store.place.value.plugin !== null) {
      history.replaceState(null, "", hash);
    }
  });
  effect(() => {
    const { view, plugin } = store.place.value;
    const isReady = store.sandbox.value !== null && store.entry.value !== null;
    if (!isReady || plugin === null) return;
    if (view === "data" && store.browsing.peek().schema === null) void refreshBrowsing(store);
    if (view === "playground" && store.report.value !== null) openDraft(store, plugin);
  });
}
