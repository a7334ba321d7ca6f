// Waits for what another thread commits, and says what it kept where it does not end. Runs
// anywhere.

import {
  callWithin,
  type Deadline,
  isOverdue,
  type Overdue,
  sleep,
  type WireDeadline,
  within,
} from "../deadline.ts";
import type { Outcome } from "../outcome.ts";
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

/** An execution that has not answered. */
export interface Unanswered {
  /** Why it is not waited for. */
  readonly why: Overdue;
  /** How many steps it has committed. */
  readonly committed: number;
  /** Whether it commits nothing more. */
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
  const committed = state === null ? 0 : Atomics.load(state, STATE.committed);
  return { why: settled, committed, isUndone: state !== null && !isCommitting(state) };
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
