// Shows the last status of a plugin until the sandbox has answered, and keeps the present one for
// the next visit. Runs in the browser.

import { effect } from "@preact/signals";
import { formatSeen, parseSeen, statusOfSeen } from "../model/seen_status.ts";
import { recall, remember } from "./remembered.ts";
import { statusOf, type Store } from "./store.ts";

const SEEN = "godwit.seen";

/** Marks what it shows as seen earlier; does nothing where the address is of another plugin. */
export function showLastSeen(store: Store): void {
  const seen = parseSeen(recall(SEEN) ?? "");
  // Without a plugin in the address, the page shows the first one.
  const wanted = store.route.value.plugin ?? seen?.plugins[0]?.name;
  if (seen !== null && seen.plugin === wanted && store.shared.value === null) {
    store.route.value = { ...store.route.value, plugin: seen.plugin };
    store.plugins.value = seen.plugins;
    store.statuses.value = new Map([[seen.plugin, statusOfSeen(seen)]]);
    store.seen.value = seen.plugin;
  }
  effect(() => keep(store));
}

function keep({ entry, plugins, statuses, seen }: Store): void {
  const plugin = entry.value?.name ?? null;
  const status = statusOf(statuses.value.get(plugin ?? ""));
  if (plugin === null || status === null || seen.value === plugin) return;
  const text = formatSeen({ plugins: plugins.value ?? [], plugin, status });
  if (text !== null) remember(SEEN, text);
}
