// When the outcome of a run makes way for what is looked at. Pure; runs anywhere.

import type { FilesReport } from "../../browser/sandbox.ts";
import type { PlannedStep } from "../../message/plan_reply.ts";
import type { RunEntry, StatusReply } from "../../message/reply.ts";
import type { Outcome } from "../../outcome.ts";
import type { RunOutcome } from "./run_outcome.ts";

/** What the page shows of a plugin: the step, and the states that its timeline is made of. */
export interface Sight {
  /** The key of the step. */
  readonly step: string;
  readonly status: StatusReply | null;
  readonly report: Outcome<FilesReport> | null;
}

/** An outcome, and what the page showed when it was opened. */
export interface ShownOutcome {
  readonly outcome: RunOutcome;
  readonly sight: Sight;
  /** Whether the user has folded it. */
  readonly isFolded: boolean;
}

/**
 * Whether an outcome is folded to one line: by the user, because another step is shown, or because
 * the files or the version of the database have changed since.
 */
export function isFolded({ outcome, sight, isFolded }: ShownOutcome, present: Sight): boolean {
  return isFolded || present.step !== sight.step ||
    (sight.report !== null && present.report !== sight.report) ||
    (present.status !== null && present.status !== sight.status &&
      isOlder(outcome, sight, present.status));
}

// The status may have been requested before a run that was cancelled had ended.
function isOlder(
  { reply }: RunOutcome,
  { status: before }: Sight,
  { current_version: present }: StatusReply,
): boolean {
  const told = reply.verb === "plan" && reply.success
    ? reply.from
    : "current_version" in reply
    ? reply.current_version
    : undefined;
  return present !== (told ?? before?.current_version ?? present);
}

/** The entries of a result: those that lose data first, and how many there are beyond `most`. */
export function topEntries<Entry extends RunEntry | PlannedStep>(
  entries: readonly Entry[],
  most: number,
): { readonly shown: readonly Entry[]; readonly hidden: number } {
  const ordered = entries.toSorted((one, other) =>
    Number(other.data_loss.length > 0) - Number(one.data_loss.length > 0)
  );
  return { shown: ordered.slice(0, most), hidden: Math.max(entries.length - most, 0) };
}
