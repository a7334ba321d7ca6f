// Two processes on one data directory: one runs, the other is refused at once, and nothing is lost.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { MigratorProcess } from "../support/migrator_process.ts";
import { ENDLESS_INSERT } from "../support/endless.ts";
import { migrationFile } from "../support/migration_file.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const processes = suite("two processes");

const CREATE = migrationFile("CREATE TABLE t (a);", "DROP TABLE t;");
const ENDLESS = migrationFile(ENDLESS_INSERT, "SELECT 1;");

processes(
  "while one runs, the other refuses an apply and answers status from its snapshot",
  async () => {
    await using workspace = new Workspace();
    workspace.write("quotes", { "001_create.sql": CREATE, "002_endless.sql": ENDLESS });
    await using other = new MigratorProcess(workspace, "apply", "quotes", { applied_by: "ann" });
    await other.sawEvent("migration_applied");
    await other.sawEvent("migration_started");

    for (const verb of ["apply", "rollback"] as const) {
      const refused = await workspace.refused(verb, "quotes");
      assert.is(refused.error_code, "MIGRATION_IN_PROGRESS");
      assert.match(refused.message, "held by an apply by ann since 20");
      assert.match(refused.message, "wait until it is done");
    }
    const status = await workspace.status("quotes");
    assert.ok(status.locked);
    assert.is(status.current_version, 1);
    assert.is(status.pending_count, 1);
    assert.equal(
      { ...status.progress, run_id: "1", started_at: "" },
      {
        run_id: "1",
        verb: "apply",
        dry_run: false,
        started_at: "",
        started_by: "ann",
        version: 2,
        migrations_done: 1,
        migrations_total: 2,
        statements_done: 0,
        statements_total: 1,
      },
    );
  },
);

// A power cut in the middle: the lock and the half-done migration are gone with the process.
processes("a killed process gives everything back, and its snapshot is not believed", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE, "002_endless.sql": ENDLESS });
  const other = new MigratorProcess(workspace, "apply", "quotes");
  await other.sawEvent("migration_applied");
  await other.sawEvent("migration_started");
  await other[Symbol.asyncDispose]();
  assert.ok(existsSync(join(workspace.dataDir, "locks", "quotes.json")));

  const status = await workspace.status("quotes");
  assert.not.ok(status.locked);
  assert.is(status.progress, undefined);
  assert.is(status.current_version, 1);
  assert.ok(isIntact(workspace.database("quotes")));

  workspace.write("quotes", { "002_endless.sql": migrationFile("CREATE TABLE u (a);") });
  assert.is((await workspace.apply("quotes")).current_version, 2);
  assert.not.ok(existsSync(join(workspace.dataDir, "locks", "quotes.json")));
});

processes("an idle process does not hold the database", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_create.sql": CREATE });
  await using other = new MigratorProcess(workspace, "apply", "quotes");
  assert.ok((await other.reply()).success);

  // The other process is alive still.
  workspace.write("quotes", {
    "002_more.sql": migrationFile("CREATE TABLE u (a);", "DROP TABLE u;"),
  });
  assert.is((await workspace.apply("quotes")).current_version, 2);
  assert.is((await workspace.rollback("quotes")).current_version, 1);
  sqliteShell(workspace.database("quotes"), "CREATE TABLE by_hand (a)");
});

processes("of several that start at once, each migration is applied by one", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "001_create.sql": CREATE,
    "002_fill.sql": migrationFile("INSERT INTO t VALUES (1);", "DELETE FROM t;"),
  });
  const others = Array.from({ length: 3 }, () => new MigratorProcess(workspace, "apply", "quotes"));
  const replies = await Promise.all([
    workspace.ask("apply", "quotes"),
    ...others.map((other) => other.reply()),
  ]);
  await Promise.all(others.map((other) => other[Symbol.asyncDispose]()));
  let applied = 0;
  for (const reply of replies) {
    if (reply.success && reply.verb === "apply") {
      applied += reply.applied_migrations.length;
    } else if (!reply.success) assert.is(reply.error_code, "MIGRATION_IN_PROGRESS");
  }
  assert.is(applied, 2);
  assert.is(sqliteShell(workspace.database("quotes"), "SELECT count(*) FROM t"), "1");
  assert.is(
    sqliteShell(workspace.database("quotes"), "SELECT count(*) FROM plugin_schema_migration_log"),
    "2",
  );
});

processes.run();
