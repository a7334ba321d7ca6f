// What the thread of a database shares with other threads while it cannot answer. Runs anywhere.

import type { CommitGate } from "../execution/execution.ts";

/** Shared memory, whose elements `STATE` names. */
export type ThreadState = Int32Array;

/**
 * The elements of a `ThreadState`: whether the database is open, how many steps of a plan were
 * rehearsed, whether a COMMIT may have begun that has not ended, how many steps were committed, and
 * whether the caller has given up and answers without the thread.
 */
export const STATE: {
  readonly isOpen: 0;
  readonly rehearsed: 1;
  readonly isCommitting: 2;
  readonly committed: 3;
  readonly isGivenUp: 4;
} = { isOpen: 0, rehearsed: 1, isCommitting: 2, committed: 3, isGivenUp: 4 };

/** Makes the state of a thread; `null` where threads cannot share memory. */
export function threadState(): ThreadState | null {
  return typeof SharedArrayBuffer === "undefined"
    ? null
    : new Int32Array(new SharedArrayBuffer(5 * Int32Array.BYTES_PER_ELEMENT));
}

/**
 * A gate that shows in `state` whether a COMMIT may have begun. The thread writes that and then
 * reads whether the caller has given up; the caller writes that and then reads the state. So if it
 * finds no COMMIT, none follows.
 */
export function commitGate(state: ThreadState | null): CommitGate {
  return {
    begin() {
      if (state === null) return true;
      Atomics.store(state, STATE.isCommitting, 1);
      if (Atomics.load(state, STATE.isGivenUp) === 0) return true;
      Atomics.store(state, STATE.isCommitting, 0);
      return false;
    },
    end(steps) {
      if (state === null) return;
      Atomics.add(state, STATE.committed, steps);
      Atomics.store(state, STATE.isCommitting, 0);
    },
  };
}
