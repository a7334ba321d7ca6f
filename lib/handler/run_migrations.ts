// What apply and rollback share: files, lock, preparation, execution, reply.

import { type Deadline, deadlineIn } from "../deadline.ts";
import { isError } from "../finding/finding.ts";
import type { ExecutedStep, RunMode } from "../execution/execution.ts";
import { lossMessages } from "../loss/loss_messages.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { ErrorCode, RunEntry, RunReply } from "../message/reply.ts";
import type { CheckedRun } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { Target } from "../plan/select_steps.ts";
import type { PlanOutline } from "../database/prepare.ts";
import type { DatabaseSession, ExecutionReport } from "../database/session.ts";
import type { SourceFile } from "../source/source_file.ts";
import type { HandlerContext } from "./context.ts";
import { describeHolder } from "./describe_run.ts";
import { stateOf } from "./known_plans.ts";
import { databaseFailure, type Failure, failureReply, validationFailure } from "./failure.ts";
import { findFilesOrHistory } from "./find_files.ts";
import { reportRun, type RunProgress } from "./run_progress.ts";

/** What to run: a checked request, its database, its target, and what becomes of the run. */
export interface TargetedRun extends Omit<CheckedRun, "dry_run"> {
  readonly address: DatabaseAddress;
  readonly target: Target;
  readonly mode: RunMode;
}

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
  const deadline = deadlineIn(request.timeout_ms, context.signal);
  const { address } = request;
  const { plugin } = address;
  // The log has what a rollback runs.
  const found = request.target.direction === "rollback"
    ? await findFilesOrHistory(address, context)
    : await context.source.find(plugin);
  if (!found.found) return failureReply("PLUGIN_NOT_FOUND", plugin, found.message);

  const lock = context.locks.acquire(address);
  if (lock.kind === "unavailable") {
    return failureReply("DATABASE_UNAVAILABLE", plugin, lock.message);
  }
  if (lock.kind === "held") {
    const holder = describeHolder(address, lock.snapshot);
    const message = `${holder}; wait until it is done and try again`;
    return failureReply("MIGRATION_IN_PROGRESS", plugin, message);
  }
  try {
    const id = context.newId();
    const run = { id, request, context, startedMs, deadline, makeReply };
    const progress = reportRun(context, lock, {
      id,
      address,
      direction: request.target.direction,
      dryRun: request.mode !== "commit",
      startedBy: request.applied_by,
    });
    const idle = knownIdlePlan(request, context);
    const reply = idle === null
      ? await openAndRun(run, found.files, progress)
      : refusal(request, idle) ?? runNothing(run, idle, progress);
    return reply.success ? reply : { ...reply, run_id: id };
  } finally {
    lock.release();
  }
}

/** The plan of this run, where it is known without opening the database and has no steps. */
function knownIdlePlan(request: TargetedRun, context: HandlerContext): PlanOutline | null {
  const state = appliesAll(request) ? stateOf(request.address, context) : null;
  const plan = state === null ? null : context.plans.get(request.address, state)?.plan ?? null;
  return plan !== null && isIdle(request, plan) ? plan : null;
}

// A review shows the schema even where nothing is to be done.
function isIdle({ mode }: TargetedRun, { steps }: PlanOutline): boolean {
  return steps.length === 0 && typeof mode === "string";
}

function appliesAll({ target: { direction, version } }: TargetedRun): boolean {
  return direction === "apply" && version === "latest";
}

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
  /** Identifies it in its reply, its events and the snapshot of its lock. */
  readonly id: string;
  readonly request: TargetedRun;
  readonly context: HandlerContext;
  readonly startedMs: number;
  readonly deadline: Deadline<AbortSignal>;
  readonly makeReply: MakeReply<R>;
}

async function openAndRun<R extends SuccessReply>(
  run: Run<R>,
  sources: AsyncIterable<SourceFile>,
  progress: RunProgress,
): Promise<R | Failure> {
  const { request: { address, target }, context } = run;
  const { plugin } = address;
  const state = appliesAll(run.request) ? stateOf(address, context) : null;
  await using session = await context.databases.open({ kind: "plugin", ...address }, "run");
  const loaded = await session.load(sources);
  if (!loaded.ok) return databaseFailure(loaded, plugin);
  const files = loaded.value;
  const prepared = await session.prepare(
    target,
    run.deadline,
    (planned) => progress.planned(planned, files.migrations),
  );
  if (!prepared.ok) {
    return prepared.code === "no-such-target"
      ? failureReply("INVALID_REQUEST", plugin, prepared.message, files.findings)
      : databaseFailure(prepared, plugin);
  }
  const plan = prepared.value;
  if (state !== null && plan.interrupted === null && state === stateOf(address, context)) {
    context.plans.keep(address, state, { files: files.migrations, plan });
  }
  const refused = refusal(run.request, plan);
  if (refused !== null) return refused;
  return isIdle(run.request, plan)
    ? runNothing(run, plan, progress)
    : await execute(run, session, plan, progress);
}

function refusal(
  { address: { plugin }, plan_hash: planHash }: TargetedRun,
  plan: PlanOutline,
): Failure | null {
  const refuse = (failure: Failure): Failure => ({
    ...failure,
    plan_hash: plan.hash,
    current_version: plan.from,
  });
  if (plan.interrupted !== null) {
    const why = plan.interrupted === "cancelled"
      ? "the service is stopping"
      : "the time limit was reached, which timeout_ms sets";
    const message = `The rehearsal was stopped, because ${why}; nothing has run`;
    return refuse(failureReply("VALIDATION_FAILED", plugin, message, plan.findings));
  }
  if (planHash !== undefined && planHash !== plan.hash) {
    const message =
      `The plan is not the one that was reviewed: ${planHash} was expected, and files, ` +
      `history and schema now make ${plan.hash}; review the new plan with a dry run`;
    return refuse(failureReply("PLAN_CHANGED", plugin, message, plan.findings));
  }
  return plan.findings.some(isError)
    ? refuse(validationFailure(plugin, "Nothing has run: ", plan.findings))
    : null;
}

async function execute<R extends SuccessReply>(
  run: Run<R>,
  session: DatabaseSession,
  plan: PlanOutline,
  progress: RunProgress,
): Promise<R | Failure> {
  const { address: { plugin }, mode, applied_by: appliedBy, transaction } = run.request;
  let outcome: Awaited<ReturnType<DatabaseSession["execute"]>>;
  try {
    if (mode === "commit") await progress.requested(plan);
    progress.started(plan);
    outcome = await session.execute(
      plan.hash,
      { runId: run.id, mode, appliedBy, transaction },
      run.deadline,
      progress.follow,
    );
  } catch (error) {
    // Listeners that have closed the database for this run wait for its end.
    progress.finished("INTERNAL_ERROR", plan.from);
    throw error;
  }
  if (!outcome.ok) {
    progress.finished("DATABASE_UNAVAILABLE", plan.from);
    return databaseFailure(outcome, plugin, plan.findings);
  }
  const report = outcome.value;
  const reply = report.end.kind === "completed"
    ? success(run, plan, report)
    : failure(run, plan, report, report.end);
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
  return run.makeReply({ id: run.id, request: run.request, plan, report, totalTimeMs });
}

function failure(
  { request }: Pick<Run<unknown>, "request">,
  plan: PlanOutline,
  report: ExecutionReport,
  end: FailedEnd,
): Failure {
  const { code, message, sqliteCode } = describeEnd(end, plan, request);
  const entries = report.executed.map((step) => entryOf(request, step));
  return {
    ...failureReply(code, request.address.plugin, message, report.findings),
    ...(sqliteCode === null ? {} : { sqlite_code: sqliteCode }),
    ...(plan.direction === "apply"
      ? { applied_migrations: entries }
      : { rolled_back_migrations: entries }),
    ...(end.kind === "failed" ? { failed_version: end.failure.version } : {}),
    current_version: report.currentVersion,
    plan_hash: plan.hash,
    ...(report.backup === null ? {} : { backup: report.backup }),
  };
}

function entryOf({ mode, applied_by }: TargetedRun, step: ExecutedStep): RunEntry {
  return {
    success: true,
    version: step.version,
    name: step.name,
    execution_time_ms: step.executionTimeMs,
    applied_at: mode === "commit" ? step.at : null,
    applied_by,
    statements: step.statements,
    changes: [...step.changes],
    data_loss: lossMessages(step.dataLoss),
  };
}

type FailedEnd = Exclude<ExecutionReport["end"], { kind: "completed" }>;

function describeEnd(
  end: FailedEnd,
  plan: PlanOutline,
  { transaction, mode }: TargetedRun,
): { readonly code: ErrorCode; readonly message: string; readonly sqliteCode: string | null } {
  switch (end.kind) {
    case "plan-changed":
      return { code: "PLAN_CHANGED", message: end.message, sqliteCode: null };
    case "unavailable":
      return { code: "DATABASE_UNAVAILABLE", message: end.message, sqliteCode: end.sqliteCode };
    case "failed": {
      const { reason, version, file, message, outcome, sqliteCode } = end.failure;
      const verb = plan.direction === "apply" ? "Applying" : "Rolling back";
      const isWhole = transaction === "plan" && mode === "commit" && plan.steps.length > 1;
      const undone = isWhole ? "undone, with the whole plan" : "undone";
      const what = outcome === "undone"
        ? `${verb} ${file} failed and was ${undone}: ${message}`
        : `${verb} ${file} may or may not have been kept, for the disk failed as it was ` +
          `committed: ${message}; ask for status before anything else`;
      if (reason === "unavailable") {
        return { code: "DATABASE_UNAVAILABLE", message: what, sqliteCode };
      }
      return {
        code: plan.direction === "apply" ? "MIGRATION_FAILED" : "ROLLBACK_FAILED",
        message: `${what} (version ${version})`,
        sqliteCode,
      };
    }
  }
  end satisfies never;
}
