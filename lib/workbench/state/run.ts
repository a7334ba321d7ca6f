// Requests runs from the sandbox. A dry run always comes first, so that the reviewed plan is what
// runs. Runs in the browser.

import type { PlanReply } from "../../message/plan_reply.ts";
import { type RunOutcome, verdictOf } from "../model/run_outcome.ts";
import type { PlannedRun } from "../model/step_action.ts";
import { describeLoss, describeVersions } from "../model/words.ts";
import { ask } from "./ask.ts";
import { loadStatus } from "./load.ts";
import { conclude, keepOpen } from "./outcome.ts";
import { request } from "./request.ts";
import { type Store, withoutEntry } from "./store.ts";

// The most lost rows of a table, and lost values of a column, that the page shows.
const SHOWN_ROWS = 20;

// Poll only runs long enough to notice, and no faster than a user reads.
const POLL_MS = 500;

/** Requests a dry run: it runs on the real rows and is rolled back. */
export async function dryRun(store: Store, plugin: string, planned: PlannedRun): Promise<void> {
  await whileBusy(store, plugin, () => plan(store, plugin, planned, 0));
}

/** Repeats a dry run, to show some of the rows and values that would be lost. */
export async function showLostRows(
  store: Store,
  plugin: string,
  planned: PlannedRun,
): Promise<void> {
  await whileBusy(store, plugin, () => plan(store, plugin, planned, SHOWN_ROWS));
}

/**
 * Requests a run, after a dry run. The request carries the plan hash of the dry run, so that it is
 * refused if anything changed in between. If the dry run loses data, the user has to confirm first.
 */
export async function run(store: Store, plugin: string, planned: PlannedRun): Promise<void> {
  await whileBusy(store, plugin, async () => {
    const tried = await plan(store, plugin, planned, 0);
    const { reply } = tried;
    if (!reply.success) return { kind: "run", planned, reply };
    if (!await confirm(store, planned, reply)) return tried;
    return {
      kind: "run",
      planned,
      reply: await request(store, planned.verb, plugin, {
        target_version: planned.target,
        applied_by: "sandbox",
        plan_hash: reply.plan_hash,
      }),
    };
  });
}

/** Cancels the run that has the database of a plugin, from whichever client it is. */
export async function cancelRun(store: Store, plugin: string): Promise<void> {
  const reply = await request(store, "cancel", plugin, {});
  // The reply of a cancelled run says so itself, and the run of another client has no panel here.
  if (reply.success && reply.cancelled && store.busy.value.has(plugin)) return;
  store.said.value = reply.message;
}

async function plan(
  store: Store,
  plugin: string,
  planned: PlannedRun,
  rows: number,
): Promise<Extract<RunOutcome, { kind: "dry-run" }>> {
  const reply = await request(store, "plan", plugin, {
    direction: planned.verb,
    target_version: planned.target,
    rows,
    // The page shows the SQL and the schemas of each file already.
    omit: ["statements", "schemas"],
  });
  return { kind: "dry-run", planned, reply };
}

async function confirm(store: Store, planned: PlannedRun, tried: PlanReply): Promise<boolean> {
  const points = tried.steps.flatMap(({ data_loss: losses }) => losses.map(describeLoss));
  if (points.length === 0) return true;
  const doing = planned.verb === "apply" ? "Applying" : "Rolling back";
  return await ask(store, {
    title: planned.label,
    text: `${doing} ${describeVersions(planned.migrations)} deletes data. Measured on your rows:`,
    points,
    footnote: `The database is backed up first. Only the plan of this dry run can run, ` +
      `${tried.plan_hash.slice(0, 12)}.`,
    confirm: planned.verb === "apply"
      ? "Apply and delete this data"
      : "Roll back and delete this data",
  });
}

/**
 * Shows a plugin as busy until `work` is done, then its outcome, unless there is none. Does nothing
 * if the plugin is busy.
 */
export async function whileBusy(
  store: Store,
  plugin: string,
  work: () => Promise<RunOutcome | null>,
): Promise<void> {
  if (store.busy.value.has(plugin)) return;
  store.busy.value = new Set([...store.busy.value, plugin]);
  const timer = setInterval(() => {
    // Nothing runs while the question is open.
    if (store.question.value === null) void loadStatus(store, plugin);
  }, POLL_MS);
  try {
    const outcome = await work();
    clearInterval(timer);
    // Also makes the last answer of the timer stale, which may still report the run.
    const loaded = loadStatus(store, plugin);
    // So that the timeline and the result show the same database. After a cancel it may take a
    // while to open it again.
    if (outcome === null) return;
    if (verdictOf(outcome) === "done") await loaded;
    conclude(store, plugin, outcome);
    void keepOpen(store, plugin, outcome, loaded);
  } finally {
    clearInterval(timer);
    store.busy.value = new Set([...store.busy.value].filter((each) => each !== plugin));
    store.running.value = withoutEntry(store.running.value, plugin);
  }
}
