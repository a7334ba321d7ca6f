// Losses of statements that could not be rehearsed, because the database has a table that this
// SQLite cannot load.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { makeRedefined } from "../support/other_program.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const unrehearsed = suite("losses of unrehearsed statements");

const TABLES = `CREATE TABLE k (id INTEGER PRIMARY KEY, v TEXT, w TEXT);
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
CREATE TABLE c (id INTEGER PRIMARY KEY, t REFERENCES t ON DELETE CASCADE);
INSERT INTO k VALUES (1, 'x', 'y'), (2, 'z', NULL);
INSERT INTO t VALUES (1, 'p'), (2, 'q'), (3, 'r');
INSERT INTO c VALUES (1, 1), (2, 3);
CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM k; END;`;

const COLLATED = "CREATE TABLE k (id INTEGER PRIMARY KEY, v TEXT COLLATE de, w TEXT)";

function make(workspace: Workspace, definition: string, sql = TABLES): void {
  makeRedefined(workspace.database("p"), sql, "k", definition);
}

/** Runs `sql` dry and then for good; the warnings of losses. */
async function lossesOf(workspace: Workspace, sql: string): Promise<readonly string[]> {
  const at = sql.startsWith("-- ") ? sql.indexOf("\n") + 1 : 0;
  workspace.write("p", { "001_x.sql": sql.slice(0, at) + migrationFile(sql.slice(at)) });
  const replies = [await workspace.apply("p", { dry_run: true }), await workspace.apply("p")];
  const [dry, real] = replies.map(({ warnings }) =>
    warnings.filter(({ category }) => category === "destructive").map(({ message }) => message)
  );
  assert.equal(dry, real, "a dry run measures the same");
  const { backup } = replies[1] ?? {};
  const rows = "SELECT count(*) FROM t UNION ALL SELECT count(*) FROM k NOT INDEXED";
  assert.is(sqliteShell(backup ?? "", rows), "3\n2");
  return real ?? [];
}

const CASES: Readonly<Record<string, readonly string[]>> = {
  "DELETE FROM t WHERE id IN (SELECT id FROM k WHERE w IS NULL);": [
    'Deletes 1 row of "t"',
  ],
  "-- foreign-keys: on\nDELETE FROM t WHERE id IN (SELECT id FROM k);": [
    'Deletes 2 rows of "t"',
    'Deletes 1 row of "c"',
  ],
  "CREATE TABLE n AS SELECT 2 FROM k; DELETE FROM t WHERE id IN (SELECT * FROM n);": [
    'Deletes 1 row of "t"',
  ],
  "INSERT INTO t (a) VALUES ('s');": [
    'Deletes 2 rows of "k"',
  ],
  "UPDATE t SET a = (SELECT w FROM k WHERE k.id = t.id);": [
    'Loses 2 values of "a" of "t", which is kept',
    'Overwrites 1 value of "a" of "t"',
  ],
  "DROP TRIGGER tr; DROP TABLE k;": ['Drops the table "k" with 2 rows'],
  "UPDATE k SET w = 'new';": ['Overwrites 1 value of "w" of "k"'],
  "ALTER TABLE k DROP COLUMN w;": ['Drops the column "w" of "k" with 1 value'],
  "ALTER TABLE k RENAME TO l; DELETE FROM l WHERE id = 1;": ['Deletes 1 row of "k"'],
  "ALTER TABLE t ADD COLUMN b; UPDATE t SET b = (SELECT v FROM k WHERE k.id = t.id);": [],
};

for (const [sql, expected] of Object.entries(CASES)) {
  unrehearsed(`are measured where a collation is missing: ${sql}`, async () => {
    await using workspace = new Workspace();
    make(workspace, COLLATED);
    assert.equal(await lossesOf(workspace, sql), expected);
  });
}

unrehearsed("are measured where a function is missing", async () => {
  await using workspace = new Workspace();
  make(workspace, "CREATE TABLE k (id INTEGER PRIMARY KEY, v TEXT CHECK (slug(v) > 0), w TEXT)");
  const sql = "UPDATE t SET a = (SELECT w FROM k) WHERE id = 1; DELETE FROM k;";
  assert.equal(await lossesOf(workspace, sql), [
    'Deletes 2 rows of "k"',
    'Overwrites 1 value of "a" of "t"',
  ]);
});

unrehearsed("include those of the actions of a key that only a missing table has", async () => {
  await using workspace = new Workspace();
  make(
    workspace,
    "CREATE TABLE k (id INTEGER PRIMARY KEY REFERENCES t ON DELETE CASCADE, v TEXT COLLATE de, w TEXT)",
    TABLES.replace("DELETE FROM k; END", "SELECT 1; END"),
  );
  assert.equal(
    await lossesOf(workspace, "-- foreign-keys: on\nDELETE FROM t WHERE id = 2;"),
    ['Deletes 1 row of "t"', 'Deletes 1 row of "k"'],
  );
});

unrehearsed("are found by row numbers where the collation of a key is missing", async () => {
  await using workspace = new Workspace();
  make(
    workspace,
    "CREATE TABLE k (v TEXT COLLATE de PRIMARY KEY, w TEXT)",
    TABLES.replace("(id INTEGER PRIMARY KEY, v TEXT, w TEXT)", "(v TEXT PRIMARY KEY, w TEXT)")
      .replace("(1, 'x', 'y'), (2, 'z', NULL)", "('x', 'y'), ('z', NULL)"),
  );
  assert.equal(await lossesOf(workspace, "UPDATE k SET w = 'new';"), [
    'Overwrites 1 value of "w" of "k"',
  ]);
});

unrehearsed("of rows that cannot be read are said to be unknown", async () => {
  await using workspace = new Workspace();
  make(
    workspace,
    "CREATE TABLE k (v TEXT COLLATE de PRIMARY KEY, w TEXT) WITHOUT ROWID",
    TABLES.replace(
      "(id INTEGER PRIMARY KEY, v TEXT, w TEXT)",
      "(v TEXT PRIMARY KEY, w TEXT) WITHOUT ROWID",
    ).replace("(1, 'x', 'y'), (2, 'z', NULL)", "('x', 'y'), ('z', NULL)"),
  );
  workspace.write("p", { "001_x.sql": migrationFile("DROP TRIGGER tr; DROP TABLE k;") });
  const { warnings, backup } = await workspace.apply("p");
  assert.ok(backup);
  assert.equal(
    warnings.filter(({ category }) => category === "destructive").map(({ message }) => message),
    [
      'Drops the table "k"',
      'What "k" loses could not be measured, because SQLite here cannot read its rows; ' +
      "compare it with the backup",
    ],
  );
});

unrehearsed("a generated column has no values to count", async () => {
  await using workspace = new Workspace();
  make(
    workspace,
    "CREATE TABLE k (id INTEGER PRIMARY KEY, v TEXT, w TEXT, g AS (slug(v)))",
  );
  assert.equal(await lossesOf(workspace, "ALTER TABLE k DROP COLUMN g;"), [
    'Drops the column "g" of "k"',
  ]);
});

unrehearsed("a plan in one transaction is backed up before its first step", async () => {
  await using workspace = new Workspace();
  make(workspace, COLLATED);
  workspace.write("p", {
    "001_plain.sql": migrationFile("INSERT INTO c (t) VALUES (2);"),
    "002_reads.sql": migrationFile("UPDATE t SET a = 'x' WHERE a = (SELECT v FROM k);"),
  });
  const { backup } = await workspace.apply("p", { transaction: "plan" });
  assert.is(sqliteShell(backup ?? "", "SELECT count(*) FROM c"), "2");
});

unrehearsed.run();
