// Old schemas with texts in double quotes, which SQLite reads from a file but not from a statement.

import { DatabaseSync } from "node:sqlite";
import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const quotes = suite("double-quoted text");

const TABLES = `CREATE TABLE t (a TEXT, b TEXT, c TEXT); INSERT INTO t VALUES ('x', 'y', 'z');
CREATE TABLE u (id INTEGER PRIMARY KEY, k TEXT); INSERT INTO u VALUES (1, 'k');`;

const OLD = {
  view: 'CREATE VIEW v AS SELECT "text" AS word, k FROM u;',
  trigger: `CREATE TRIGGER r AFTER INSERT ON u WHEN NEW.k = "hello" BEGIN DELETE FROM u; END;`,
  check: 'CREATE TABLE w (a TEXT CHECK (a <> "no"));',
  index: 'CREATE INDEX i ON u (k) WHERE k <> "no";',
  generated: 'CREATE TABLE g (a TEXT, d AS (a || "s"));',
};

/** Each form of ALTER TABLE that compiles the whole schema. */
const FILES: Readonly<Record<string, string>> = {
  "002_column.sql": migrationFile("ALTER TABLE t RENAME COLUMN a TO aa;"),
  "002_table.sql": migrationFile("ALTER TABLE t RENAME TO tt;"),
  "002_drop.sql": migrationFile(
    "ALTER TABLE t DROP COLUMN b;",
    "",
    "-- requires: sqlite >= 3.35.0",
  ),
  "002_rebuild.sql": migrationFile(
    "CREATE TABLE n (a TEXT, b TEXT, c TEXT NOT NULL); INSERT INTO n SELECT a, b, c FROM t;" +
      " DROP TABLE t; ALTER TABLE n RENAME TO t;",
  ),
};

/** A database that a program made with a SQLite that takes such texts. */
async function withOld(old: string): Promise<Workspace> {
  const workspace = new Workspace();
  Deno.mkdirSync(workspace.dataDir);
  const database = new DatabaseSync(workspace.database("p"), {
    enableDoubleQuotedStringLiterals: true,
  });
  database.exec(`${TABLES} ${old}`);
  database.close();
  workspace.write("p", { "001_none.sql": migrationFile("SELECT 1;", "SELECT 1;") });
  await workspace.apply("p");
  return workspace;
}

quotes("no such text blocks an ALTER TABLE of another table", async () => {
  const all = Object.values(OLD).join(" ");
  const cases = [
    ...Object.values(OLD).map((old) => [old, "002_column.sql"] as const),
    ...Object.keys(FILES).map((file) => [all, file] as const),
  ];
  for (const [old, file] of cases) {
    await using workspace = await withOld(`${old} CREATE VIEW of_t AS SELECT c FROM t;`);
    workspace.write("p", { [file]: FILES[file] ?? "" });
    const { warnings } = await workspace.apply("p");
    const codes = warnings.map(({ code }) => code).filter((code) => code !== "no-down");
    assert.equal(codes, file === "002_drop.sql" ? ["drop-column"] : [], `${file}: ${old}`);
    const database = workspace.database("p");
    assert.is(sqliteShell(database, "SELECT c FROM of_t"), "z", `${file}: ${old}`);
    assert.ok(isIntact(database));
  }
});

quotes("the texts of an old view and of an old CHECK mean the same afterwards", async () => {
  await using workspace = await withOld(`${OLD.view} ${OLD.check}`);
  workspace.write("p", { "002_x.sql": migrationFile("ALTER TABLE t RENAME COLUMN a TO aa;") });
  await workspace.apply("p");
  const database = workspace.database("p");
  assert.is(sqliteShell(database, "SELECT word FROM v"), "text");
  assert.match(
    sqliteShell(database, "SELECT sql FROM sqlite_schema WHERE name = 'w'"),
    "a <> 'no'",
  );
});

quotes("what breaks an old view or trigger is found behind its text", async () => {
  for (
    const [sql, code, says] of [
      ["DROP TABLE u;", "broken-view", "no such table: main.u"],
      [
        "CREATE TABLE n (id INTEGER PRIMARY KEY); DROP TABLE u; ALTER TABLE n RENAME TO u;",
        "broken-view",
        "no such column: k",
      ],
      ["DROP TABLE t;", "broken-trigger", "no such table: main.t"],
    ] as const
  ) {
    await using workspace = await withOld(
      `${OLD.view} CREATE TRIGGER to_t AFTER INSERT ON u BEGIN INSERT INTO t VALUES ("x", 1, 2); END;`,
    );
    workspace.write("p", { "002_x.sql": migrationFile(sql) });
    const { errors } = await workspace.refused("apply", "p");
    const found = errors.find((each) => each.code === code);
    assert.match(found?.message ?? JSON.stringify(errors), says);
  }
});

quotes("an old view whose missing table comes back is no worse than before", async () => {
  await using workspace = await withOld("");
  const database = new DatabaseSync(workspace.database("p"), {
    enableDoubleQuotedStringLiterals: true,
  });
  database.exec('CREATE VIEW v AS SELECT "text" AS word, x FROM later');
  database.close();
  workspace.write("p", { "002_x.sql": migrationFile("CREATE TABLE later (x);") });
  assert.is((await workspace.apply("p")).current_version, 2);
});

quotes("a dropped or missing column in double quotes is no text", async () => {
  for (
    const [old, sql, says] of [
      [
        `${OLD.view} CREATE VIEW of_t AS SELECT "b" AS b FROM t;`,
        "ALTER TABLE t DROP COLUMN b;",
        'The view "of_t" no longer works: no such column: "b"',
      ],
      [
        `${OLD.view} CREATE INDEX of_t ON t (a) WHERE "b" > 'a';`,
        "ALTER TABLE t DROP COLUMN b;",
        'error in index of_t after drop column: no such column: "b"',
      ],
      [OLD.view, `CREATE VIEW later AS SELECT "colum" AS c FROM t;`, 'no such column: "colum"'],
      [OLD.view, `INSERT INTO t (a) SELECT "colum" FROM u;`, 'no such column: "colum"'],
    ] as const
  ) {
    await using workspace = await withOld(old);
    workspace.write("p", {
      "002_x.sql": migrationFile(sql, "SELECT 1;", "-- requires: sqlite >= 3.35.0"),
    });
    assert.match((await workspace.refused("apply", "p")).message, says);
  }
});

quotes.run();
