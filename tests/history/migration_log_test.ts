// The log of a database: what a row records, and logs that an older godwit has made.

import * as assert from "uvu/assert";
import { fingerprint } from "../support/fingerprint.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const log = suite("migration log");

const A = migrationFile(
  "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'), ('y');",
  "DROP TABLE t;",
);
const B = migrationFile("CREATE TABLE u (a);", "DROP TABLE u;");

/** What godwit 0.1.0 made: a log without the later columns. */
const OLD_TABLES = `
CREATE TABLE plugin_schema_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT,
  plugin_name TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
  applied_at TIMESTAMP NOT NULL, applied_by TEXT NOT NULL, status TEXT NOT NULL,
  error_message TEXT, execution_time_ms INTEGER, UNIQUE(plugin_name, version));
CREATE TABLE plugin_schema_migration_log (id INTEGER PRIMARY KEY AUTOINCREMENT,
  plugin_name TEXT NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,
  direction TEXT NOT NULL, outcome TEXT NOT NULL, logged_at TIMESTAMP NOT NULL,
  logged_by TEXT NOT NULL, error_message TEXT, execution_time_ms INTEGER,
  plan_hash TEXT NOT NULL);`;

/** What godwit 0.1.0 wrote when it applied a version. */
function oldRows(version: number, name: string, checksum: string): string {
  return `
INSERT INTO plugin_schema_migrations (plugin_name, version, name, checksum, applied_at, applied_by,
  status, error_message, execution_time_ms)
  VALUES ('p', ${version}, '${name}', '${checksum}', '2026-01-01T00:00:00.000Z', 'ann', 'applied',
    NULL, 1);
INSERT INTO plugin_schema_migration_log (plugin_name, version, name, checksum, direction, outcome,
  logged_at, logged_by, error_message, execution_time_ms, plan_hash)
  VALUES ('p', ${version}, '${name}', '${checksum}', 'apply', 'applied',
    '2026-01-01T00:00:00.000Z', 'ann', NULL, 1, '${"0".repeat(64)}');`;
}

/** A database at version 1, as godwit 0.1.0 left it. */
async function oldDatabase(more = ""): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("q", { "001_a.sql": A });
  await workspace.apply("q");
  const [first] = (await workspace.status("q")).applied_migrations;
  workspace.write("p", { "001_a.sql": A });
  sqliteShell(
    workspace.database("p"),
    `${OLD_TABLES} ${oldRows(1, "a", first?.checksum ?? "")}
     CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x'), ('y'); ${more}`,
  );
  return workspace;
}

const LATER = "SELECT group_concat(name) FROM pragma_table_info('plugin_schema_migration_log')" +
  " WHERE cid > 11";
const ADDED = "run_id,backup,changes,data_loss,file_text";

log("records the run, the changes, the losses, the backup and the text", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": A });
  const applied = await workspace.apply("p");
  const { backup = "", run_id, rolled_back_migrations } = await workspace.rollback("p");
  const rows: unknown = JSON.parse(sqliteShell(
    workspace.database("p"),
    `SELECT json_group_array(json_array(outcome, run_id, backup, json(changes), json(data_loss),
       file_text)) FROM plugin_schema_migration_log`,
  ));
  assert.equal(rows, [
    ["applied", applied.run_id, null, applied.applied_migrations[0]?.changes, [], A],
    [
      "rolled_back",
      run_id,
      backup.slice(backup.lastIndexOf("/") + 1),
      rolled_back_migrations[0]?.changes,
      [{ kind: "rows", table: "t", rows: 2 }],
      null,
    ],
  ]);
});

log("stores a long text compressed", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": `-- ${"long ".repeat(10_000)}\n${A}` });
  await workspace.apply("p");
  const [kind, bytes] = sqliteShell(
    workspace.database("p"),
    "SELECT typeof(file_text), length(file_text) FROM plugin_schema_migration_log",
  ).split("|");
  assert.is(kind, "blob");
  assert.ok(Number(bytes) < 1_000, bytes);
});

log("is brought up to date by the first run that writes", async () => {
  await using workspace = await oldDatabase();
  const database = workspace.database("p");
  const before = fingerprint(database);
  assert.is((await workspace.status("p")).current_version, 1);
  workspace.write("p", { "002_b.sql": B });
  const { plan_hash } = await workspace.apply("p", { dry_run: true });
  assert.is(fingerprint(database), before);
  // The plan does not depend on it.
  assert.is((await workspace.apply("p", { plan_hash })).current_version, 2);
  assert.is(sqliteShell(database, LATER), ADDED);
  assert.is((await workspace.rollback("p", { target_version: 0 })).current_version, 0);
});

log("is brought up to date by a run that fails", async () => {
  await using workspace = await oldDatabase();
  workspace.write("p", { "002_b.sql": migrationFile("CREATE UNIQUE INDEX i ON t (length(a));") });
  assert.is((await workspace.refused("apply", "p")).error_code, "MIGRATION_FAILED");
  const database = workspace.database("p");
  assert.is(sqliteShell(database, LATER), ADDED);
  assert.is(
    sqliteShell(
      database,
      "SELECT changes || data_loss FROM plugin_schema_migration_log WHERE id = 2",
    ),
    "[][]",
  );
});

log("is brought up to date beside a view and a trigger of another program", async () => {
  await using workspace = await oldDatabase();
  const database = workspace.database("p");
  sqliteShell(
    database,
    `CREATE TRIGGER no_log BEFORE INSERT ON plugin_schema_migrations BEGIN SELECT 1; END;
     CREATE VIEW seen AS SELECT * FROM plugin_schema_migration_log;`,
  );
  workspace.write("p", { "002_b.sql": migrationFile("CREATE TABLE u (a);", "DROP TABLE u;") });
  assert.is((await workspace.apply("p")).current_version, 2);
  assert.is(sqliteShell(database, "SELECT count(*) FROM seen"), "2");
});

log("is brought up to date beside what this SQLite cannot load", async () => {
  await using workspace = await oldDatabase(
    `CREATE VIEW quoted AS SELECT "text" FROM t;
     CREATE VIEW broken AS SELECT x FROM nowhere;
     PRAGMA writable_schema = ON;
     INSERT INTO sqlite_schema VALUES
       ('table', 'unknown', 'unknown', 0, 'CREATE VIRTUAL TABLE unknown USING nowhere(a)'),
       ('trigger', 'lost', 't', 0,
        'CREATE TRIGGER lost AFTER INSERT ON t BEGIN INSERT INTO nowhere VALUES (1); END');`,
  );
  workspace.write("p", { "002_b.sql": B });
  assert.is((await workspace.apply("p")).current_version, 2);
  const database = workspace.database("p");
  assert.is(sqliteShell(database, LATER), ADDED);
});

log("is brought up to date where its name is in another case", async () => {
  await using workspace = await oldDatabase();
  const database = workspace.database("p");
  sqliteShell(
    database,
    `ALTER TABLE plugin_schema_migration_log RENAME TO x;
     ALTER TABLE x RENAME TO PLUGIN_SCHEMA_MIGRATION_LOG;
     ALTER TABLE PLUGIN_SCHEMA_MIGRATION_LOG ADD COLUMN RUN_ID TEXT;`,
  );
  workspace.write("p", { "002_b.sql": B });
  assert.is((await workspace.apply("p")).current_version, 2);
  assert.is(sqliteShell(database, LATER), ADDED.replace("run_id", "RUN_ID"));
});

log("is written to by an older godwit as before", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": A, "002_b.sql": B });
  await workspace.apply("p", { target_version: 1 });
  const dry = await workspace.apply("p", { dry_run: true });
  assert.is(dry.applied_migrations.length, 1);
  workspace.write("q", { "002_b.sql": B });
  await workspace.apply("q");
  const [second] = (await workspace.status("q")).applied_migrations;
  sqliteShell(
    workspace.database("p"),
    `CREATE TABLE u (a); ${oldRows(2, "b", second?.checksum ?? "")}`,
  );
  workspace.remove("p", "002_b.sql");
  workspace.remove("p", "001_a.sql");
  const refused = await workspace.refused("rollback", "p", { target_version: 0 });
  assert.equal(
    refused.errors.map(({ code, migration_version }) => `${code} ${migration_version}`),
    ["missing-file 2"],
  );
  assert.equal(
    refused.warnings.filter(({ code }) => code === "from-history").map((each) =>
      each.migration_version
    ),
    [1],
  );
});

log.run();
