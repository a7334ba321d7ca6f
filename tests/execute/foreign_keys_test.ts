// Foreign keys: off during a migration, checked before COMMIT against what was broken before.

import * as assert from "uvu/assert";
import { describeNewViolations, type ForeignKeyCheck } from "../../lib/execute/foreign_keys.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const keys = suite("foreign keys");

const TABLES = migrationFile(
  "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);\n" +
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id));\n" +
    "INSERT INTO parent VALUES (1, 'a'), (2, 'b'); INSERT INTO child VALUES (1, 1), (2, 2);",
  "DROP TABLE child; DROP TABLE parent;",
);

keys("a migration that breaks one is refused and undone", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_tables.sql": TABLES });
  await workspace.apply("p");
  for (
    const [sql, says] of [
      ["DELETE FROM parent WHERE id = 2;", '1 row of "child" would point at no row of "parent"'],
      ["UPDATE child SET parent_id = 9;", '2 rows of "child" would point at no row of "parent"'],
    ] as const
  ) {
    workspace.write("p", { "002_bad.sql": migrationFile(sql, "SELECT 1;") });
    for (const dry_run of [true, false]) {
      const reply = await workspace.refused("apply", "p", { dry_run });
      assert.is(reply.error_code, "MIGRATION_FAILED");
      assert.equal(reply.errors.map(({ code }) => code), ["foreign-key-violation"]);
      assert.match(reply.message, says);
    }
    assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM parent"), "2");
  }
});

keys("what was broken before is tolerated, and more of it is not", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_tables.sql": TABLES });
  await workspace.apply("p");
  sqliteShell(workspace.database("p"), "INSERT INTO child VALUES (3, 77)");
  workspace.write("p", {
    "002_rebuild.sql": migrationFile(
      "CREATE TABLE n (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id));" +
        " INSERT INTO n SELECT id + 10, parent_id FROM child; DROP TABLE child;" +
        " ALTER TABLE n RENAME TO child;",
      "SELECT 1;",
    ),
  });
  assert.is((await workspace.apply("p")).current_version, 2);
  workspace.write("p", { "003_bad.sql": migrationFile("INSERT INTO child VALUES (4, 78);") });
  const reply = await workspace.refused("apply", "p");
  assert.match(reply.message, '1 row of "child" would point at no row of "parent"');
});

keys("a key that stands on no unique column is refused", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_tables.sql": TABLES });
  await workspace.apply("p");
  workspace.write("p", {
    "002_bad.sql": migrationFile(
      "CREATE TABLE c (n TEXT REFERENCES parent (name)); INSERT INTO c VALUES ('a');",
    ),
  });
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.match(reply.message, "foreign key mismatch");
});

keys("a key without its table: a warning for a new table, an error for an old one", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_early.sql": migrationFile(
      "CREATE TABLE c (p INTEGER REFERENCES later (id));",
      "DROP TABLE c;",
    ),
  });
  const early = await workspace.apply("p");
  assert.equal(early.warnings.map(({ code, level }) => [code, level]), [
    ["dangling-foreign-key", "WARNING"],
  ]);
  workspace.write("p", {
    "002_later.sql": migrationFile(
      "CREATE TABLE later (id INTEGER PRIMARY KEY);",
      "DROP TABLE later;",
    ),
  });
  assert.equal((await workspace.apply("p")).warnings, []);
  workspace.write("p", { "003_drop.sql": migrationFile("DROP TABLE later;", "SELECT 1;") });
  const reply = await workspace.refused("apply", "p");
  assert.is(reply.error_code, "VALIDATION_FAILED");
  assert.equal(reply.errors.map(({ code }) => code), ["dangling-foreign-key"]);
  assert.match(reply.message, '"c" (p) points at "later"');
});

keys("describeNewViolations() counts for each pair of tables", () => {
  const check = (...rows: readonly [string, string, number][]): ForeignKeyCheck => ({
    kind: "checked",
    violations: rows.map(([table, parent, count]) => ({ table, parent, rows: count })),
  });
  const mismatch = (message: string): ForeignKeyCheck => ({ kind: "mismatch", message });
  assert.is(describeNewViolations(check(), check()), null);
  assert.is(describeNewViolations(check(["a", "b", 3]), check(["a", "b", 2])), null);
  assert.is(
    describeNewViolations(check(["a", "b", 1]), check(["a", "b", 3], ["a", "c", 1])),
    '2 rows of "a" would point at no row of "b"; 1 row of "a" would point at no row of "c"',
  );
  assert.is(describeNewViolations(mismatch("m"), mismatch("m")), null);
  assert.is(describeNewViolations(mismatch("m"), mismatch("n")), "n");
  assert.is(describeNewViolations(check(), mismatch("n")), "n");
});

keys.run();
