// A run is judged by the schema at its end: what one file breaks, a later one may mend.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const runs = suite("the end of a run");

const REBUILD_IN_PARTS = {
  "001_base.sql": migrationFile(
    `CREATE TABLE addr (id INTEGER PRIMARY KEY, mail TEXT, code TEXT);
CREATE TABLE token (id INTEGER PRIMARY KEY, addr_id INTEGER REFERENCES addr (id));
CREATE VIEW mails AS SELECT mail FROM addr;
INSERT INTO addr VALUES (1, 'a', 'b'); INSERT INTO token VALUES (7, 1);`,
    "DROP VIEW mails; DROP TABLE token; DROP TABLE addr;",
  ),
  "002_copy.sql": migrationFile(
    "CREATE TABLE next (id INTEGER PRIMARY KEY, mail TEXT); INSERT INTO next SELECT id, mail FROM addr;",
    "DROP TABLE next;",
  ),
  "003_drop.sql": migrationFile("DROP TABLE addr;"),
  "004_rename.sql": migrationFile("ALTER TABLE next RENAME TO addr;"),
};

runs("a rebuild that is cut over files is applied, with warnings that name the files", async () => {
  await using workspace = new Workspace();
  workspace.write("p", REBUILD_IN_PARTS);
  await workspace.apply("p", { target_version: 1 });
  const reply = await workspace.apply("p");
  assert.is(reply.current_version, 4);
  const warnings = reply.warnings.filter(({ code }) =>
    code === "dangling-foreign-key" || code === "broken-view"
  );
  assert.equal(warnings.map(({ level, migration_version }) => [level, migration_version]), [
    ["WARNING", 3],
    ["WARNING", 3],
  ]);
  for (const { message } of warnings) {
    assert.match(message, "DROP TABLE on line 2");
    assert.match(message, "until 004_rename.sql has run");
  }
  assert.is(sqliteShell(workspace.database("p"), "PRAGMA foreign_key_check"), "");
  assert.is(sqliteShell(workspace.database("p"), "SELECT mail FROM mails"), "a");
});

runs("a run that ends before the file that mends is refused", async () => {
  await using workspace = new Workspace();
  workspace.write("p", REBUILD_IN_PARTS);
  await workspace.apply("p", { target_version: 1 });
  const reply = await workspace.refused("apply", "p", { target_version: 3 });
  assert.is(reply.error_code, "VALIDATION_FAILED");
  assert.equal(reply.errors.map(({ code, line }) => [code, line]), [
    ["broken-view", 2],
    ["dangling-foreign-key", 2],
  ]);
});

runs("a row that the last file leaves without its parent is found at the end", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    ...REBUILD_IN_PARTS,
    "002_copy.sql": migrationFile(
      "CREATE TABLE next (id INTEGER PRIMARY KEY, mail TEXT);",
      "DROP TABLE next;",
    ),
  });
  await workspace.apply("p", { target_version: 1 });
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.is(reply.failed_version, 4);
  assert.match(reply.message, '1 row of "token" would point at no row of "addr" (addr_id: \'1\')');
});

runs("a child before its parent is applied and rolled back, step by step and at once", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_child.sql": migrationFile(
      "CREATE TABLE kid (id INTEGER PRIMARY KEY, p INTEGER REFERENCES par (id));",
      "DROP TABLE kid;",
    ),
    "002_parent.sql": migrationFile(
      "CREATE TABLE par (id INTEGER PRIMARY KEY); INSERT INTO par VALUES (1); INSERT INTO kid VALUES (1, 1);",
      "DELETE FROM kid; DROP TABLE par;",
    ),
  });
  await workspace.apply("p");
  await workspace.rollback("p", { target_version: 0 });
  assert.is((await workspace.apply("p", { target_version: 1 })).current_version, 1);
  await workspace.apply("p");
  assert.is((await workspace.rollback("p")).current_version, 1);
  assert.is((await workspace.rollback("p")).current_version, 0);
});

runs("a DOWN that breaks something is found by check, though its own UP mends that", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_base.sql": migrationFile(
      "CREATE TABLE t (a TEXT, b TEXT); CREATE VIEW v AS SELECT a FROM t;",
      "DROP VIEW v; DROP TABLE t;",
    ),
    "002_more.sql": migrationFile(
      "CREATE TABLE IF NOT EXISTS t (a TEXT, b TEXT); CREATE TABLE u (a TEXT);",
      "DROP TABLE u; DROP TABLE t;",
    ),
  });
  const reply = await (await workspace.migrator()).check("p");
  const errors = reply.success ? [] : reply.errors;
  assert.equal(errors.map(({ code, migration_version }) => [code, migration_version]), [
    ["broken-view", 2],
  ]);
});

runs("what was broken before is no reason to refuse, whatever it says now", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_t.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") });
  await workspace.apply("p");
  sqliteShell(workspace.database("p"), "CREATE VIEW v AS SELECT missing FROM t;");
  workspace.write("p", { "002_drop.sql": migrationFile("DROP TABLE t;") });
  assert.is((await workspace.apply("p")).current_version, 2);
});

runs("a key that was broken before is known by its columns when the table is renamed", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_t.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") });
  await workspace.apply("p");
  sqliteShell(
    workspace.database("p"),
    'CREATE TABLE "my kid" (p REFERENCES gone (id)); INSERT INTO "my kid" VALUES (1);',
  );
  workspace.write("p", {
    "002_rename.sql": migrationFile('ALTER TABLE "my kid" RENAME TO "my child";'),
  });
  assert.is((await workspace.apply("p")).current_version, 2);
});

runs.run();
