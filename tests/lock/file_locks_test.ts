// fileLocks(): one run at a time for each database.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileLocks } from "../../lib/lock/file_locks.ts";
import type { RunLock } from "../../lib/lock/run_locks.ts";
import { lineOf, type RunSnapshot } from "../../lib/lock/run_snapshot.ts";
import type { HistoryEntry } from "../../lib/plan/history.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const locking = suite("fileLocks()");

const QUOTES = { plugin: "quotes", tenant: null };
const TRIVIA = { plugin: "trivia", tenant: null };

const SNAPSHOT: RunSnapshot = {
  progress: {
    run_id: "1",
    verb: "rollback",
    dry_run: true,
    started_at: "2026-01-01T00:00:00.000Z",
    started_by: "ann",
    version: null,
    migrations_done: 0,
    migrations_total: 0,
    statements_done: 0,
    statements_total: 0,
  },
  history: [],
  files: [{ version: 1, name: "a", file: "001_a.sql", checksum: "c" }],
  findings: [],
};

function acquired(lock: ReturnType<ReturnType<typeof fileLocks>["acquire"]>): RunLock {
  if (lock.kind === "acquired") return lock;
  throw new Error("The lock is held");
}

locking("acquire() gives a database's lock once, and again when it is released", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  const lock = acquired(locks.acquire(QUOTES, "1"));
  assert.equal(locks.acquire(QUOTES, "1"), { kind: "held", snapshot: null });
  assert.equal(fileLocks(workspace.dataDir).acquire(QUOTES, "1").kind, "held");
  acquired(locks.acquire(TRIVIA, "1")).release();
  lock.release();
  acquired(locks.acquire(QUOTES, "1")).release();
});

locking(
  "current() is what the holder published last, and nothing once it has released",
  async () => {
    await using workspace = new Workspace();
    const locks = fileLocks(workspace.dataDir);
    assert.is(locks.current(QUOTES), null);
    const lock = acquired(locks.acquire(QUOTES, "1"));
    assert.is(locks.current(QUOTES), null);
    lock.publish(SNAPSHOT);
    assert.equal(locks.current(QUOTES), SNAPSHOT);
    assert.equal(locks.acquire(QUOTES, "1"), { kind: "held", snapshot: SNAPSHOT });
    lock.release();
    assert.is(locks.current(QUOTES), null);
    assert.not.ok(existsSync(join(workspace.dataDir, "locks", "quotes.json")));
  },
);

locking(
  "a snapshot whose lock is free is ignored, and removed by the next run",
  async () => {
    await using workspace = new Workspace();
    const directory = join(workspace.dataDir, "locks");
    Deno.mkdirSync(directory, { recursive: true });
    Deno.writeTextFileSync(join(directory, "quotes.json"), lineOf(SNAPSHOT));
    const locks = fileLocks(workspace.dataDir);
    assert.is(locks.current(QUOTES), null);
    Deno.writeTextFileSync(join(directory, "quotes.lock"), "");
    assert.is(locks.current(QUOTES), null);
    const lock = acquired(locks.acquire(QUOTES, "1"));
    assert.is(locks.current(QUOTES), null);
    lock.release();
  },
);

locking("half a snapshot, as a full disk leaves it, is no snapshot", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  const lock = acquired(locks.acquire(QUOTES, "1"));
  Deno.writeTextFileSync(join(workspace.dataDir, "locks", "quotes.json"), '{"progress":');
  assert.is(locks.current(QUOTES), null);
  assert.equal(locks.acquire(QUOTES, "1"), { kind: "held", snapshot: null });
  lock.release();
});

locking("a link or a pipe in the place of a lock or a snapshot is not opened", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  const path = (name: string): string => join(workspace.dataDir, "locks", name);
  acquired(locks.acquire(QUOTES, "1")).release();
  const outside = join(workspace.root, "outside");

  Deno.symlinkSync(outside, path("quotes.json"));
  const lock = acquired(locks.acquire(QUOTES, "1"));
  Deno.symlinkSync(outside, path("quotes.json"));
  lock.publish(SNAPSHOT);
  assert.is(locks.current(QUOTES), null);
  lock.release();
  await new Deno.Command("mkfifo", { args: [path("quotes.json")] }).output();
  assert.is(locks.current(QUOTES), null);

  Deno.removeSync(path("quotes.lock"));
  Deno.symlinkSync(outside, path("quotes.lock"));
  const refusal = locks.acquire(QUOTES, "1");
  assert.match(refusal.kind === "unavailable" ? refusal.message : "", "quotes.lock: ELOOP");
  assert.is(locks.current(QUOTES), null);
  assert.not.ok(existsSync(outside));
});

locking("a directory in the place of a snapshot is named, and the lock is free again", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  const path = join(workspace.dataDir, "locks", "quotes.json");
  Deno.mkdirSync(path, { recursive: true });
  for (const _ of [1, 2]) {
    const refusal = locks.acquire(QUOTES, "1");
    assert.match(
      refusal.kind === "unavailable" ? refusal.message : "",
      `${path} cannot be removed`,
    );
  }
  Deno.removeSync(path);
  const lock = acquired(locks.acquire(QUOTES, "2"));
  Deno.mkdirSync(path);
  lock.release();
  Deno.removeSync(path);
  acquired(locks.acquire(QUOTES, "3")).release();
});

locking("tenants of a plugin, and the plugin itself, have locks of their own", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  const addresses = [
    QUOTES,
    { plugin: "quotes", tenant: "acme" },
    { plugin: "quotes", tenant: "globex" },
    { plugin: "quotes-acme", tenant: null },
    { plugin: "acme", tenant: "quotes" },
  ];
  const [own, acme, ...others] = addresses.map((address) => acquired(locks.acquire(address, "1")));
  acme?.publish(SNAPSHOT);
  for (const address of addresses) {
    const snapshot = address === addresses[1] ? SNAPSHOT : null;
    assert.equal(locks.acquire(address, "1"), { kind: "held", snapshot });
    assert.equal(locks.current(address), snapshot);
  }
  acme?.release();
  acquired(locks.acquire({ plugin: "quotes", tenant: "acme" }, "1")).release();
  assert.is(locks.acquire(QUOTES, "1").kind, "held");
  for (const lock of [own, ...others]) lock?.release();
});

locking("a run of 200 steps writes its history once, and one line for each step", async () => {
  await using workspace = new Workspace();
  const locks = fileLocks(workspace.dataDir);
  const entryOf = (version: number): HistoryEntry => ({
    version,
    name: "create_a_table_with_a_long_name",
    checksum: "c".repeat(64),
    appliedAt: "2026-01-01T00:00:00.000Z",
    appliedBy: "system",
    status: "applied",
    errorMessage: null,
    executionTimeMs: 3,
  });
  const history = Array.from({ length: 200 }, (_, index) => entryOf(index + 1));
  const lock = acquired(locks.acquire(QUOTES, "1"));
  lock.publish({ ...SNAPSHOT, history });
  const path = join(workspace.dataDir, "locks", "quotes.json");
  const firstBytes = Deno.statSync(path).size;
  for (let step = 1; step <= 200; step++) {
    lock.advance({ progress: SNAPSHOT.progress, entries: [entryOf(200 + step)] });
  }
  // In fact 600 bytes a step.
  assert.ok(Deno.statSync(path).size < firstBytes + 200 * 1_000);
  assert.is(locks.current(QUOTES)?.history.length, 400);
  lock.release();
});

locking.run();
