// A plan in one transaction: all of it is kept, or nothing.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const plans = suite("one transaction for the plan");

const FILES = {
  "001_a.sql": migrationFile("CREATE TABLE a (x); INSERT INTO a VALUES (1);", "DROP TABLE a;"),
  "002_b.sql": migrationFile("CREATE TABLE b (x);", "DROP TABLE b;"),
  "003_c.sql": migrationFile("CREATE TABLE c (x);", "DROP TABLE c;"),
};
const VERSIONS = "SELECT group_concat(version || status, ' ') FROM plugin_schema_migrations";
const WHOLE = { transaction: "plan" } as const;

plans("all steps are committed and recorded, and events follow the commit", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  const reply = await workspace.apply("p", WHOLE);
  assert.equal(reply.applied_migrations.map(({ version }) => version), [1, 2, 3]);
  assert.is(sqliteShell(workspace.database("p"), VERSIONS), "1applied 2applied 3applied");
  assert.equal(
    workspace.events.map(({ event }) => event).filter((event) => event.startsWith("migration")),
    [
      "migration_started",
      "migration_started",
      "migration_started",
      "migration_applied",
      "migration_applied",
      "migration_applied",
    ],
  );
  await workspace.rollback("p", { target_version: 0, ...WHOLE });
  assert.is(
    sqliteShell(workspace.database("p"), VERSIONS),
    "1rolled_back 2rolled_back 3rolled_back",
  );
});

plans("the failure of one step undoes all, and the reply and the history say so", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    ...FILES,
    "003_c.sql": migrationFile(
      "CREATE TABLE c (x UNIQUE); INSERT INTO c SELECT 1 FROM a, a d;" +
        " INSERT INTO c SELECT x FROM a;",
    ),
  });
  const reply = await workspace.refused("apply", "p", WHOLE);
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.match(reply.message, "003_c.sql failed and was undone, with the whole plan: UNIQUE");
  assert.equal([reply.failed_version, reply.current_version], [3, 0]);
  assert.equal(reply.applied_migrations, []);
  assert.is(sqliteShell(workspace.database("p"), VERSIONS), "3failed");
  assert.is(
    sqliteShell(
      workspace.database("p"),
      "SELECT count(*) FROM sqlite_schema WHERE name IN ('a', 'b', 'c')",
    ),
    "0",
  );
});

plans("a loss that shows only in a later step is backed up first", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  await workspace.apply("p");
  workspace.write("p", {
    "004_d.sql": migrationFile("CREATE TABLE d (x);"),
    "005_e.sql": migrationFile("DELETE FROM a;"),
  });
  const reply = await workspace.apply("p", WHOLE);
  assert.is(reply.current_version, 5);
  assert.equal(reply.applied_migrations.map(({ data_loss }) => data_loss), [
    [],
    [{ kind: "rows", table: "a", rows: 1 }],
  ]);
  assert.is(sqliteShell(reply.backup ?? "", "SELECT count(*) FROM a"), "1");
});

plans("a dry run of it changes nothing", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  await workspace.apply("p", { target_version: 1 });
  const reply = await untouched(
    workspace,
    "p",
    () => workspace.apply("p", { ...WHOLE, dry_run: true }),
  );
  assert.is(reply.applied_migrations.length, 2);
});

plans.run();
