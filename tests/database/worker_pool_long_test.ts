// The pool of worker threads where an operation of SQLite takes seconds and cannot be interrupted.

import * as assert from "uvu/assert";
import { currentVersionIn } from "../support/current_version.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const pools = suite("worker pool inside long operations");

// SQLite looks at the clock between two steps of its virtual machine only, and this is one step of some
// seconds more than the time limit and the grace.
const ONE_LONG_STEP = "SELECT instr(hex(zeroblob(150000)), hex(zeroblob(50000)) || '1');";
// The second that is begun need not last as long as the first.
const A_SHORTER_STEP = "SELECT instr(hex(zeroblob(110000)), hex(zeroblob(40000)) || '1');";

pools(
  "a statement that cannot be interrupted holds up no other plugin, and its own not for ever",
  async () => {
    await using workspace = new Workspace({ workers: 2 });
    const short = migrationFile("CREATE TABLE t (a);", "DROP TABLE t;");
    workspace.write("p", { "001_a.sql": short });
    workspace.write("other", { "001_a.sql": short });
    await workspace.apply("p");
    workspace.write("p", { "002_long.sql": migrationFile(ONE_LONG_STEP, "SELECT 1;") });
    const status = await workspace.status("p");
    assert.is(currentVersionIn(status), 1);
    assert.ok(status.pending_warnings.some(({ code }) => code === "not-rehearsed"));

    // One core may be lost to a wrong file, not two.
    const { databases } = (await workspace.migrator()).context;
    assert.is(databases.stuckThreads, 1);
    const taken = "error An operation of SQLite does not end and takes a core";
    assert.ok(workspace.logs.includes(`${taken} {"plugin":"p","database":null}`));
    const corrected = migrationFile("CREATE TABLE u (a);", "DROP TABLE u;");
    workspace.write("p", { "002_long.sql": corrected });
    assert.ok((await workspace.ask("apply", "p", { dry_run: true })).success);
    workspace.write("p", { "002_long.sql": migrationFile(A_SHORTER_STEP, "SELECT 1;") });
    await workspace.status("p");
    assert.is(databases.stuckThreads, 2);
    workspace.write("p", { "002_long.sql": corrected });
    const refusal = await workspace.refused("apply", "p");
    assert.is(refusal.error_code, "DATABASE_UNAVAILABLE");
    assert.match(refusal.message, 'An operation of SQLite on a migration of "p" goes on beyond');
    const { current_version, pending_warnings } = await workspace.status("p");
    assert.is(current_version, 1);
    assert.match(
      pending_warnings[0]?.message ?? "",
      "Pending migrations were not rehearsed: An op",
    );

    assert.is((await workspace.apply("other")).current_version, 1);
    // The plugin itself is served again once one of the operations ends.
    while (databases.stuckThreads === 2) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.is((await workspace.apply("p")).current_version, 2);
  },
);

pools("a run that cannot be interrupted is answered, and keeps nothing", async () => {
  await using workspace = new Workspace({ workers: 2 });
  workspace.write("p", {
    "001_a.sql": migrationFile(
      "CREATE TABLE t (n, found); INSERT INTO t (n) VALUES (37500);",
      "DROP TABLE t;",
    ),
    "002_long.sql": migrationFile(
      "UPDATE t SET found = instr(hex(zeroblob(3 * n)), hex(zeroblob(n)) || '1');",
      "SELECT 1;",
    ),
  });
  await workspace.apply("p", { target_version: 1 });
  const refusal = await workspace.refused("apply", "p", { timeout_ms: 2_000 });
  assert.match(refusal.message, "The time limit was reached inside one operation of SQLite");
  workspace.write("other", { "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") });
  assert.is((await workspace.apply("other")).current_version, 1);
  for (let free = false; !free;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const status = await workspace.ask("status", "p");
    free = status.success;
    if (status.success) assert.is(currentVersionIn(status), 1);
  }
  assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM t WHERE found >= 0"), "0");
});

pools.run();
