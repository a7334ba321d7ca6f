// The failures of a run: its plan is refused, it was cancelled, a migration failed. Pure.

import type { PlanOutline } from "../database/prepare.ts";
import type { DatabaseCode, ExecutionReport } from "../database/session.ts";
import type { ExecutedStep } from "../execution/execution.ts";
import { isError } from "../finding/finding.ts";
import { lossMessages } from "../loss/loss_messages.ts";
import type { ErrorCode, RunEntry } from "../message/reply.ts";
import type { Failed } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { databaseFailure, type Failure, failureReply, validationFailure } from "./failure.ts";
import { cancelledFailure } from "./hold_database.ts";
import type { KeptSteps } from "./kept_steps.ts";
import type { TargetedRun } from "./targeted_run.ts";

/** Why a plan is not executed; `null` where it is. */
export function refusal(
  { address, plan_hash: planHash }: TargetedRun,
  plan: PlanOutline,
): Failure | null {
  const { plugin } = address;
  const refuse = (failure: Failure): Failure => ({
    ...failure,
    plan_hash: plan.hash,
    current_version: plan.from,
  });
  if (plan.interrupted === "cancelled") {
    return cancelledPlan(address, plan, "it was rehearsed, and nothing has run");
  }
  if (plan.interrupted !== null) {
    const message = "The rehearsal was stopped, because the time limit was reached, " +
      "which timeout_ms sets; nothing has run";
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

/** The failure of a run that was cancelled before its plan was executed. */
export function cancelledPlan(
  address: DatabaseAddress,
  plan: PlanOutline,
  undone: string,
): Failure {
  return {
    ...cancelledFailure(address, undone),
    plan_hash: plan.hash,
    current_version: plan.from,
  };
}

/** The failure of a run whose thread does not say how it ended. */
export function unansweredFailure(
  request: TargetedRun,
  plan: PlanOutline,
  failed: Failed<DatabaseCode>,
  kept: KeptSteps,
): Failure {
  const { plugin } = request.address;
  return {
    ...(failed.code === "cancelled"
      ? failureReply("CANCELLED", plugin, failed.message, plan.findings)
      : databaseFailure(failed, plugin, plan.findings)),
    ...entriesOf(request, plan, kept.executed),
    current_version: kept.currentVersion(),
    plan_hash: plan.hash,
  };
}

/** The failure of a run that came to an end, and what was committed before. */
export function runFailure(
  request: TargetedRun,
  plan: PlanOutline,
  report: ExecutionReport,
  end: FailedEnd,
): Failure {
  const { code, message, sqliteCode } = describeEnd(end, plan, request);
  return {
    ...failureReply(code, request.address.plugin, message, report.findings),
    ...(sqliteCode === null ? {} : { sqlite_code: sqliteCode }),
    ...entriesOf(request, plan, report.executed),
    ...(end.kind === "failed" ? { failed_version: end.failure.version } : {}),
    current_version: report.currentVersion,
    plan_hash: plan.hash,
    ...(report.backup === null ? {} : { backup: report.backup }),
  };
}

function entriesOf(
  request: TargetedRun,
  { direction }: PlanOutline,
  executed: readonly ExecutedStep[],
): Pick<Failure, "applied_migrations" | "rolled_back_migrations"> {
  const entries = executed.map((step) => entryOf(request, step));
  return direction === "apply"
    ? { applied_migrations: entries }
    : { rolled_back_migrations: entries };
}

/** What the reply says about one migration. */
export function entryOf({ mode, applied_by }: TargetedRun, step: ExecutedStep): RunEntry {
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

const DRY_RUN_CANCELLED = "The dry run was cancelled; nothing is kept";

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
        : `${verb} ${file} may or may not have been kept, because the disk failed as it was ` +
          `committed: ${message}; ask for status before anything else`;
      if (reason === "cancelled") {
        const cancelled = outcome === "undone"
          ? `${verb} ${file} was cancelled and ${undone}; what was committed before it stays`
          : what;
        return {
          code: "CANCELLED",
          message: mode === "commit" ? cancelled : DRY_RUN_CANCELLED,
          sqliteCode,
        };
      }
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
