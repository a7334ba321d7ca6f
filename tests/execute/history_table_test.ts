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

history.run();
