// What a run came to, for the panel that shows it. Pure; runs anywhere.

import type { ApplyReply, FailureReply, RollbackReply, RunEntry } from "../../message/reply.ts";
import type { PlannedRun } from "./step_action.ts";
import { count } from "./words.ts";

/** What a run that the page asked for came to. */
export interface RunOutcome {
  readonly planned: PlannedRun;
  readonly isDryRun: boolean;
  readonly reply: ApplyReply | RollbackReply | FailureReply;
}

/** What a reply to a run says it carried out, or would. */
export function entriesOf(reply: RunOutcome["reply"]): readonly RunEntry[] {
  const applied = "applied_migrations" in reply ? reply.applied_migrations : undefined;
  const undone = "rolled_back_migrations" in reply ? reply.rolled_back_migrations : undefined;
  return applied ?? undone ?? [];
}

/** The result of a run as one line. */
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
