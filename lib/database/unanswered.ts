// The failures of a thread that has not answered. Runs anywhere.

import type { Overdue } from "../deadline.ts";
import type { RunMode } from "../execution/execution.ts";
import type { Failed } from "../outcome.ts";
import type { Unanswered } from "./await_execution.ts";
import type { DatabaseCode } from "./session.ts";

/** The failure of a short call. */
export const SILENT = {
  ok: false,
  code: "unanswered",
  message: "The database did not answer within a minute",
} as const;

/** The failure of what was cancelled before the database was read. */
export const STOPPED = {
  ok: false,
  code: "cancelled",
  message: "Cancelled before the database was read",
} as const;

/** The failure of an execution; `isEnded` says that its thread is ended now. */
export function unansweredRun(
  { why, isUndone }: Unanswered,
  mode: RunMode,
  isEnded: boolean,
): Failed<DatabaseCode> {
  const kept = mode !== "commit"
    ? "nothing is kept"
    : isUndone
    ? "the migration that was running is undone"
    : "the migration that was running is undone unless its COMMIT had begun, so ask for status";
  return unanswered(
    why,
    (reason) =>
      isEnded
        ? `${reason}, and its thread was ended; ${kept}`
        : `${reason} inside one operation of SQLite, which cannot be interrupted; ${kept}. ` +
          `This process opens the database again once the operation has ended`,
  );
}

/** The failure of a restore. */
export function unansweredRestore({ why, isUndone, committed }: Unanswered): Failed<DatabaseCode> {
  if (committed > 0) {
    return {
      ok: false,
      code: "unanswered",
      message:
        "The backup was restored, and the database did not answer after that; ask for status",
    };
  }
  return unanswered(
    why,
    (reason) =>
      isUndone
        ? `${reason}, and nothing was restored`
        : `${reason}; nothing was restored unless its COMMIT had begun, so ask for status`,
  );
}

/** The failure of work on backups alone; `doing` says what went on, such as "pages were copied". */
export function unansweredCopy(why: Overdue, doing: string): Failed<DatabaseCode> {
  return unanswered(
    why,
    (reason) => `${reason} while ${doing}, and the disk does not answer; look at it and try again`,
  );
}

function unanswered(why: Overdue, describe: (reason: string) => string): Failed<DatabaseCode> {
  return why === "timeout"
    ? { ok: false, code: "unanswered", message: describe("The time limit was reached") }
    : { ok: false, code: "cancelled", message: describe("The run was cancelled") };
}
