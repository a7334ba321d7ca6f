// The tracking tables where something outside godwit's own SQL has been at them.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const history = suite("history table");

history("is found when its name is written in another case", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") });
  await workspace.apply("p");
  const database = workspace.database("p");
  sqliteShell(
    database,
    "ALTER TABLE plugin_schema_migrations RENAME TO x;" +
      " ALTER TABLE x RENAME TO PLUGIN_SCHEMA_MIGRATIONS;",
  );
  assert.is((await workspace.status("p")).pending_count, 0);
  assert.equal((await workspace.apply("p")).applied_migrations, []);
  workspace.write("p", { "002_b.sql": migrationFile("CREATE TABLE u (a);", "DROP TABLE u;") });
  assert.is((await workspace.apply("p")).current_version, 2);
  await workspace.rollback("p", { target_version: 0 });
});

history("goes on counting whatever a migration writes into sqlite_sequence", async () => {
  for (
    const sql of [
      "UPDATE sqlite_sequence SET seq = 9223372036854775806" +
      " WHERE name = 'plugin_schema_migration_log';",
      "UPDATE sqlite_sequence SET seq = 9223372036854775807;",
      "UPDATE sqlite_sequence SET seq = 'text';",
      "DELETE FROM sqlite_sequence;",
    ]
  ) {
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;"),
      "002_b.sql": migrationFile(sql, sql),
      "003_c.sql": migrationFile("CREATE TABLE u (a);", "DROP TABLE u;"),
    });
    for (const target_version of [1, 2, 3]) await workspace.apply("p", { target_version });
    for (const target_version of [1, 0]) await workspace.rollback("p", { target_version });
    assert.is((await workspace.apply("p")).current_version, 3);
    assert.is(
      sqliteShell(
        workspace.database("p"),
        "SELECT group_concat(id) FROM plugin_schema_migration_log",
      ),
      "1,2,3,4,5,6,7,8,9",
      sql,
    );
  }
});

history(
  "makes sqlite_sequence before the first statement, in each run as in the rehearsal",
  async () => {
    const sql = "UPDATE sqlite_sequence SET seq = 9 WHERE name = 't';";
    const create = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);";
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_a.sql": migrationFile(
        `${sql} ${create} INSERT INTO t VALUES (3); ${sql}`,
        "DROP TABLE t;",
      ),
    });
    const dry = await workspace.apply("p", { dry_run: true });
    const { warnings } = await workspace.apply("p");
    assert.equal(warnings, dry.warnings);
    assert.equal(warnings.map(({ code, column }) => `${code} ${column}`), ["idle-sequence 1"]);
    await workspace.rollback("p");
    await workspace.apply("p");
    assert.is(
      sqliteShell(workspace.database("p"), "INSERT INTO t DEFAULT VALUES RETURNING id"),
      "10",
    );
  },
);

history("makes sqlite_sequence beside tracking tables of another program", async () => {
  await using workspace = new Workspace();
  Deno.mkdirSync(workspace.dataDir, { recursive: true });
  sqliteShell(
    workspace.database("p"),
    `CREATE TABLE plugin_schema_migrations (id INTEGER PRIMARY KEY, plugin_name, version, name,
       checksum, applied_at, applied_by, status, error_message, execution_time_ms,
       UNIQUE (plugin_name, version));
     CREATE TABLE plugin_schema_migration_log (id INTEGER PRIMARY KEY, plugin_name, version, name,
       checksum, direction, outcome, logged_at, logged_by, error_message, execution_time_ms,
       plan_hash);`,
  );
  workspace.write("p", { "001_a.sql": migrationFile("DELETE FROM sqlite_sequence;", "SELECT 1;") });
  assert.is((await workspace.apply("p")).current_version, 1);
});

history("fires no trigger that another program has put on it", async () => {
  const evil = "DELETE FROM t; DELETE FROM plugin_schema_migrations";
  for (
    const trigger of [
      `AFTER INSERT ON plugin_schema_migrations BEGIN ${evil}; END`,
      `AFTER UPDATE ON plugin_schema_migrations BEGIN ${evil}; END`,
      `AFTER INSERT ON plugin_schema_migration_log BEGIN ${evil}; END`,
      "BEFORE INSERT ON plugin_schema_migrations BEGIN SELECT raise(IGNORE); END",
    ]
  ) {
    await using workspace = new Workspace();
    workspace.write("p", {
      "001_a.sql": migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "DROP TABLE t;"),
      "002_b.sql": migrationFile(
        "CREATE TABLE u (a); CREATE TRIGGER kept AFTER INSERT ON t BEGIN INSERT INTO u VALUES (1); END;",
        "DROP TABLE u; DROP TRIGGER kept;",
      ),
      "003_c.sql": migrationFile("INSERT INTO t VALUES (2);", "DELETE FROM t WHERE a = 2;"),
    });
    await workspace.apply("p", { target_version: 1 });
    const database = workspace.database("p");
    sqliteShell(database, `CREATE TRIGGER evil ${trigger}`);
    assert.is((await workspace.apply("p")).current_version, 3, trigger);
    assert.is((await workspace.rollback("p", { target_version: 2 })).current_version, 2, trigger);
    const rows = "SELECT group_concat(a) FROM t";
    assert.is(sqliteShell(database, rows), "1", trigger);
    // A migration's own triggers do.
    assert.is(sqliteShell(database, "SELECT count(*) FROM u"), "1", trigger);
    assert.is(sqliteShell(database, "SELECT count(*) FROM plugin_schema_migrations"), "3", trigger);
  }
});

history.run();
