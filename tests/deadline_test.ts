// callWithin(), receiveDeadline(), within(): a deadline on both sides of a thread.

import * as assert from "uvu/assert";
import { callWithin, deadlineIn, receiveDeadline, sendDeadline, within } from "../lib/deadline.ts";
import { suite } from "./support/suite.ts";

const deadlines = suite("deadline");

const NEVER = new Promise<string>(() => {});
const HOUR_MS = 3_600_000;

deadlines("callWithin() gives the answer, or why there is none", async () => {
  const { signal } = new AbortController();
  const late = deadlineIn(0, signal);
  assert.is(await callWithin(late, HOUR_MS, Promise.resolve("a"), sendDeadline(late)), "a");
  assert.is(await callWithin(late, 0, NEVER, sendDeadline(late)), "timeout");
  const failing = callWithin(late, HOUR_MS, Promise.reject(new Error("no")), sendDeadline(late));
  assert.match(await failing.catch(String), "Error: no");
  assert.is(await within(0, NEVER), "timeout");
});

deadlines("the caller's signal reaches the other thread, before the caller gives up", async () => {
  for (const isAbortedFirst of [true, false]) {
    const caller = new AbortController();
    const deadline = deadlineIn(HOUR_MS, caller.signal);
    const sent = sendDeadline(deadline);
    const received = receiveDeadline(sent);
    assert.not.ok(received.signal.aborted);
    if (isAbortedFirst) caller.abort();
    const { promise: answer, resolve } = Promise.withResolvers<string>();
    const call = callWithin(deadline, HOUR_MS, answer, sent);
    caller.abort();
    assert.ok(received.signal.aborted);
    resolve("undone");
    assert.is(await call, "undone");
  }
});

deadlines("a call that was given up is cancelled, in case it comes back", async () => {
  const deadline = deadlineIn(0, new AbortController().signal);
  const sent = sendDeadline(deadline);
  assert.is(await callWithin(deadline, 0, NEVER, sent), "timeout");
  assert.ok(receiveDeadline(sent).signal.aborted);
});

deadlines("without shared memory an aborted call is given up at once", async () => {
  const caller = new AbortController();
  const deadline = deadlineIn(HOUR_MS, caller.signal);
  const call = callWithin(deadline, HOUR_MS, NEVER, { cancelFlag: null });
  caller.abort();
  assert.is(await call, "cancelled");
});

deadlines.run();
