// Databases with objects that this SQLite cannot load, because a program made them with a module, a
// collation or a function of its own.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { makeWithFunction } from "../support/other_program.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const missing = suite("objects that cannot be loaded");

const PLAIN = migrationFile("CREATE TABLE extra (id INTEGER PRIMARY KEY);", "DROP TABLE extra;");

const SCHEMAS = {
  'table "search" cannot be loaded here (no such module: ours)':
    "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql) " +
    "VALUES ('table', 'search', 'search', 0, 'CREATE VIRTUAL TABLE search USING ours (x)');",
  'index "i" cannot be loaded here (no such collation sequence: ours)':
    "UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON a (a COLLATE ours)' WHERE name = 'i';",
  'table "a" cannot be loaded here (no such collation sequence: ours)':
    "UPDATE sqlite_schema SET sql = 'CREATE TABLE a (a COLLATE ours)' WHERE name = 'a';" +
    "DELETE FROM sqlite_schema WHERE name = 'i';",
  'table "w" cannot be loaded here (no such collation sequence: ours)':
    "UPDATE sqlite_schema SET sql = 'CREATE TABLE w (a COLLATE ours PRIMARY KEY) WITHOUT ROWID' " +
    "WHERE name = 'w';",
};

for (const [why, sql] of Object.entries(SCHEMAS)) {
  missing(`the ${why}: what does not need it is applied and rolled back`, async () => {
    await using workspace = new Workspace();
    Deno.mkdirSync(workspace.dataDir);
    sqliteShell(
      workspace.database("p"),
      `CREATE TABLE a (a); CREATE INDEX i ON a (a); INSERT INTO a VALUES ('x');
       CREATE TABLE w (a PRIMARY KEY) WITHOUT ROWID; INSERT INTO w VALUES ('x');
       CREATE VIEW v AS SELECT a FROM a; PRAGMA writable_schema = ON; ${sql}`,
    );
    workspace.write("p", { "001_extra.sql": PLAIN });
    const status = await workspace.status("p");
    assert.equal(
      status.pending_warnings.map(({ code, level }) => `${level} ${code}`),
      ["WARNING unloadable-object"],
    );
    assert.match(status.pending_warnings[0]?.message ?? "", why);
    assert.is((await workspace.apply("p", { dry_run: true })).current_version, 0);
    assert.is((await workspace.apply("p")).current_version, 1);
    assert.is((await workspace.rollback("p", { target_version: 0 })).current_version, 0);
  });
}

missing("a statement that touches one runs without a rehearsal", async () => {
  await using workspace = new Workspace();
  makeWithFunction(workspace.database("p"));
  workspace.write("p", {
    "001_mixed.sql": migrationFile(
      `CREATE TABLE extra (id INTEGER PRIMARY KEY);
       DROP INDEX u_slug;
       CREATE INDEX u_name ON u (name);
       UPDATE u SET name = 'Bob';`,
      "DROP INDEX u_name; DROP TABLE extra;",
    ),
  });
  const reply = await workspace.apply("p");
  const [applied] = reply.applied_migrations;
  assert.equal(
    applied?.changes.map(({ change, name }) => `${change} ${name}`),
    ["added extra", "removed u_slug", "added u_name"],
  );
  assert.equal(
    reply.warnings.filter(({ code }) => code === "unproven-statement").map(({ line }) => line),
    [3],
  );
  assert.is(sqliteShell(workspace.database("p"), "SELECT name FROM u"), "Bob");
  // The backup has the index that needs the program's function, so its pages were copied.
  assert.ok(reply.backup);
  assert.is(sqliteShell(reply.backup, "SELECT name FROM u"), "Ann");
  assert.is(
    sqliteShell(reply.backup, "SELECT count(*) FROM sqlite_schema WHERE name = 'u_slug'"),
    "1",
  );
});

missing("what fails without it on the real database is undone, and named", async () => {
  await using workspace = new Workspace();
  makeWithFunction(workspace.database("p"));
  workspace.write("p", {
    "001_insert.sql": migrationFile(
      "CREATE TABLE extra (id INTEGER); INSERT INTO u (name) VALUES ('Bob');",
    ),
  });
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.match(reply.message, "unknown function: slug()");
  assert.is(reply.current_version, 0);
});

missing("what the migration itself needs is an error", async () => {
  await using workspace = new Workspace();
  makeWithFunction(workspace.database("p"));
  workspace.write("p", {
    "001_own.sql": migrationFile("CREATE VIRTUAL TABLE doc USING ours (a);"),
  });
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "VALIDATION_FAILED");
  assert.match(reply.message, "no such module: ours");
});

missing("a typing error is one, whatever is missing", async () => {
  await using workspace = new Workspace();
  makeWithFunction(workspace.database("p"));
  workspace.write("p", { "001_typo.sql": migrationFile("INSERT INTOO u VALUES (u_slug);") });
  const reply = await workspace.refused("apply", "p");
  assert.equal(reply.errors.map(({ code }) => code), ["syntax-error"]);
});

missing.run();
