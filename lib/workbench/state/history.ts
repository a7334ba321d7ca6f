// Reads the log of a database. Runs in the browser.

import { request } from "./request.ts";
import { NO_HISTORY, shownEntries, type Store } from "./store.ts";

const PAGE_ENTRIES = 50;

let latest = 0;

/** Resets the history, when another plugin is selected. */
export function forgetHistory(store: Store): void {
  latest += 1;
  store.history.value = NO_HISTORY;
}

/** Reads the log again, as much of it as is shown; later, if it is not shown. */
export async function refreshHistory(store: Store): Promise<void> {
  const { plugin, view } = store.route.value;
  if (plugin === null) return;
  if (view !== "history") return forgetHistory(store);
  await read(store, plugin, Math.max(shownEntries(store.history.value), PAGE_ENTRIES));
}

/** Reads older entries too. */
export async function showOlder(store: Store): Promise<void> {
  const { plugin } = store.route.value;
  if (plugin === null) return;
  await read(store, plugin, shownEntries(store.history.value) + PAGE_ENTRIES);
}

// From the newest entry on, because a run may have added some since.
async function read(store: Store, plugin: string, limit: number): Promise<void> {
  latest += 1;
  const own = latest;
  const reply = await request(store, "history", plugin, { limit });
  if (own !== latest) return;
  store.history.value = reply.success
    ? {
      entries: reply.entries,
      unreadable: reply.unreadable_entries,
      total: reply.entry_count,
      problem: null,
    }
    : { ...store.history.value, problem: reply.message };
}
