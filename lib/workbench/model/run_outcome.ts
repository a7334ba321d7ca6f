// The outcome of a run, for the panel that shows it. Pure; runs anywhere.

import type { RestoreReply } from "../../message/backup_reply.ts";
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
  }
  | { readonly kind: "restore"; readonly reply: RestoreReply | FailureReply };

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

/** A backup to restore, and what the page calls that. */
export interface WantedRestore {
  /** Such as `Undo this run`. */
  readonly title: string;
  readonly backup: string;
  /** The version to which it is meant to lead; `null` where any is. */
  readonly version: number | null;
}

/** What undoes a run; `null` if it has no backup, or has changed nothing. */
export function undoOf(outcome: RunOutcome): WantedRestore | null {
  if (outcome.kind === "dry-run") return null;
  if (outcome.kind === "restore") {
    if (!outcome.reply.success || outcome.reply.replaced === undefined) return null;
    const { replaced, previous_version: version } = outcome.reply;
    return { title: "Undo this restore", backup: replaced, version };
  }
  const { reply } = outcome;
  if (reply.backup === undefined || entriesOf(reply).length === 0) return null;
  return {
    title: "Undo this run",
    // Where the service runs, it is a path.
    backup: reply.backup.split("/").at(-1) ?? reply.backup,
    version: reply.success ? reply.previous_version : null,
  };
}

/** Describes the outcome of a run in one line. */
export function headlineOf(outcome: RunOutcome): string {
  const { reply } = outcome;
  if (!reply.success) {
    // What was cancelled is in the message.
    if (verdictOf(outcome) === "cancelled") return reply.message;
    return `${nameOf(outcome)} failed: ${reply.message}`;
  }
  switch (reply.verb) {
    case "plan":
      return `Dry run: would ${reply.direction === "apply" ? "apply" : "roll back"} ` +
        count(reply.steps.length, "migration");
    case "apply":
      return `Applied ${count(reply.applied_migrations.length, "migration")}; ` +
        `now at version ${reply.current_version}`;
    case "rollback":
      return `Rolled back ${count(reply.rolled_back_migrations.length, "migration")}; ` +
        `now at version ${reply.current_version}`;
    case "restore":
      return `Restored ${reply.restored}; now at version ${reply.current_version}`;
  }
  reply satisfies never;
}

function nameOf(outcome: RunOutcome): string {
  switch (outcome.kind) {
    case "dry-run":
      return "Dry run";
    case "run":
      return outcome.planned.label;
    case "restore":
      return "Restore";
  }
  outcome satisfies never;
}
