// Waits for what another thread commits, and says what it kept where it does not end. Runs anywhere.

import { callWithin, type Deadline, isOverdue, type Overdue, sleep, within } from "../deadline.ts";
import type { WireDeadline } from "../deadline.ts";
import type { RunMode } from "../execution/execution.ts";
import type { Failed, Outcome } from "../outcome.ts";
import type { DatabaseCode } from "./session.ts";
import { STATE, type ThreadState } from "./thread_state.ts";

/** An execution or a restore that another thread has begun. */
export interface BegunExecution<Answer> {
  readonly answer: Promise<Answer>;
  readonly deadline: Deadline<AbortSignal>;
  /** The deadline that the thread has. */
  readonly sent: WireDeadline;
  readonly state: ThreadState | null;
  /** How many steps have reported that they are committed. */
  readonly reportedSteps: () => number;
}

/** An execution that has not answered: why it is not waited for, and whether it commits nothing more. */
export interface Unanswered {
  readonly why: Overdue;
  readonly isUndone: boolean;
}

// A COMMIT waits for the disk and is not interrupted.
const COMMIT_GRACE_MS = 5_000;
// The reports of committed steps are on their way when the state counts them.
const REPORT_LIMIT_MS = 1_000;
const LOOK_MS = 2;

/**
 * Waits for the answer until the deadline, or until the signal is aborted, and a little longer. A
 * COMMIT that had begun by then is waited for, because it decides what the run has done.
 */
export async function awaitExecution<Answer extends Outcome<unknown>>(
  execution: BegunExecution<Answer>,
): Promise<Answer | Unanswered> {
  const { answer, deadline, sent, state } = execution;
  const settled = await callWithin(deadline, COMMIT_GRACE_MS, answer, sent);
  if (!isOverdue(settled)) return settled;
  if (state !== null) Atomics.store(state, STATE.isGivenUp, 1);
  if (isCommitting(state)) {
    const late = await within(COMMIT_GRACE_MS, answer);
    if (late !== "timeout") return late;
  }
  await reports(execution);
  return { why: settled, isUndone: state !== null && !isCommitting(state) };
}

/** The failure of an execution that has not answered; `isEnded` says that its thread is ended now. */
export function unansweredRun(
  { why, isUndone }: Unanswered,
  mode: RunMode,
  isEnded: boolean,
): Failed<DatabaseCode> {
  const reason = why === "timeout" ? "The time limit was reached" : "The run was cancelled";
  const kept = mode !== "commit"
    ? "nothing is kept"
    : isUndone
    ? "the migration that was running is undone"
    : "the migration that was running is undone unless its COMMIT had begun, so ask for status";
  return {
    ok: false,
    code: why === "timeout" ? "unanswered" : "cancelled",
    message: isEnded
      ? `${reason}, and its thread was ended; ${kept}`
      : `${reason} inside one operation of SQLite, which cannot be interrupted; ${kept}. ` +
        `This process opens the database again once the operation has ended`,
  };
}

/** The failure of a restore that has not answered. */
export function unansweredRestore({ why, isUndone }: Unanswered): Failed<DatabaseCode> {
  const reason = why === "timeout" ? "The time limit was reached" : "The run was cancelled";
  return {
    ok: false,
    code: why === "timeout" ? "unanswered" : "cancelled",
    message: isUndone
      ? `${reason}, and nothing was restored`
      : `${reason}; nothing was restored unless its COMMIT had begun, so ask for status`,
  };
}

function isCommitting(state: ThreadState | null): boolean {
  return state !== null && Atomics.load(state, STATE.isCommitting) === 1;
}

async function reports({ state, reportedSteps }: BegunExecution<unknown>): Promise<void> {
  if (state === null) return;
  const untilMs = performance.now() + REPORT_LIMIT_MS;
  while (
    reportedSteps() < Atomics.load(state, STATE.committed) && performance.now() < untilMs
  ) await sleep(LOOK_MS);
}
