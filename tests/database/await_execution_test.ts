// What is said of a thread that has not answered when its deadline was over.

import * as assert from "uvu/assert";
import { awaitExecution, type Unanswered } from "../../lib/database/await_execution.ts";
import { commitGate, type ThreadState, threadState } from "../../lib/database/thread_state.ts";
import { unansweredRestore } from "../../lib/database/unanswered.ts";
import { sendDeadline } from "../../lib/deadline.ts";
import { suite } from "../support/suite.ts";

const awaiting = suite("awaitExecution()");

/** Waits for a restore that is cancelled and never answers. */
async function cancelled(state: ThreadState | null): Promise<Unanswered> {
  const deadline = { atMs: Infinity, signal: AbortSignal.abort() };
  const outcome = await awaitExecution<{ readonly ok: true; readonly value: null }>({
    answer: new Promise(() => {}),
    deadline,
    sent: sendDeadline(deadline),
    state,
    reportedSteps: () => Infinity,
  });
  if ("ok" in outcome) throw new Error("It has no answer");
  return outcome;
}

awaiting("a restore that was committed is not called undone", async () => {
  const state = threadState();
  const gate = commitGate(state);
  assert.ok(gate.begin());
  gate.end(1);
  const failed = unansweredRestore(await cancelled(state));
  assert.is(failed.code, "unanswered");
  assert.match(failed.message, /was restored/);
});

awaiting("one that had not begun its COMMIT is, and cannot begin it any more", async () => {
  const state = threadState();
  const failed = unansweredRestore(await cancelled(state));
  assert.is(failed.code, "cancelled");
  assert.match(failed.message, /nothing was restored/);
  assert.not.ok(commitGate(state).begin());
});

awaiting.run();
