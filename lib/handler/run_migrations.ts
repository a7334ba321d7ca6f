// What apply and rollback share: files, lock, preparation, execution, reply.

import { beforeAbort, type Deadline, deadlineIn } from "../deadline.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { RunEntry, RunReply } from "../message/reply.ts";
import type { PlanOutline } from "../database/prepare.ts";
import type { DatabaseSession, ExecutionReport } from "../database/session.ts";
import type { SourceFile } from "../source/source_file.ts";
import type { HandlerContext } from "./context.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";
import { findFilesOrHistory } from "./find_files.ts";
import { cancelledFailure, type HeldRun, holdDatabase } from "./hold_database.ts";
import { keptSteps } from "./kept_steps.ts";
import { stateOf } from "./known.ts";
import { preparePlan } from "./prepare_plan.ts";
import { figuresOf } from "./run_figures.ts";
import { cancelledPlan, entryOf, refusal, runFailure, unansweredFailure } from "./run_failure.ts";
import { reportRun, type RunProgress } from "./run_progress.ts";
import type { TargetedRun } from "./targeted_run.ts";

/** A run that came to its end. */
export interface CompletedRun {
  readonly id: string;
  readonly request: TargetedRun;
  readonly plan: PlanOutline;
  readonly report: ExecutionReport;
  readonly totalTimeMs: number;
}

/** Makes the reply of a verb from a completed run. */
type MakeReply<R> = (completed: CompletedRun) => R;

/**
 * Runs migrations, from request to reply. The lock of the run is held from plan to commit. Every
 * expected failure is a `Failure`; what is thrown is a bug.
 */
export async function runMigrations<R extends SuccessReply>(
  request: TargetedRun,
  context: HandlerContext,
  makeReply: MakeReply<R>,
): Promise<R | Failure> {
  const startedMs = context.elapsedMs();
  const { atMs } = deadlineIn(request.timeout_ms, context.signal);
  const { address } = request;
  const { plugin } = address;
  // The log has what a rollback runs.
  const found = request.target.direction === "rollback"
    ? await findFilesOrHistory(address, context)
    : await context.source.find(plugin);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);
  const verb = typeof request.mode === "string" ? request.target.direction : "plan";
  const holding = { verb, dryRun: request.mode !== "commit", run_id: request.run_id } as const;
  return await holdDatabase(address, holding, context, async (held) => {
    const deadline = { atMs, signal: held.signal };
    const run = { held, request, context, startedMs, deadline, makeReply };
    const progress = reportRun(context, held.lock, {
      id: held.id,
      address,
      verb: request.target.direction,
      dryRun: request.mode !== "commit",
      startedBy: request.applied_by,
      span: held.span,
    });
    const state = appliesAll(request) ? stateOf(address, context) : null;
    const idle = state === null ? null : knownIdlePlan(request, state, context);
    return idle === null
      ? await openAndRun(run, found.files, state, progress)
      : refusal(request, idle) ?? runNothing(run, idle, progress);
  });
}

/** The plan of this run, where it is known without opening the database and has no steps. */
function knownIdlePlan(
  request: TargetedRun,
  state: string,
  { known }: HandlerContext,
): PlanOutline | null {
  const plan = known.plans.get(request.address, state)?.plan ?? null;
  return plan !== null && isIdle(request, plan) ? plan : null;
}

// A review shows the schema even where nothing is to be done.
function isIdle({ mode }: TargetedRun, { steps }: PlanOutline): boolean {
  return steps.length === 0 && typeof mode === "string";
}

function appliesAll({ target: { direction, version } }: TargetedRun): boolean {
  return direction === "apply" && version === "latest";
}

const NOTHING_RAN = "it had not begun, and nothing has run";

/** The fields that the replies to apply and rollback share, and the entries of the run. */
export function runReply(
  { id, request, plan, report, totalTimeMs }: CompletedRun,
): { readonly shared: Omit<RunReply, "success">; readonly entries: RunEntry[] } {
  const shared = {
    plugin_name: request.address.plugin,
    run_id: id,
    dry_run: request.mode !== "commit",
    previous_version: plan.from,
    current_version: report.currentVersion,
    warnings: report.findings.map(findingMessage),
    plan_hash: plan.hash,
    ...(report.backup === null ? {} : { backup: report.backup }),
    total_time_ms: totalTimeMs,
  };
  return { shared, entries: report.executed.map((step) => entryOf(request, step)) };
}

/** The reply of a verb where the run was completed. */
type SuccessReply = { readonly success: true };

/** A run that holds its lock. */
interface Run<R> {
  readonly held: HeldRun;
  readonly request: TargetedRun;
  readonly context: HandlerContext;
  readonly startedMs: number;
  readonly deadline: Deadline<AbortSignal>;
  readonly makeReply: MakeReply<R>;
}

async function openAndRun<R extends SuccessReply>(
  run: Run<R>,
  sources: AsyncIterable<SourceFile>,
  state: string | null,
  progress: RunProgress,
): Promise<R | Failure> {
  const { held, request: { address, target }, context } = run;
  const { plugin } = address;
  const opening = context.databases.open({ kind: "plugin", ...address }, "run");
  await using session = await beforeAbort(held.signal, opening);
  if (session === null) {
    opening.then((late) => late[Symbol.asyncDispose](), () => {});
    return cancelledFailure(address, NOTHING_RAN);
  }
  const loaded = await session.load(sources);
  if (!loaded.ok) return databaseFailure(loaded, plugin);
  const files = loaded.value;
  const prepared = await preparePlan(session, {
    target,
    deadline: run.deadline,
    span: held.span,
    onPlanned: (planned) => progress.planned(planned, files.migrations),
  }, context);
  if (!prepared.ok) {
    if (prepared.code === "cancelled") return cancelledFailure(address, NOTHING_RAN);
    return prepared.code === "no-such-target"
      ? failureReply("INVALID_REQUEST", plugin, prepared.message, files.findings)
      : databaseFailure(prepared, plugin);
  }
  const plan = prepared.value;
  if (state !== null && plan.interrupted === null && state === stateOf(address, context)) {
    context.known.plans.keep(address, state, { files: files.migrations, plan });
  }
  const refused = refusal(run.request, plan);
  if (refused !== null) return refused;
  return isIdle(run.request, plan)
    ? runNothing(run, plan, progress)
    : await execute(run, session, plan, progress);
}

async function execute<R extends SuccessReply>(
  run: Run<R>,
  session: DatabaseSession,
  plan: PlanOutline,
  progress: RunProgress,
): Promise<R | Failure> {
  const { mode, applied_by: appliedBy, transaction } = run.request;
  let outcome: Awaited<ReturnType<DatabaseSession["execute"]>>;
  const kept = keptSteps(plan, mode);
  try {
    if (mode === "commit") {
      await beforeAbort(run.held.signal, progress.requested(plan));
      if (run.held.signal.aborted) {
        progress.finished("CANCELLED", plan.from);
        return cancelledPlan(run.request.address, plan, NOTHING_RAN);
      }
    }
    progress.started(plan);
    outcome = await session.execute(
      plan.hash,
      { runId: run.held.id, mode, appliedBy, transaction },
      run.deadline,
      (event) => {
        kept.follow(event);
        progress.follow(event);
      },
    );
  } catch (error) {
    // Listeners that have closed the database for this run wait for its end.
    progress.finished("INTERNAL_ERROR", plan.from);
    throw error;
  }
  if (!outcome.ok) {
    run.held.note(figuresOf(kept.executed, null));
    const reply = unansweredFailure(run.request, plan, outcome, kept);
    progress.finished(reply.error_code, kept.currentVersion());
    return reply;
  }
  const report = outcome.value;
  run.held.note(figuresOf(report.executed, report.backup));
  const reply = report.end.kind === "completed"
    ? success(run, plan, report)
    : runFailure(run.request, plan, report, report.end);
  progress.finished(reply.success ? null : reply.error_code, report.currentVersion);
  return reply;
}

/** Runs a plan without steps, for which the database need not be opened. */
function runNothing<R>(run: Run<R>, plan: PlanOutline, progress: RunProgress): R {
  const { from, findings } = plan;
  progress.started(plan);
  const reply = success(run, plan, {
    executed: [],
    currentVersion: from,
    backup: null,
    review: null,
    end: { kind: "completed" },
    findings,
  });
  progress.finished(null, from);
  return reply;
}

function success<R>(run: Run<R>, plan: PlanOutline, report: ExecutionReport): R {
  const totalTimeMs = Math.round(run.context.elapsedMs() - run.startedMs);
  return run.makeReply({ id: run.held.id, request: run.request, plan, report, totalTimeMs });
}
