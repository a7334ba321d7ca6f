// Asks the sandbox for runs: a dry run first, always, so that what was reviewed is what runs.

import type { FailureReply, Reply } from "../../../../lib/message/any_reply.ts";
import type { RunEntry } from "../../../../lib/message/reply.ts";
import { entriesOf, headlineOf, type RunOutcome } from "../model/run_outcome.ts";
import type { PlannedRun } from "../model/step_action.ts";
import { describeLoss, describeVersions } from "../model/words.ts";
import { ask } from "./ask.ts";
import { loadStatus } from "./load.ts";
import { type Store, withEntry, withoutEntry } from "./store.ts";

type RunReply = RunOutcome["reply"];

// A run that a person notices is worth asking for, and no more often than a person reads.
const POLL_MS = 500;

/** Tries a run on the real rows; everything is undone. */
export async function dryRun(store: Store, plugin: string, planned: PlannedRun): Promise<void> {
  await whileBusy(store, plugin, async () => {
    conclude(
      store,
      plugin,
      planned,
      true,
      await request(store, plugin, planned, { dry_run: true }),
    );
  });
}

/**
 * Runs. A dry run comes first, and its plan hash goes with the run: had anything changed in between,
 * the run would be refused. What would be lost is shown, and nothing runs unless it is agreed to.
 */
export async function run(store: Store, plugin: string, planned: PlannedRun): Promise<void> {
  await whileBusy(store, plugin, async () => {
    const tried = await request(store, plugin, planned, { dry_run: true });
    if (!tried.success) return conclude(store, plugin, planned, false, tried);
    const isAgreed = await review(store, planned, entriesOf(tried), tried.plan_hash);
    if (!isAgreed) return conclude(store, plugin, planned, true, tried);
    const reply = await request(store, plugin, planned, { plan_hash: tried.plan_hash });
    // The timeline beside the result shows the same database.
    await loadStatus(store, plugin);
    conclude(store, plugin, planned, false, reply);
  });
}

async function review(
  store: Store,
  planned: PlannedRun,
  entries: readonly RunEntry[],
  planHash: string,
): Promise<boolean> {
  const points = entries.flatMap(({ data_loss: losses }) => losses.map(describeLoss));
  if (points.length === 0) return true;
  const doing = planned.verb === "apply" ? "Applying" : "Rolling back";
  return await ask(store, {
    title: planned.label,
    text: `${doing} ${describeVersions(planned.migrations)} takes away, measured by a dry run:`,
    points,
    footnote: `The database is backed up first. Exactly the plan that was tried runs, ` +
      `${planHash.slice(0, 12)}; anything else is refused.`,
    confirm: planned.verb === "apply" ? "Apply and lose these" : "Roll back and lose these",
  });
}

async function whileBusy(store: Store, plugin: string, work: () => Promise<void>): Promise<void> {
  if (store.busy.value.has(plugin)) return;
  store.busy.value = new Set([...store.busy.value, plugin]);
  const timer = setInterval(() => {
    // While a question is open, nothing runs.
    if (store.question.value === null) void loadStatus(store, plugin);
  }, POLL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
    store.busy.value = new Set([...store.busy.value].filter((each) => each !== plugin));
    store.running.value = withoutEntry(store.running.value, plugin);
  }
}

async function request(
  store: Store,
  plugin: string,
  { verb, target }: PlannedRun,
  fields: { readonly dry_run: true } | { readonly plan_hash: string },
): Promise<RunReply> {
  const payload = JSON.stringify({ target_version: target, applied_by: "sandbox", ...fields });
  const reply: Reply | undefined = await store.sandbox.value?.request(verb, plugin, payload);
  if (reply === undefined) {
    return notOpen(verb, plugin, "The sandbox is not open yet; wait a moment");
  }
  if (!reply.success || reply.verb !== "status") return reply;
  return notOpen(verb, plugin, "The sandbox answered as if to status");
}

function notOpen(verb: PlannedRun["verb"], plugin: string, message: string): FailureReply {
  return {
    success: false,
    verb,
    error_code: "INTERNAL_ERROR",
    message,
    plugin_name: plugin,
    errors: [],
    warnings: [],
  };
}

function conclude(
  store: Store,
  plugin: string,
  planned: PlannedRun,
  isDryRun: boolean,
  reply: RunReply,
): void {
  store.outcomes.value = withEntry(store.outcomes.value, plugin, { planned, isDryRun, reply });
  store.announced.value = headlineOf({ planned, isDryRun, reply });
}
