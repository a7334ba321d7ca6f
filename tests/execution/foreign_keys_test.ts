// Foreign keys: off during a migration, checked before COMMIT against what was broken before.

import * as assert from "uvu/assert";
import { describeNewTroubles, type KeyTrouble } from "../../lib/execution/foreign_keys.ts";
import type { ForeignKey } from "../../lib/sqlite/schema.ts";
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
  assert.is(reply.error_code, "VALIDATION_FAILED");
  assert.equal(reply.errors.map(({ code }) => code), ["foreign-key-mismatch"]);
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
  assert.match(reply.message, '"c" (p) references "later"');
});

keys(
  "a mismatch from before hides no new violation, and its repair or a new name is no fault",
  async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_tables.sql": TABLES });
    await workspace.apply("p");
    sqliteShell(
      workspace.database("p"),
      "CREATE TABLE odd (n TEXT REFERENCES parent (name)); INSERT INTO odd VALUES ('a'), ('nobody')",
    );
    workspace.write("p", { "002_bad.sql": migrationFile("UPDATE child SET parent_id = 9;") });
    const reply = await workspace.refused("apply", "p");
    assert.match(reply.message, '2 rows of "child" would point at no row of "parent"');
    workspace.write("p", {
      "002_bad.sql": migrationFile("ALTER TABLE parent RENAME TO people;"),
      "003_odd.sql": migrationFile("ALTER TABLE odd RENAME TO stranger;"),
      "004_unique.sql": migrationFile("CREATE UNIQUE INDEX people_name ON people (name);"),
    });
    assert.is((await workspace.apply("p")).current_version, 4);
    workspace.write("p", {
      "005_bad.sql": migrationFile("INSERT INTO stranger VALUES ('no one');"),
    });
    assert.match(
      (await workspace.refused("apply", "p")).message,
      '1 row of "stranger" would point at no row of "people"',
    );
  },
);

keys("old trouble stays tolerated under the new name of a table", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_tables.sql": TABLES });
  await workspace.apply("p");
  sqliteShell(
    workspace.database("p"),
    "INSERT INTO child VALUES (3, 77); CREATE TABLE lost (x REFERENCES nowhere (id));" +
      " INSERT INTO lost VALUES (5)",
  );
  workspace.write("p", {
    "002_child.sql": migrationFile("ALTER TABLE child RENAME TO kid;"),
    "003_parent.sql": migrationFile("ALTER TABLE parent RENAME TO Child;"),
    "004_lost.sql": migrationFile("ALTER TABLE lost RENAME TO found;"),
  });
  assert.is((await workspace.apply("p")).current_version, 4);
  workspace.write("p", { "005_bad.sql": migrationFile("INSERT INTO kid VALUES (4, 78);") });
  assert.match(
    (await workspace.refused("apply", "p")).message,
    '1 row of "kid" would point at no row of "Child"',
  );
});

keys("a repaired violation makes no room for a new one", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_tables.sql": TABLES });
  await workspace.apply("p");
  sqliteShell(
    workspace.database("p"),
    'CREATE TABLE pair (a INT, b INT, "the rowid", PRIMARY KEY (a, b));' +
      ' CREATE TABLE duo ("x y", rowid, FOREIGN KEY ("x y", rowid) REFERENCES pair);' +
      " CREATE TABLE bare (id INTEGER PRIMARY KEY, p REFERENCES parent (id)) WITHOUT ROWID;" +
      " INSERT INTO child VALUES (3, 77), (4, 77); INSERT INTO duo VALUES (1, 2);" +
      " INSERT INTO bare VALUES (1, 55)",
  );
  for (
    const [sql, says] of [
      [
        "UPDATE child SET parent_id = 1 WHERE id IN (3, 4); UPDATE child SET parent_id = 9 WHERE id < 3;",
        '2 rows of "child" would point at no row of "parent"',
      ],
      ['UPDATE duo SET "x y" = 2;', '1 row of "duo" would point at no row of "pair"'],
      ["INSERT INTO bare VALUES (2, 56);", '1 row of "bare" would point at no row of "parent"'],
    ] as const
  ) {
    workspace.write("p", { "002_bad.sql": migrationFile(sql, "SELECT 1;") });
    assert.match((await workspace.refused("apply", "p")).message, says);
  }
  workspace.write("p", {
    "002_bad.sql": migrationFile(
      "CREATE TABLE n (id INTEGER PRIMARY KEY, parent_id TEXT REFERENCES parent (id));" +
        " INSERT INTO n SELECT id + 10, parent_id FROM child; DROP TABLE child;" +
        " ALTER TABLE n RENAME TO child; DELETE FROM child WHERE id = 13;" +
        " UPDATE bare SET p = 56; INSERT INTO parent VALUES (77, 'c');",
      "SELECT 1;",
    ),
  });
  assert.is((await workspace.apply("p")).current_version, 2);
});

keys("describeNewTroubles() compares the values, or the counts where there are none", () => {
  const key = (parent: string, columns = parent): ForeignKey => (
    { columns, parent, parentColumns: "", onDelete: "NO ACTION", onUpdate: "NO ACTION" }
  );
  const counted = (...rows: readonly [string, number][]): readonly KeyTrouble[] =>
    rows.map(([parent, count]) => (
      { kind: "violations", table: "a", key: key(parent), rows: count, missing: null }
    ));
  const missing = (...values: readonly string[]): readonly KeyTrouble[] => [{
    kind: "violations",
    table: "a",
    key: key("b"),
    rows: values.length,
    missing: new Map(
      [...Map.groupBy(values, (value) => value)].map(([value, { length }]) => [value, length]),
    ),
  }];
  const mismatch: readonly KeyTrouble[] = [{ kind: "mismatch", table: "a", message: "m" }];
  const lost = 'of "a" would point at no row of';
  for (
    const [before, after, expected] of [
      [counted(), counted(), null],
      [counted(["b", 3]), counted(["b", 2]), null],
      [
        counted(["b", 1]),
        counted(["b", 3], ["c", 1]),
        `2 rows ${lost} "b"; 1 row ${lost} "c"`,
      ],
      [missing("1", "2"), missing("2", "1"), null],
      [missing("1", "2"), missing("3", "1"), `1 row ${lost} "b" (b: 3)`],
      [missing("1"), missing("1", "1"), `1 row ${lost} "b" (b: 1)`],
      [missing(), missing("1", "2", "3", "4"), `4 rows ${lost} "b" (b: 1, 2, 3, ...)`],
      [missing("1", "1"), counted(["b", 3]), `1 row ${lost} "b"`],
      [mismatch, mismatch, null],
      [mismatch, counted(["b", 1]), null],
      [counted(["b", 1]), mismatch, "m"],
    ] as const
  ) {
    assert.is(describeNewTroubles(before, after), expected);
  }
});

keys("describeNewTroubles() knows a key whose parent or columns have another name", () => {
  const key = (columns: string, parent: string): readonly KeyTrouble[] => [{
    kind: "violations",
    table: "a",
    key: { columns, parent, parentColumns: "", onDelete: "NO ACTION", onUpdate: "NO ACTION" },
    rows: 1,
    missing: null,
  }];
  assert.is(describeNewTroubles(key("p", "b"), key("P", "c")), null);
  assert.is(describeNewTroubles(key("p", "b"), key("q", "B")), null);
  assert.ok(describeNewTroubles(key("p", "b"), key("q", "c")));
});

keys.run();
