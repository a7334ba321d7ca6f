// The lines in the file of a lock, by which one process cancels the run of another. Pure.

import * as v from "valibot";
import type { RunEnd } from "./run_locks.ts";

/** A line of JSON. Each is appended whole, and none is changed. */
export type LockLine =
  /** A run has taken the lock. */
  | { readonly began: string }
  /** The run is to be cancelled. */
  | { readonly cancel: string }
  /** The run gives the lock back. */
  | { readonly over: string; readonly end: RunEnd };

const LineSchema: v.GenericSchema<unknown, LockLine> = v.union([
  v.object({ began: v.string() }),
  v.object({ cancel: v.string() }),
  v.object({ over: v.string(), end: v.picklist(["ended", "cancelled"]) }),
]);

/** A line as it is appended. */
export function lockLine(line: LockLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** The run that took the lock last and has not given it back; `null` if there is none. */
export function holderIn(text: string): string | null {
  return linesOf(text).reduce<string | null>((holder, line) => {
    if ("began" in line) return line.began;
    return "over" in line && line.over === holder ? null : holder;
  }, null);
}

/** Whether a run is to be cancelled. */
export function isToCancel(text: string, runId: string): boolean {
  return linesOf(text).some((line) => "cancel" in line && line.cancel === runId);
}

/** How a run ended; `null` where it has not. */
export function endIn(text: string, runId: string): RunEnd | null {
  return linesOf(text).reduce<RunEnd | null>(
    (end, line) => "over" in line && line.over === runId ? line.end : end,
    null,
  );
}

// A line that a full disk has cut, or that another program wrote, is none.
function linesOf(text: string): readonly LockLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      const parsed = v.safeParse(LineSchema, JSON.parse(line));
      return parsed.success ? [parsed.output] : [];
    } catch {
      return [];
    }
  });
}
