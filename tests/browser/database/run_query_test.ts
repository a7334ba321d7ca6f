// runQuery(): statements of a person are stopped in time, and leave nothing half done.

import * as assert from "uvu/assert";
import { deadlineIn } from "../../../lib/deadline.ts";
import { runQuery } from "../../../lib/browser/database/run_query.ts";
import type { DataQuery } from "../../../lib/browser/sandbox.ts";
import { Connection } from "../../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../../lib/sqlite/wasm_module.js";
import { suite } from "../../support/suite.ts";

const sqlite3 = await loadSqlite(sqliteModule);
const ENDLESS = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)";

const queries = suite("runQuery()");

function withTable(): Connection {
  const connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  return connection;
}

function run(
  connection: Connection,
  sql: string,
  access: DataQuery["access"],
  timeoutMs: number,
): ReturnType<typeof runQuery> {
  const deadline = deadlineIn(timeoutMs, { aborted: false });
  return runQuery(connection, { sql, access, limit: 10 }, deadline);
}

queries("a statement without an end is stopped when its time is up", () => {
  using connection = withTable();
  const stopped = { ok: false, code: "query-refused", message: "Stopped: it took too long" };
  assert.equal(run(connection, `${ENDLESS} SELECT count(*) FROM c`, "read", 1), stopped);
  assert.equal(run(connection, `${ENDLESS} INSERT INTO t SELECT n FROM c`, "write", 1), stopped);
  assert.is(connection.value("SELECT count(*) FROM t"), 1);
  assert.is(connection.inTransaction, false);
});

queries("what is asked afterwards is neither stopped nor refused", () => {
  using connection = withTable();
  run(connection, `${ENDLESS} SELECT count(*) FROM c`, "read", 1);
  run(connection, "DROP TABLE t", "read", 1_000);
  connection.exec("CREATE TABLE u (a)");
  assert.ok(run(connection, "INSERT INTO u VALUES (1)", "write", 1_000).ok);
});

queries("an error is shown where it stands, in characters of the text", () => {
  using connection = withTable();
  assert.equal(run(connection, "SELECT 'äöü',\n  'ß', b\nFROM t", "read", 1_000), {
    ok: false,
    code: "query-refused",
    message: "no such column: b (line 2, column 8)",
  });
});

queries("from a place on, the first statement runs, and the next one is named", () => {
  using connection = withTable();
  const sql = "SELECT 'ä'; -- ü\n INSERT INTO t VALUES (2); SELECT nope; ; ";
  const from = (from: number): ReturnType<typeof runQuery> =>
    runQuery(
      connection,
      { sql, from, access: "write", limit: 9 },
      deadlineIn(60_000, { aborted: false }),
    );
  const first = from(0);
  assert.ok(first.ok);
  assert.equal([first.value.rows, first.value.next], [[["ä"]], sql.indexOf("INSERT")]);
  const second = from(sql.indexOf("INSERT"));
  assert.ok(second.ok);
  assert.equal([second.value.changes, second.value.next], [1, sql.indexOf("SELECT nope")]);
  const third = from(sql.indexOf("SELECT nope"));
  assert.is(third.ok ? "ran" : third.message, "no such column: nope (line 2, column 35)");
  const end = from(sql.lastIndexOf(";"));
  assert.is(end.ok ? "ran" : end.message, "There is no statement");
});

queries("what writes without changing rows is a write too", () => {
  using connection = withTable();
  connection.exec("CREATE INDEX ordered ON t (a); ANALYZE; UPDATE sqlite_stat1 SET stat = '7 7'");
  for (const sql of ["ANALYZE", "ANALYZE t", "REINDEX", "REINDEX ordered"]) {
    const outcome = run(connection, sql, "read", 1_000);
    assert.match(
      outcome.ok ? "" : outcome.message,
      /^This would .*, and only reading is allowed$/,
    );
  }
  assert.is(connection.value("SELECT stat FROM sqlite_stat1"), "7 7");
  assert.ok(run(connection, "ANALYZE", "write", 1_000).ok);
  for (const sql of ["PRAGMA quick_check", "EXPLAIN SELECT * FROM t", "PRAGMA table_list"]) {
    assert.ok(run(connection, sql, "read", 1_000).ok, sql);
  }
});

queries("rows that are too large for the page are refused, and a write returns fewer", () => {
  using connection = withTable();
  const large = "WITH c (n) AS (VALUES (1), (2), (3)) SELECT zeroblob(30000000) FROM c";
  assert.equal(run(connection, large, "read", 10_000), {
    ok: false,
    code: "query-refused",
    message: "The rows have more than 64 MB; ask for fewer of them, or for length() of a column",
  });
  const written = run(connection, `INSERT INTO t ${large} RETURNING a`, "write", 10_000);
  assert.ok(written.ok);
  assert.equal([written.value.rows.length, written.value.hasMore], [2, true]);
  assert.is(connection.value("SELECT count(*) FROM t"), 4);
});

queries("a write that a constraint refuses changes nothing", () => {
  using connection = withTable();
  connection.exec("CREATE UNIQUE INDEX once ON t (a)");
  const outcome = run(connection, "INSERT INTO t VALUES (2), (1)", "write", 1_000);
  assert.equal(outcome, {
    ok: false,
    code: "query-refused",
    message: "UNIQUE constraint failed: t.a",
  });
  assert.is(connection.value("SELECT count(*) FROM t"), 1);
});

const WRITES: readonly (readonly [string, number, number, readonly string[], boolean])[] = [
  ["SELECT a FROM t", 0, 0, [], false],
  ["INSERT INTO t VALUES (2), (3)", 2, 0, ["insert"], false],
  ["DELETE FROM t", 1, 0, ["delete"], true],
  ["UPDATE t SET a = 5 WHERE a = 9", 0, 0, ["update"], true],
  ["INSERT OR REPLACE INTO k VALUES (1, 'b')", 1, 2, ["insert"], true],
  ["INSERT OR IGNORE INTO k VALUES (1, 'b')", 0, 0, ["insert"], false],
  [
    "INSERT INTO k VALUES (1, 'b') ON CONFLICT DO UPDATE SET b = 'c'",
    1,
    0,
    ["insert", "update"],
    true,
  ],
  ["INSERT INTO silent VALUES (1)", 1, 0, ["insert"], true],
  ["INSERT INTO logged VALUES (1)", 1, 1, ["insert"], true],
  ["DELETE FROM k", 1, 2, ["delete"], true],
  ["INSERT INTO words VALUES ('delete-all')", 1, 0, ["insert"], true],
];

for (const [sql, changes, further, actions, overwrites] of WRITES) {
  queries(`"${sql}" is tried: ${changes} and ${further} rows, and nothing stays`, () => {
    using connection = withTable();
    connection.exec(`
      CREATE TABLE k (id INTEGER PRIMARY KEY, b); INSERT INTO k VALUES (1, 'a');
      CREATE TABLE child (k REFERENCES k (id) ON DELETE CASCADE); INSERT INTO child VALUES (1), (1);
      CREATE TABLE silent (a UNIQUE ON CONFLICT REPLACE); INSERT INTO silent VALUES (1);
      CREATE TABLE logged (a);
      CREATE TRIGGER log AFTER INSERT ON logged BEGIN UPDATE t SET a = new.a; END;
      CREATE VIRTUAL TABLE words USING fts5(word);`);
    const tried = run(connection, sql, "try", 1_000);
    assert.ok(tried.ok);
    assert.is(tried.value.changes, changes);
    const { write } = tried.value;
    assert.equal(write === null ? [] : write.actions, actions);
    assert.is(write?.overwrites ?? false, overwrites);
    if (!sql.includes("words")) assert.is(write?.furtherChanges ?? 0, further);
    assert.is(connection.inTransaction, false);
    assert.is(connection.value("SELECT group_concat(a) FROM t"), "1");
    assert.is(connection.value("SELECT count(*) FROM k, child"), 2);
  });
}

queries("a try that is stopped, or refused, leaves nothing and no transaction", () => {
  using connection = withTable();
  const stopped = run(connection, `${ENDLESS} INSERT INTO t SELECT n FROM c`, "try", 1);
  assert.is(stopped.ok ? "" : stopped.message, "Stopped: it took too long");
  assert.is(run(connection, "DROP TABLE t", "try", 1_000).ok, false);
  assert.is(connection.inTransaction, false);
  assert.is(connection.value("SELECT count(*) FROM t"), 1);
});

queries.run();
