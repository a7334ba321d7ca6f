// Handles `plan`: a dry run as a review, with schemas, SQL, and what is lost.

import type { ReviewedStep } from "../execution/plan_review.ts";
import type { ExecutedStep } from "../execution/execution.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { PlannedStep, PlanReply } from "../message/plan_reply.ts";
import type { CheckedPlan, PlanPart } from "../message/request.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { Target } from "../plan/select_steps.ts";
import { schemaText } from "../sqlite/schema_text.ts";
import type { unifiedDiff } from "../unified_diff.ts";
import type { HandlerContext } from "./context.ts";
import type { Failure } from "./failure.ts";
import { plannedLosses } from "./planned_losses.ts";
import { type CompletedRun, runMigrations } from "./run_migrations.ts";
import { schemaMessage } from "./schema_message.ts";

// Who holds the lock of the run meanwhile, for those who find it held.
const STARTED_BY = "plan";

/** Plans an apply or a rollback, as its dry run would go, and reports it for reviewers. */
export async function plan(
  address: DatabaseAddress,
  request: CheckedPlan,
  context: HandlerContext,
): Promise<PlanReply | Failure> {
  const run = {
    address,
    target: targetOf(request),
    mode: { examples: request.rows },
    transaction: "migration",
    applied_by: STARTED_BY,
    timeout_ms: request.timeout_ms,
    run_id: request.run_id,
  } as const;
  // Only a plan compares texts, and a browser tab loads its code over a network.
  const { unifiedDiff } = await import("../unified_diff.ts");
  return await runMigrations(
    run,
    context,
    (completed) => replyOf(completed, request.omit, unifiedDiff),
  );
}

function targetOf(request: CheckedPlan): Target {
  return request.direction === "apply"
    ? { direction: "apply", version: request.target_version }
    : { direction: "rollback", version: request.target_version ?? "previous" };
}

function replyOf(
  { id, request: { address }, plan, report, totalTimeMs }: CompletedRun,
  omit: readonly PlanPart[],
  difference: typeof unifiedDiff,
): PlanReply {
  const { review, executed } = report;
  if (review === null) throw new Error("A plan that ran to its end has no review");
  const { before, after } = review;
  return {
    success: true,
    verb: "plan",
    plugin_name: address.plugin,
    run_id: id,
    direction: plan.direction,
    from: plan.from,
    to: plan.to,
    steps: executed.map((step, index) =>
      stepOf(step, plan.steps[index], review.steps[index], omit)
    ),
    ...(omit.includes("schemas")
      ? {}
      : { schema_before: schemaMessage(before), schema_after: schemaMessage(after) }),
    schema_diff: difference(schemaText(before), schemaText(after), {
      before: `version ${plan.from}`,
      after: `version ${plan.to}`,
    }),
    warnings: report.findings.map(findingMessage),
    plan_hash: plan.hash,
    total_time_ms: totalTimeMs,
  };
}

function stepOf(
  { version, name, executionTimeMs, changes, dataLoss }: ExecutedStep,
  planned: CompletedRun["plan"]["steps"][number] | undefined,
  reviewed: ReviewedStep | undefined,
  omit: readonly PlanPart[],
): PlannedStep {
  if (planned?.version !== version || reviewed?.version !== version) {
    throw new Error("The review is not of this plan");
  }
  return {
    version,
    name,
    file: planned.file,
    ...(omit.includes("statements") ? {} : { statements: [...reviewed.statements] }),
    execution_time_ms: executionTimeMs,
    changes: [...changes],
    data_loss: plannedLosses(dataLoss, reviewed.examples),
  };
}
