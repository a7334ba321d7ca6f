// Script: statements are told apart by SQLite itself, whatever stands in them.

import * as assert from "uvu/assert";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { readSchema } from "../../lib/sqlite/schema_follower.ts";
import { Script } from "../../lib/sqlite/script.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { forAll, type Random } from "../support/random.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const scripts = suite("Script");
const sqlite3 = await loadSqlite(sqliteModule);

interface Ran {
  readonly sql: string;
  readonly offset: number;
}

/** Runs a whole script and returns its statements. */
function runAll(connection: Connection, sql: string): readonly Ran[] {
  using script = new Script(connection, sql);
  const ran: Ran[] = [];
  while (true) {
    const next = script.prepare();
    if (next.kind === "end") return ran;
    if (next.kind === "failed") throw new Error(`${next.failure.message} in ${next.text.sql}`);
    if (next.kind === "statement") {
      using statement = next.statement;
      const failure = statement.run();
      if (failure !== null) throw new Error(`${failure.message} in ${statement.text.sql}`);
      ran.push(statement.text);
    }
    script.advance();
  }
}

const TRIVIA: readonly [string, ...string[]] = [
  "",
  " ",
  "\n",
  "\t",
  "-- a comment; with 'quotes' and \"more\"\n",
  "/* a ; block ' comment */",
  "/* -- */",
  "--;\n",
  "\r\n",
];

/** A statement that is hard to split, and needs no other statement. */
function randomStatement(random: Random, index: number): string {
  const text = random.pick(["'a;b'", "'it''s; fine'", "'-- no; comment'", "'/* ; */'", "'é;🐦'"]);
  const gap = random.pick(TRIVIA);
  return random.pick([
    `INSERT INTO t VALUES (${index},${gap}${text})`,
    `INSERT INTO t SELECT ${index}, CASE WHEN 1${gap} THEN ${text} ELSE 'x;' END`,
    `CREATE TABLE "t;${index}" (a${gap} TEXT DEFAULT ${text}, [b;c], \`d;e\`)`,
    `CREATE TRIGGER "tr;${index}" AFTER INSERT ON t BEGIN
       INSERT INTO log VALUES (CASE WHEN NEW.a > 1 THEN ${text} ELSE 'b;' END);${gap}
       DELETE FROM log WHERE line = ';'; -- END;
       SELECT 1; /* END; */
     END`,
    `CREATE VIEW "v${index}" AS SELECT ${text} AS "a;b"${gap}, CASE a WHEN 1 THEN 2 END FROM t`,
    `UPDATE t SET b = ${text} WHERE${gap} a = ${index}`,
    `WITH c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3) INSERT INTO t SELECT n, ${text} FROM c`,
    `SELECT${gap} ${text}; `.slice(0, -2),
  ]);
}

const SETUP = "CREATE TABLE t (a INTEGER, b TEXT); CREATE TABLE log (line TEXT);";
const DUMP = "SELECT a, b FROM t ORDER BY a, b; SELECT line FROM log ORDER BY line;" +
  " SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name;";

scripts("splits any mix of strings, comments, CASE and triggers as it was written", async () => {
  await forAll(150, (random) => {
    using connection = new Connection(sqlite3, { kind: "memory" });
    connection.exec(SETUP);
    const statements = random.list(1, 8, (index) => randomStatement(random, index));
    const lead = random.pick(TRIVIA);
    const sql = lead + statements.map((each) => `${each};${random.pick(TRIVIA)}`).join(";");
    const ran = runAll(connection, sql);
    assert.equal(
      ran.map((each) => each.sql.replace(/;\s*$/, "")),
      statements,
    );
    const bytes = new TextEncoder().encode(sql);
    for (const each of ran) {
      const found = new TextDecoder().decode(bytes.subarray(each.offset));
      assert.ok(found.startsWith(each.sql), "the offset points at the first token");
    }
  });
});

scripts("does what the native shell does with the same text", async () => {
  await forAll(25, (random) => {
    using connection = new Connection(sqlite3, { kind: "memory" });
    const statements = random.list(1, 8, (index) => randomStatement(random, index))
      .filter((statement) => !statement.startsWith("SELECT"));
    const sql = `${SETUP}\n${
      statements.map((each) => `${each};${random.pick(TRIVIA)}`).join("\n")
    }\n`;
    runAll(connection, sql);
    const dumped = ["t", "log"].flatMap((table) =>
      connection.rows(
        table === "t" ? "SELECT a, b FROM t ORDER BY a, b" : "SELECT line FROM log ORDER BY line",
      )
    ).concat(
      connection.rows("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"),
    ).map((row) => Object.values(row).map((value) => value ?? "").join("|"));
    assert.is(dumped.join("\n").trim(), sqliteShell(":memory:", `${sql}\n${DUMP}`));
  });
});

scripts("finds no statement in trivia and lone semicolons", async () => {
  await forAll(100, (random) => {
    using connection = new Connection(sqlite3, { kind: "memory" });
    const sql = random.list(0, 10, () => random.pick([...TRIVIA, ";"])).join("");
    assert.equal(runAll(connection, sql), []);
  });
});

scripts("says where a statement fails, in bytes from the start", () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  const sql = "SELECT 'é'; SELECT 1;\nSELEKT 2;";
  using script = new Script(connection, sql);
  for (let step = 0; step < 2; step++) {
    const next = script.prepare();
    if (next.kind === "statement") next.statement[Symbol.dispose]();
    script.advance();
  }
  const failed = script.prepare();
  assert.is(failed.kind, "failed");
  if (failed.kind !== "failed") return;
  assert.match(failed.failure.message, "syntax error");
  assert.is(failed.failure.offset, new TextEncoder().encode("SELECT 'é'; SELECT 1;\n").length);
  assert.is(failed.text.sql, "SELEKT 2;");
});

scripts("a name in any quotes stays one name", () => {
  using connection = new Connection(sqlite3, { kind: "memory" });
  runAll(connection, 'CREATE TABLE "a""b;c" (x); CREATE TABLE [d;e] (x); CREATE TABLE `f;g` (x);');
  const { tables } = readSchema(connection, () => false);
  assert.equal(tables.map(({ name }) => name), ['a"b;c', "d;e", "f;g"]);
});

scripts.run();
