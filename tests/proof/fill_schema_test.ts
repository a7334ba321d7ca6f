// fillSchema(): rows for every table, of which SQLite is the judge.

import * as assert from "uvu/assert";
import { fillSchema } from "../../lib/proof/fill_schema.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { readSchema } from "../../lib/sqlite/schema_follower.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suite } from "../support/suite.ts";

const filling = suite("made-up rows");
const sqlite3 = await loadSqlite(sqliteModule);

/** Fills a schema; returns the rows of each table, and the tables without any. */
function filled(sql: string): {
  readonly rows: Readonly<Record<string, number>>;
  readonly unfilled: readonly string[];
} {
  using connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec(sql);
  const schema = readSchema(connection, () => false);
  const unfilled = fillSchema(connection, schema, ["plain", "edge", "edge", "null"]);
  assert.equal(connection.rows("PRAGMA foreign_key_check"), []);
  assert.equal(connection.value("PRAGMA integrity_check"), "ok");
  const counts = schema.tables.map(({ name }) =>
    [name, connection.integer(`SELECT count(*) FROM "${name}"`)] as const
  );
  return {
    rows: Object.fromEntries(counts),
    unfilled: unfilled.map(({ table, message }) => `${table}: ${message}`),
  };
}

const TAKES_ROWS: Readonly<Record<string, string>> = {
  "types, strict ones too":
    "CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB, e ANY, f INT NOT NULL) STRICT;",
  "columns without a type": "CREATE TABLE t (a, b NUMERIC, c DECIMAL(8, 2), d BOOLEAN);",
  "a list of values": "CREATE TABLE t (a TEXT NOT NULL CHECK (a IN ('open', 'it''s done')));",
  "ranges and lengths":
    "CREATE TABLE t (a INTEGER CHECK (a BETWEEN 40 AND 44), b TEXT CHECK (length(b) = 64));",
  "a constraint of two columns":
    "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, CHECK (a + 1 = b));",
  "constraints that build on each other": `CREATE TABLE t (kind TEXT NOT NULL, size INTEGER,
    CHECK (kind IN ('small', 'large')), CHECK (size IS NOT NULL OR kind = 'small'),
    CHECK (kind <> 'small' OR size IS NULL));`,
  "dates": "CREATE TABLE t (day TEXT NOT NULL CHECK (day IS date(day)), seen_at TEXT " +
    "CHECK (strftime('%Y', seen_at) IS NOT NULL));",
  "JSON": "CREATE TABLE t (a TEXT NOT NULL CHECK (json_valid(a)));",
  "one row at most": "CREATE TABLE t (id INTEGER PRIMARY KEY CHECK (id = 1), a TEXT);",
  "unique flags": "CREATE TABLE t (a BOOLEAN NOT NULL UNIQUE CHECK (a IN (0, 1)));",
  "generated columns":
    "CREATE TABLE t (a TEXT, b TEXT AS (upper(a)) STORED NOT NULL, c AS (length(b)));",
  "tables WITHOUT ROWID": "CREATE TABLE t (a TEXT, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID;",
  "names that need quotes": 'CREATE TABLE t ("a b" TEXT NOT NULL, "select" TEXT);',
  "FTS5": "CREATE VIRTUAL TABLE t USING fts5 (a, b);",
  "R-Trees": "CREATE VIRTUAL TABLE t USING rtree (id, a, b);",
  "foreign keys": `CREATE TABLE p (x TEXT, y INTEGER, PRIMARY KEY (x, y));
    CREATE TABLE t (x TEXT NOT NULL, y INTEGER NOT NULL, FOREIGN KEY (x, y) REFERENCES p);`,
  "a key of one row for each parent":
    `CREATE TABLE zz (id INTEGER PRIMARY KEY, code TEXT UNIQUE NOT NULL);
    CREATE TABLE t (code TEXT NOT NULL UNIQUE REFERENCES zz (code));`,
  "a table that refers to itself":
    "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER NOT NULL REFERENCES t (id));",
  "tables that refer to each other":
    `CREATE TABLE t (id INTEGER PRIMARY KEY, u INTEGER NOT NULL REFERENCES u (id));
    CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER NOT NULL REFERENCES t (id));`,
  "triggers that refuse some": `CREATE TABLE t (a INTEGER NOT NULL);
    CREATE TRIGGER big BEFORE INSERT ON t WHEN NEW.a < 100 BEGIN SELECT RAISE(ABORT, 'small'); END;`,
};

for (const [what, sql] of Object.entries(TAKES_ROWS)) {
  filling(`fills tables with ${what}`, () => {
    const { rows, unfilled } = filled(sql);
    assert.equal(unfilled, []);
    for (const [table, count] of Object.entries(rows)) assert.ok(count > 0, table);
  });
}

filling("gives a table NULL and other values where it takes them", () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)");
  fillSchema(connection, readSchema(connection, () => false), ["plain", "edge", "null"]);
  assert.is(connection.integer("SELECT count(*) FROM t WHERE a IS NULL"), 1);
  assert.is(connection.integer("SELECT count(*) FROM t WHERE a <> trim(a)"), 1);
  assert.is(connection.integer("SELECT count(DISTINCT a) FROM t"), 2);
});

filling("names the tables that take no row, and what SQLite says", () => {
  const { unfilled } = filled(`CREATE TABLE t (a CHECK (0));
    CREATE TABLE parent (id INTEGER PRIMARY KEY CHECK (id < 0 AND id > 0));
    CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent (id));
    CREATE TABLE closed (a);
    CREATE TRIGGER c BEFORE INSERT ON closed BEGIN SELECT RAISE(ABORT, 'closed'); END;`);
  assert.equal([...unfilled].sort(), [
    "child: FOREIGN KEY constraint failed",
    "closed: closed",
    "parent: CHECK constraint failed: id < 0 AND id > 0",
    "t: CHECK constraint failed: 0",
  ]);
});

filling.run();
