// memoryLocks(): one run of a plugin at a time in one program, and what others can read of it.

import * as assert from "uvu/assert";
import { memoryLocks } from "../../lib/lock/memory_locks.ts";
import type { RunSnapshot } from "../../lib/lock/run_snapshot.ts";
import { suite } from "../support/suite.ts";

const A = { plugin: "a", tenant: null };
const B = { plugin: "b", tenant: null };
const SNAPSHOT: RunSnapshot = {
  progress: {
    run_id: "1",
    verb: "apply",
    dry_run: false,
    started_at: "2026-01-31T12:00:00.000Z",
    started_by: "mira",
    version: 1,
    migrations_done: 0,
    migrations_total: 1,
    statements_done: 0,
    statements_total: 1,
  },
  history: [],
  files: [{ version: 1, name: "a", file: "001_a.sql", checksum: "c" }],
  findings: [],
};

const locks = suite("memoryLocks()");

locks("a plugin's lock is had once, and again when it was given back", () => {
  const held = memoryLocks();
  const first = held.acquire(A, "1");
  assert.is(first.kind, "acquired");
  assert.equal(held.acquire(A, "1"), { kind: "held", snapshot: null });
  if (first.kind === "acquired") first.release();
  assert.is(held.acquire(A, "1").kind, "acquired");
});

locks("plugins do not stand in each other's way", () => {
  const held = memoryLocks();
  held.acquire(A, "1");
  assert.is(held.acquire(B, "1").kind, "acquired");
  assert.is(held.acquire({ plugin: "a", tenant: "b" }, "1").kind, "acquired");
  assert.is(memoryLocks().acquire(A, "1").kind, "acquired");
});

locks("current() returns what the holder published, until it releases the lock", () => {
  const held = memoryLocks();
  assert.is(held.current(A), null);
  const lock = held.acquire(A, "1");
  assert.ok(lock.kind === "acquired");
  assert.is(held.current(A), null);
  lock.publish(SNAPSHOT);
  assert.equal(held.current(A), SNAPSHOT);
  assert.equal(held.acquire(A, "1"), { kind: "held", snapshot: SNAPSHOT });
  const progress = { ...SNAPSHOT.progress, migrations_done: 1 };
  lock.advance({ progress, entries: [] });
  assert.equal(held.current(A), { ...SNAPSHOT, progress });
  lock.release();
  assert.is(held.current(A), null);
});

locks("a lock that was given back can neither publish nor release another's", () => {
  const held = memoryLocks();
  const first = held.acquire(A, "1");
  assert.ok(first.kind === "acquired");
  first.release();
  const second = held.acquire(A, "1");
  assert.ok(second.kind === "acquired");
  first.publish(SNAPSHOT);
  first.release();
  assert.equal(held.acquire(A, "1"), { kind: "held", snapshot: null });
});

locks.run();
