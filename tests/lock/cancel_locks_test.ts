// The lines of a lock's file, and cancel() of both kinds of locks.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { fileLocks } from "../../lib/lock/file_locks.ts";
import { endIn, holderIn, isToCancel, lockLine } from "../../lib/lock/lock_lines.ts";
import { memoryLocks } from "../../lib/lock/memory_locks.ts";
import type { RunLock, RunLocks } from "../../lib/lock/run_locks.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const cancelling = suite("locks");

const P = { plugin: "p", tenant: null };
const PATIENT_MS = 60_000;

function acquired(locks: RunLocks, runId: string): RunLock {
  const lock = locks.acquire(P, runId);
  if (lock.kind === "acquired") return lock;
  throw new Error(lock.kind);
}

cancelling("the last run that took the lock holds it, until it gives it back", () => {
  assert.is(holderIn(""), null);
  assert.is(holderIn(lockLine({ began: "1" })), "1");
  const died = lockLine({ began: "1" }) + lockLine({ began: "2" });
  assert.is(holderIn(died), "2");
  assert.is(holderIn(died + lockLine({ over: "2", end: "ended" })), null);
  assert.is(holderIn(died + lockLine({ over: "1", end: "ended" })), "2");
});

cancelling("a line that is cut, or of another program, is passed over", () => {
  const text = `{"began":"1"}\n{"cancel":"1\n\nnull\n{"cancel":7}\n{"over":"1","end":"?"}\n`;
  assert.is(holderIn(text), "1");
  assert.not.ok(isToCancel(text, "1"));
  assert.is(endIn(text, "1"), null);
  assert.ok(isToCancel(`${text}{"cancel":"1"}\n`, "1"));
  assert.not.ok(isToCancel(`${text}{"cancel":"1"}\n`, "2"));
  assert.is(endIn(`${text}{"over":"1","end":"cancelled"}\n`, "1"), "cancelled");
});

for (const kind of ["files", "memory"] as const) {
  cancelling(`cancel() of ${kind} aborts the run and waits for its end`, async () => {
    await using workspace = new Workspace();
    const locks = kind === "files" ? fileLocks(workspace.dataDir) : memoryLocks();
    const others = kind === "files" ? fileLocks(workspace.dataDir) : locks;
    assert.equal(await others.cancel(P, null, PATIENT_MS), { kind: "idle" });
    for (const end of ["cancelled", "ended"] as const) {
      const lock = acquired(locks, end);
      assert.equal(await others.cancel(P, "x", PATIENT_MS), { kind: "other-run", runId: end });
      assert.not.ok(lock.cancelled.aborted);
      lock.cancelled.addEventListener("abort", () => lock.release(end));
      assert.equal(await others.cancel(P, end, PATIENT_MS), { kind: "over", runId: end, end });
    }
    const slow = acquired(locks, "slow");
    assert.equal(await others.cancel(P, null, 200), { kind: "ending", runId: "slow" });
    assert.ok(slow.cancelled.aborted);
    slow.release();
    const later = acquired(locks, "later");
    assert.not.ok(later.cancelled.aborted);
    later.release();
    assert.equal(await others.cancel(P, null, PATIENT_MS), { kind: "idle" });
  });
}

cancelling("the file of a lock does not grow with the number of runs", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  for (let run = 0; run < 1_000; run++) acquired(locks, crypto.randomUUID()).release();
  assert.ok(Deno.statSync(join(workspace.dataDir, "locks", "p.lock")).size < 20_000);
});

cancelling.run();
