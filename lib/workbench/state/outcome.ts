// The outcome of the last run of each plugin, and whether it is folded. Runs in the browser.

import { headlineOf, type RunOutcome } from "../model/run_outcome.ts";
import type { Sight } from "../model/shown_outcome.ts";
import { BEGINNING, statusOf, type Store, withEntry, withoutEntry } from "./store.ts";

/** What the page shows of a plugin now. */
export function sightOf(store: Store, plugin: string): Sight {
  return {
    step: store.entry.value?.name === plugin ? store.step.value?.key ?? BEGINNING : "",
    status: statusOf(store.statuses.value.get(plugin)),
    report: store.reports.value.get(plugin) ?? null,
  };
}

/** Shows the outcome of a run. */
export function conclude(store: Store, plugin: string, outcome: RunOutcome): void {
  open(store, plugin, outcome);
  store.announced.value = headlineOf(outcome);
}

/**
 * Waits for the status after an outcome, which may select another step, and keeps the outcome open
 * beside that unless the user has gone elsewhere.
 */
export async function keepOpen(
  store: Store,
  plugin: string,
  outcome: RunOutcome,
  loaded: Promise<void>,
): Promise<void> {
  const route = store.route.value;
  await loaded;
  const shown = store.outcomes.value.get(plugin);
  if (shown?.outcome !== outcome || shown.isFolded || store.route.value !== route) return;
  open(store, plugin, outcome);
}

/** Folds an open outcome, and opens a folded one. */
export function toggleOutcome(store: Store, plugin: string, isOpen: boolean): void {
  const shown = store.outcomes.value.get(plugin);
  if (shown === undefined) return;
  if (!isOpen) open(store, plugin, shown.outcome);
  else store.outcomes.value = withEntry(store.outcomes.value, plugin, { ...shown, isFolded: true });
}

/** Takes an outcome off the page. */
export function dismissOutcome(store: Store, plugin: string): void {
  store.outcomes.value = withoutEntry(store.outcomes.value, plugin);
}

function open(store: Store, plugin: string, outcome: RunOutcome): void {
  const shown = { outcome, sight: sightOf(store, plugin), isFolded: false };
  store.outcomes.value = withEntry(store.outcomes.value, plugin, shown);
}
