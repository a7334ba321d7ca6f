// INSERT ... SELECT * between tables whose columns are in different orders.

import * as assert from "uvu/assert";
import { readStarInsert } from "../../lib/rehearsal/misplaced_columns.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const columns = suite("misplaced columns");

columns("readStarInsert() reads the column list and the SELECT of stars alone", () => {
  for (
    const [sql, expected] of [
      ["INSERT INTO n SELECT * FROM t;", [null, "SELECT * FROM t;"]],
      ["insert or ignore into main.n select distinct t.* from t", [
        null,
        "select distinct t.* from t",
      ]],
      ['REPLACE INTO "n" AS x ("a b", [c], d) SELECT *, u.* FROM t, u', [
        ["a b", "c", "d"],
        "SELECT *, u.* FROM t, u",
      ]],
      ['INSERT INTO n ("a""b") /* ( */ SELECT * FROM t', [['a"b'], "SELECT * FROM t"]],
      ["INSERT INTO n SELECT a, b FROM t", null],
      ["INSERT INTO n SELECT *, 1 FROM t", null],
      ["INSERT INTO n SELECT a * b FROM t", null],
      ["INSERT INTO n SELECT t.a FROM t", null],
      ["INSERT INTO n VALUES ('SELECT * FROM t')", null],
      ["INSERT INTO n DEFAULT VALUES", null],
      ["UPDATE n SET a = 1", null],
      ["INSERT INTO n (", null],
    ] as const
  ) {
    const read = readStarInsert(sql);
    assert.equal(read === null ? null : [read.columns, read.select], expected, sql);
  }
});

/** The messages about statements on `old (id, a, b, c AS (a))`. */
async function messagesFor(sql: string): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_base.sql": migrationFile(
      `CREATE TABLE old (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
CREATE TABLE computed (x AS (b || 'x'), a TEXT, b TEXT);
INSERT INTO old VALUES (1, 'a', 'b');`,
    ),
    "002_copy.sql": migrationFile(sql),
  });
  const { warnings } = await workspace.apply("p", { dry_run: true });
  return warnings.filter(({ code }) => code === "misplaced-columns")
    .map(({ line, message }) => `${line}: ${message}`);
}

columns("columns of the same names at other positions are a warning with the list", async () => {
  const [message, ...others] = await messagesFor(
    "CREATE TABLE n (id INTEGER PRIMARY KEY, b TEXT, a TEXT);\nINSERT INTO n SELECT * FROM old;",
  );
  assert.equal(others, []);
  assert.is(
    message,
    '3: "b" of "n" gets the values of "a", because the columns of SELECT * are in another order; ' +
      'write INSERT INTO "n" ("id", "b", "a") SELECT "id", "b", "a"',
  );
});

columns(
  "lists, joins, subqueries and views are seen through",
  async () => {
    const n = "CREATE TABLE n (id INTEGER PRIMARY KEY, b TEXT, a TEXT);";
    for (
      const sql of [
        `${n} INSERT INTO n (id, b, a) SELECT * FROM old;`,
        `${n} REPLACE INTO n SELECT * FROM (SELECT id, A, B FROM old) WHERE id > 0;`,
        `${n} INSERT OR IGNORE INTO n SELECT o.* FROM old AS o JOIN old USING (id);`,
        `${n} CREATE VIEW v AS SELECT * FROM old; INSERT INTO n SELECT * FROM v;`,
        "CREATE TABLE s (a, b, x); INSERT INTO s SELECT * FROM computed;",
      ]
    ) {
      assert.is((await messagesFor(sql)).length, 1, sql);
    }
  },
);

columns("columns in order, renamed ones, and any other SELECT are quiet", async () => {
  for (
    const sql of [
      "CREATE TABLE n (id INTEGER PRIMARY KEY, a, B); INSERT INTO n SELECT * FROM old;",
      "CREATE TABLE n (id INTEGER PRIMARY KEY, title, b); INSERT INTO n SELECT * FROM old;",
      "CREATE TABLE n (x, y, z); INSERT INTO n SELECT * FROM old;",
      "CREATE TABLE n (b, a, id); INSERT INTO n (id, a, b) SELECT * FROM old;",
      "CREATE TABLE n (id, b, a); INSERT INTO n SELECT id, a, b FROM old;",
      "CREATE TABLE n (a, g AS (b), b); INSERT INTO n SELECT * FROM (SELECT a, b FROM old);",
      "CREATE TEMP TABLE old (b, a, id); INSERT INTO temp.old SELECT * FROM main.old;",
    ]
  ) {
    assert.equal(await messagesFor(sql), [], sql);
  }
});

columns.run();
