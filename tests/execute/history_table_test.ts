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

history.run();
