// The lines of a lock's file, and cancel() of both kinds of locks.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { fileLocks } from "../../lib/lock/file_locks.ts";
import { endIn, holderIn, isToCancel, lockLine } from "../../lib/lock/lock_lines.ts";
import { memoryLocks } from "../../lib/lock/memory_locks.ts";
import type { RunLock, RunLocks } from "../../lib/lock/run_locks.ts";
import { watchCancel } from "../../lib/lock/watch_cancel.ts";
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

cancelling(
  "a run that could not write its id is neither none nor the dead run before it",
  async () => {
    await using workspace = new Workspace();
    const locks = fileLocks(workspace.dataDir);
    acquired(locks, "first").release();
    const path = join(workspace.dataDir, "locks", "p.lock");
    Deno.writeTextFileSync(path, lockLine({ began: "died" }));
    const write = Deno.FsFile.prototype.writeSync;
    Deno.FsFile.prototype.writeSync = () => {
      throw Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
    };
    let lock: RunLock;
    try {
      lock = acquired(locks, "silent");
    } finally {
      Deno.FsFile.prototype.writeSync = write;
    }
    for (const wanted of [null, "died", "silent"]) {
      assert.equal(await locks.cancel(P, wanted, 100), { kind: "unknown-run" });
    }
    lock.release();
    assert.equal(await locks.cancel(P, null, 100), { kind: "idle" });
  },
);

cancelling("a watch that cannot read the lines reads them again the next time", async () => {
  const lines = ["EIO", lockLine({ cancel: "1" })];
  using watch = watchCancel({
    more() {
      const line = lines.shift() ?? "";
      if (line === "EIO") throw Object.assign(new Error("I/O error"), { code: "EIO" });
      return line;
    },
  }, "1");
  if (!watch.cancelled.aborted) {
    await new Promise((resolve) => watch.cancelled.addEventListener("abort", resolve));
  }
  assert.equal(lines, []);
});

cancelling("a second run with the id of one that was cancelled is not cancelled", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  const first = acquired(locks, "same");
  first.cancelled.addEventListener("abort", () => first.release("cancelled"));
  await locks.cancel(P, null, PATIENT_MS);
  const second = acquired(locks, "same");
  const path = join(workspace.dataDir, "locks", "p.lock");
  assert.is(Deno.readTextFileSync(path), lockLine({ began: "same" }));
  second.release();
});

cancelling("the file of a lock does not grow with the number of runs", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  for (let run = 0; run < 1_000; run++) acquired(locks, crypto.randomUUID()).release();
  assert.ok(Deno.statSync(join(workspace.dataDir, "locks", "p.lock")).size < 20_000);
});

cancelling.run();
