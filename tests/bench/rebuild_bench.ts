// `deno task bench:rebuild`: a generated rebuild of a large table beside the same by hand.

import { cpuUsage } from "node:process";
import { isReserved } from "../../lib/plan/reserved_names.ts";
import { buildScript } from "../../lib/rebuild/build_script.ts";
import { scriptText } from "../../lib/rebuild/script_text.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { readSchema } from "../../lib/sqlite/schema_follower.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { noTables, StatementStream } from "../../lib/statement/statement_stream.ts";
import { NEVER } from "../../lib/deadline.ts";

const ROWS = 1_000_000;
const ROUNDS = 3;

const REST = `CREATE INDEX quotes_author ON quotes (author);
CREATE INDEX quotes_year ON quotes (year DESC) WHERE year IS NOT NULL;
CREATE TRIGGER quotes_log AFTER INSERT ON quotes BEGIN INSERT INTO log VALUES (NEW.id); END;`;
const BASE = `CREATE TABLE log (line);
CREATE TABLE quotes (id INTEGER PRIMARY KEY, author TEXT, text TEXT NOT NULL, year INTEGER);`;
const WANTED = BASE.replace("year INTEGER", "year INTEGER CHECK (year < 3000)");
const BY_HAND = `CREATE TABLE quotes_new (
    id INTEGER PRIMARY KEY, author TEXT, text TEXT NOT NULL, year INTEGER CHECK (year < 3000)
);
INSERT INTO quotes_new (id, author, text, year) SELECT id, author, text, year FROM quotes;
DROP TABLE quotes;
ALTER TABLE quotes_new RENAME TO quotes;
${REST}`;

const sqlite3 = await loadSqlite(sqliteModule);
const generated = generate();
const times = { generated: [] as number[], byHand: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  times.byHand.push(measure(BY_HAND));
  times.generated.push(measure(generated));
}
const generatedMs = Math.min(...times.generated);
const byHandMs = Math.min(...times.byHand);
console.log(
  `${ROWS} rows, the best of ${ROUNDS}: by hand ${byHandMs.toFixed(0)} ms, generated ` +
    `${generatedMs.toFixed(0)} ms, ${(generatedMs / byHandMs).toFixed(2)} times`,
);

function generate(): string {
  using before = open(`${BASE}${REST}`);
  using after = open(`${WANTED}${REST}`);
  const built = buildScript(
    sqlite3,
    readSchema(before, isReserved),
    readSchema(after, isReserved),
    { renames: [], requires: null },
    NEVER,
  );
  if (!built.ok) throw new Error(built.message);
  return scriptText(built.value.up);
}

function measure(sql: string): number {
  using connection = open(`${BASE}
WITH numbers (value) AS (
  SELECT 1 UNION ALL SELECT value + 1 FROM numbers WHERE value < ${ROWS}
)
INSERT INTO quotes SELECT value, 'author ' || value % 1000, 'text of quote ' || value, value % 2000
  FROM numbers;
${REST}`);
  const startMs = processorMs();
  connection.begin();
  {
    using stream = new StatementStream(connection, sql, "refuse", "off", noTables());
    for (let next = stream.next(); next.kind !== "end"; next = stream.next()) {
      const failure = next.kind === "failed" ? next.failure : stream.run().failure;
      if (failure !== null) throw new Error(failure.message);
    }
  }
  connection.commit();
  return processorMs() - startMs;
}

// The time that this process computes, whatever else the machine does. Nothing waits for a disk.
function processorMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

function open(sql: string): Connection {
  const connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec("PRAGMA foreign_keys=OFF");
  connection.exec(sql);
  return connection;
}
