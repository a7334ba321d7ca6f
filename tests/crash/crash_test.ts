// A selection of the crash exploration; `deno task crash` runs all of it.

import * as assert from "uvu/assert";
import type { DiskOperation } from "../support/simulated_disk.ts";
import { suite } from "../support/suite.ts";
import { type Exploration, explore } from "./explore.ts";
import { exampleMigrations } from "./migration_session.ts";

const crashes = suite("crashes");
const migrations = await exampleMigrations();

// Of sessions 1 to 10, which apply the examples, and 11 to 20, which roll them back: a rebuild, and a
// DROP with a backup before it.
const SESSIONS = [3, 10];

function selection(
  mode: Exploration["mode"],
  sessions: readonly number[],
): Exploration {
  return {
    mode,
    migrations,
    sessions: new Set(sessions),
    outcomes: { randomSubsets: 1, singles: false, seed: 1 },
    crashInRecovery: false,
  };
}

crashes("leave the database before or after each migration, as godwit runs", async () => {
  const { counts, violations } = await explore(selection("wal", SESSIONS));
  assert.equal(violations, []);
  assert.is(counts.sessions, SESSIONS.length);
  assert.ok(counts.before > 0 && counts.after > 0);
});

crashes("leave the database before or after each migration in a log that is shared", async () => {
  for (const [mode, sessions] of [["shared", [10]], ["shared-spill", [3]]] as const) {
    const { counts, violations } = await explore(selection(mode, sessions));
    assert.equal(violations, []);
    assert.is(counts.sessions, sessions.length);
    assert.ok(counts.before > 0 && counts.after > 0);
  }
});

crashes("leave the database before or after each migration with a rollback journal", async () => {
  const { counts, violations } = await explore(selection("delete", [3, 10]));
  assert.equal(violations, []);
  assert.ok(counts.before > 0 && counts.after > 0);
});

crashes("leave the database before or after each migration as the sandbox runs", async () => {
  const { counts, violations } = await explore(selection("truncate", [3]));
  assert.equal(violations, []);
  assert.ok(counts.before > 0 && counts.after > 0);
});

crashes("leave the database whole while it gets a write-ahead log", async () => {
  const { violations } = await explore(selection("conversion", [2]));
  assert.equal(violations, []);
});

crashes("leave the database whole while it recovers from a crash", async () => {
  const { counts, violations } = await explore({
    ...selection("wal", [4]),
    outcomes: { randomSubsets: 0, singles: false, seed: 1 },
    crashInRecovery: true,
  });
  assert.equal(violations, []);
  assert.ok(counts.recoveryCrashes > 0);
});

crashes("are noticed where flushing does nothing", async () => {
  const { violations } = await explore({
    ...selection("wal", [2]),
    spoil: ({ kind }) => kind === "flush",
  });
  assert.ok(violations.length > 0);
});

crashes("are noticed where a rollback journal is not flushed", async () => {
  const journals = new Set<number>();
  const isJournalFlush = (operation: DiskOperation): boolean => {
    if (operation.kind === "create" && operation.path.endsWith("-journal")) {
      journals.add(operation.file);
    }
    return operation.kind === "flush" && journals.has(operation.file);
  };
  const { violations } = await explore({
    ...selection("delete", [3]),
    outcomes: { randomSubsets: 4, singles: true, seed: 1 },
    spoil: isJournalFlush,
  });
  assert.ok(violations.length > 0);
});

crashes("are noticed where names are not flushed", async () => {
  const { violations } = await explore({
    ...selection("wal", [1, 2]),
    spoil: ({ kind }) => kind === "flush-directory",
  });
  assert.ok(violations.length > 0);
});

crashes.run();
