// The outcome of a run, for the panel that shows it. Pure; runs anywhere.

import type { FailureReply } from "../../message/any_reply.ts";
import type { PlannedStep, PlanReply } from "../../message/plan_reply.ts";
import type { ApplyReply, RollbackReply, RunEntry } from "../../message/reply.ts";
import type { PlannedRun } from "./step_action.ts";
import { count } from "./words.ts";

/** The outcome of a run that the page requested. */
export type RunOutcome =
  /** Of a dry run: nothing was changed. */
  | {
    readonly kind: "dry-run";
    readonly planned: PlannedRun;
    readonly reply: PlanReply | FailureReply;
  }
  | {
    readonly kind: "run";
    readonly planned: PlannedRun;
    readonly reply: ApplyReply | RollbackReply | FailureReply;
  };

/** How a run ended. */
export type Verdict = "done" | "tried" | "cancelled" | "failed";

/** Says how a run ended. */
export function verdictOf({ kind, reply }: RunOutcome): Verdict {
  if (reply.success) return kind === "dry-run" ? "tried" : "done";
  return reply.error_code === "CANCELLED" ? "cancelled" : "failed";
}

/** The migrations that a reply lists as run, or as tried by a dry run. */
export function entriesOf(reply: RunOutcome["reply"]): readonly (RunEntry | PlannedStep)[] {
  switch (reply.verb) {
    case "apply":
      return reply.applied_migrations ?? [];
    case "rollback":
      return reply.rolled_back_migrations ?? [];
    case "plan":
      return reply.success ? reply.steps : [];
    default:
      return [];
  }
}

/** Describes the outcome of a run in one line. */
export function headlineOf(outcome: RunOutcome): string {
  const { kind, planned, reply } = outcome;
  // What was cancelled is in the message.
  if (verdictOf(outcome) === "cancelled" && !reply.success) return reply.message;
  if (!reply.success) {
    return `${kind === "dry-run" ? "Dry run" : planned.label} failed: ${reply.message}`;
  }
  const migrations = count(entriesOf(reply).length, "migration");
  if (reply.verb === "plan") {
    return `Dry run: would ${planned.verb === "apply" ? "apply" : "roll back"} ${migrations}`;
  }
  return `${reply.verb === "apply" ? "Applied" : "Rolled back"} ${migrations}; ` +
    `now at version ${reply.current_version}`;
}
