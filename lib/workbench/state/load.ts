// Loads plugins, status and files into the state of the page. Runs in the browser.

import { joinStatus } from "../model/run_progress.ts";
import { formatRoute, namesPlugin, parseRoute, START } from "../model/route.ts";
import { statusOf, type Store, withEntry, withoutEntry } from "./store.ts";

// Ascending, so that an answer older than the newest request is dropped.
let latest = 0;
const asked = new Map<string, number>();

/** Loads the plugins, the selected one first. */
export async function loadPlugins(store: Store): Promise<void> {
  const sandbox = store.sandbox.value;
  if (sandbox === null) return;
  const { plugin: likely } = store.route.value;
  // The address names a plugin, or one was seen last; most likely it exists.
  const early = likely !== null && namesPlugin(store.route.value)
    ? loadStatus(store, likely)
    : null;
  const plugins = await sandbox.plugins();
  store.plugins.value = plugins;
  void sandbox.sourceProblems().then((problems) => store.sourceProblems.value = problems);
  // What was seen last is no choice of the user.
  const named = store.fleetPlace.peek() === null ? parseRoute(location.hash).plugin : null;
  // A plugin that is not there is shown as missing, and not replaced by another one.
  const shown = named ?? plugins[0]?.name ?? null;
  const isElsewhere = store.shared.peek() !== null || store.fleetPlace.peek() !== null;
  if (named === null && shown !== null && !isElsewhere) select(store, shown);
  if (plugins.some(({ name }) => name === shown) && shown !== null) {
    await (shown === likely ? early : loadStatus(store, shown));
    await loadReport(store, shown);
  }
  for (const { name } of plugins) {
    if (name !== shown) await loadStatus(store, name);
  }
}

/** Selects the first plugin, which the address of the page does not name yet. */
function select(store: Store, plugin: string): void {
  const route = { ...START, plugin };
  history.replaceState(null, "", formatRoute(route));
  store.route.value = route;
}

/** Loads the status of a plugin, then its files, whose rehearsal would delay the status. */
export async function loadPlugin(store: Store, plugin: string): Promise<void> {
  await loadStatus(store, plugin);
  await loadReport(store, plugin);
}

/** Loads the status of a plugin. */
export async function loadStatus(store: Store, plugin: string): Promise<void> {
  const sandbox = store.sandbox.value;
  if (sandbox === null) return;
  const isLatest = begin(`status ${plugin}`);
  const reply = await sandbox.request("status", plugin, "{}");
  if (!isLatest()) return;
  if (store.seen.value === plugin) store.seen.value = null;
  store.statuses.value = withEntry(store.statuses.value, plugin, reply);
  const status = statusOf(reply);
  if (status?.progress !== undefined) {
    const before = store.running.value.get(plugin) ?? null;
    const progress = joinStatus(before, status.progress);
    store.running.value = withEntry(store.running.value, plugin, progress);
  } else if (status?.locked === false) {
    store.running.value = withoutEntry(store.running.value, plugin);
  }
}

/** Rehearses the files of a plugin. */
export async function loadReport(store: Store, plugin: string): Promise<void> {
  const sandbox = store.sandbox.value;
  if (sandbox === null) return;
  const isLatest = begin(`files ${plugin}`);
  const report = await sandbox.files(plugin);
  if (isLatest()) store.reports.value = withEntry(store.reports.value, plugin, report);
}

function begin(what: string): () => boolean {
  latest += 1;
  const own = latest;
  asked.set(what, own);
  return () => asked.get(what) === own;
}
