// Small migrations are committed together, and each of them is whole all the same.

import * as assert from "uvu/assert";
import { readFileSync } from "node:fs";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const shared = suite("small migrations share a COMMIT");

const VERSIONS = "SELECT group_concat(version || status, ' ') FROM plugin_schema_migrations";
const MANY = 40;

/** How often a database with a rollback journal was committed: https://sqlite.org/fileformat.html */
function changeCounter(path: string): number {
  return new DataView(readFileSync(path).buffer).getUint32(24);
}

shared("many are committed in fewer transactions than there are migrations", async () => {
  await using workspace = new Workspace();
  const files = Array.from({ length: MANY }, (_, index) => {
    const version = String(index + 1).padStart(3, "0");
    return [`${version}_t.sql`, migrationFile(`CREATE TABLE t${version} (x);`)];
  });
  workspace.write("p", Object.fromEntries(files));
  const reply = await workspace.apply("p");
  assert.is(reply.applied_migrations.length, MANY);
  const commits = changeCounter(workspace.database("p"));
  assert.ok(commits < MANY, `${commits} transactions`);
  const recorded = "SELECT count(*), count(DISTINCT version) FROM plugin_schema_migration_log";
  assert.is(sqliteShell(workspace.database("p"), recorded), `${MANY}|${MANY}`);
});

shared("one that fails is undone alone, and those before it are kept", async () => {
  await using workspace = new Workspace();
  const second = (value: number): string =>
    `CREATE TABLE b (x UNIQUE); INSERT INTO b VALUES (1); INSERT INTO b VALUES (${value});`;
  // The rehearsal has no rows, so only the real run fails.
  const failing = "CREATE TABLE c (x UNIQUE); INSERT INTO c SELECT 1 FROM b;";
  workspace.write("p", {
    "001_a.sql": migrationFile("CREATE TABLE a (x); INSERT INTO a VALUES (1);"),
    "002_b.sql": migrationFile(second(2)),
    "003_c.sql": migrationFile(failing),
    "004_d.sql": migrationFile("CREATE TABLE d (x);"),
  });
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.equal([reply.failed_version, reply.current_version], [3, 2]);
  assert.equal(reply.applied_migrations?.map(({ version }) => version), [1, 2]);
  const path = workspace.database("p");
  assert.is(sqliteShell(path, VERSIONS), "1applied 2applied 3failed");
  const tables = "SELECT group_concat(name, ' ') FROM sqlite_schema WHERE length(name) = 1";
  assert.is(sqliteShell(path, tables), "a b");
  // Nobody is told of one before its COMMIT, and how many share one depends on the machine.
  const told = workspace.events.flatMap((event) =>
    event.event.startsWith("migration_") && "version" in event
      ? [`${event.event.slice(10)} ${event.version}`]
      : []
  );
  const ends = told.filter((each) => !each.startsWith("started"));
  assert.equal(ends, ["applied 1", "applied 2", "failed 3"]);
  assert.equal(
    told.filter((each) => each.startsWith("started")),
    [1, 2, 3].map((each) => `started ${each}`),
  );

  workspace.write("p", { "003_c.sql": migrationFile("CREATE TABLE c (x);") });
  assert.is((await workspace.apply("p")).current_version, 4);
});

shared("one that runs out of time while it writes leaves those before it", async () => {
  await using workspace = new Workspace();
  // SQLite undoes the whole transaction where a statement that writes is interrupted.
  const endless =
    "CREATE TABLE c (x); INSERT INTO c WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)" +
    " SELECT x FROM n;";
  workspace.write("p", {
    "001_a.sql": migrationFile("CREATE TABLE a (x); INSERT INTO a VALUES (1);"),
    "002_b.sql": migrationFile("CREATE TABLE b (x);"),
    "003_c.sql": migrationFile(endless),
  });
  const reply = await workspace.refused("apply", "p", { timeout_ms: 3_000 });
  assert.match(reply.message, /003_c.sql ran out of time/);
  assert.equal([reply.failed_version, reply.current_version], [3, 2]);
  assert.equal(reply.applied_migrations?.map(({ version }) => version), [1, 2]);
  assert.is(sqliteShell(workspace.database("p"), VERSIONS), "1applied 2applied 3failed");
  assert.is(sqliteShell(workspace.database("p"), "SELECT * FROM a"), "1");
});

shared("one that takes rows away begins after the COMMIT of those before it", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": migrationFile("CREATE TABLE a (x);") });
  await workspace.apply("p");
  sqliteShell(workspace.database("p"), "INSERT INTO a VALUES (1), (2)");
  workspace.write("p", {
    "002_b.sql": migrationFile("CREATE TABLE b (x);"),
    "003_c.sql": migrationFile("CREATE TABLE c (x);"),
    "004_a.sql": migrationFile("DELETE FROM a WHERE x = 1;"),
    "005_d.sql": migrationFile("CREATE TABLE d (x);"),
  });
  const reply = await workspace.apply("p");
  assert.is(reply.current_version, 5);
  assert.ok(reply.backup);
  assert.is(
    sqliteShell(reply.backup, "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM c)"),
    "2|0",
  );
  assert.is(sqliteShell(reply.backup, VERSIONS), "1applied 2applied 3applied");
});

shared.run();
