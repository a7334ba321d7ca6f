// Requests runs from the sandbox. A dry run always comes first, so that the reviewed plan is what
// runs. Runs in the browser.

import type { FailureReply, Reply } from "../../message/any_reply.ts";
import type { RunEntry } from "../../message/reply.ts";
import { entriesOf, headlineOf, type RunOutcome } from "../model/run_outcome.ts";
import type { PlannedRun } from "../model/step_action.ts";
import { describeLoss, describeVersions } from "../model/words.ts";
import { ask } from "./ask.ts";
import { loadStatus } from "./load.ts";
import { type Store, withEntry, withoutEntry } from "./store.ts";

type RunReply = RunOutcome["reply"];

// Poll only runs long enough to notice, and no faster than a user reads.
const POLL_MS = 500;

/** Requests a dry run: it runs on the real rows and is rolled back. */
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
 * Requests a run, after a dry run. The request carries the plan hash of the dry run, so that it is
 * refused if anything changed in between. If the dry run loses data, the user has to confirm first.
 */
export async function run(store: Store, plugin: string, planned: PlannedRun): Promise<void> {
  await whileBusy(store, plugin, async () => {
    const tried = await request(store, plugin, planned, { dry_run: true });
    if (!tried.success) return conclude(store, plugin, planned, false, tried);
    const isAgreed = await review(store, planned, entriesOf(tried), tried.plan_hash);
    if (!isAgreed) return conclude(store, plugin, planned, true, tried);
    const reply = await request(store, plugin, planned, { plan_hash: tried.plan_hash });
    // So that the timeline and the result show the same database.
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
    text: `${doing} ${describeVersions(planned.migrations)} deletes data. Measured on your rows:`,
    points,
    footnote: `The database is backed up first. Only the plan of this dry run can run, ` +
      `${planHash.slice(0, 12)}.`,
    confirm: planned.verb === "apply"
      ? "Apply and delete this data"
      : "Roll back and delete this data",
  });
}

async function whileBusy(store: Store, plugin: string, work: () => Promise<void>): Promise<void> {
  if (store.busy.value.has(plugin)) return;
  store.busy.value = new Set([...store.busy.value, plugin]);
  const timer = setInterval(() => {
    // Nothing runs while the question is open.
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
  if (!reply.success || reply.verb === "apply" || reply.verb === "rollback") return reply;
  return notOpen(verb, plugin, `The sandbox answered as if to ${reply.verb}`);
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
