// The outcome of a run, for the panel that shows it. Pure; runs anywhere.

import type { FailureReply } from "../../message/any_reply.ts";
import type { ApplyReply, RollbackReply, RunEntry } from "../../message/reply.ts";
import type { PlannedRun } from "./step_action.ts";
import { count } from "./words.ts";

/** The outcome of a run that the page requested. */
export interface RunOutcome {
  readonly planned: PlannedRun;
  readonly isDryRun: boolean;
  readonly reply: ApplyReply | RollbackReply | FailureReply;
}

/** The migrations that a reply lists as run, or as tried by a dry run. */
export function entriesOf(reply: RunOutcome["reply"]): readonly RunEntry[] {
  return (reply.verb === "apply"
    ? reply.applied_migrations
    : reply.verb === "rollback"
    ? reply.rolled_back_migrations
    : null) ?? [];
}

/** Describes the outcome of a run in one line. */
export function headlineOf({ planned, isDryRun, reply }: RunOutcome): string {
  if (!reply.success) {
    return `${isDryRun ? "Dry run" : planned.label} failed: ${reply.message}`;
  }
  const migrations = count(entriesOf(reply).length, "migration");
  if (isDryRun) {
    return `Dry run: would ${planned.verb === "apply" ? "apply" : "roll back"} ${migrations}`;
  }
  return planned.verb === "apply"
    ? `Applied ${migrations}; now at version ${reply.current_version}`
    : `Rolled back ${migrations}; now at version ${reply.current_version}`;
}
