// What other tools lost when they rebuilt a table is there after godwit's script, and after the way
// back.

import * as assert from "uvu/assert";
import { createHistoryTables } from "../../lib/history/history_table.ts";
import { isReserved } from "../../lib/plan/reserved_names.ts";
import { buildScript } from "../../lib/rebuild/build_script.ts";
import { readRename } from "../../lib/rebuild/renames.ts";
import { scriptText } from "../../lib/rebuild/script_text.ts";
import { TextComparison } from "../../lib/rebuild/text_comparison.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { readSchema } from "../../lib/sqlite/schema_follower.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suite } from "../support/suite.ts";
import { NEVER } from "../../lib/deadline.ts";
import { findingsOf, runAndCommit, stepsOf } from "./applied_script.ts";
import { FIELD_CASES, type FieldCase } from "./field_cases.ts";

const cases = suite("field cases");
const sqlite3 = await loadSqlite(sqliteModule);

for (const each of FIELD_CASES) {
  cases(`${each.issue}: not that ${each.wrong}`, () => check(each));
}

cases.run();

async function check(field: FieldCase): Promise<void> {
  const { before, after, rows, keeps, refuses, generates, requires = null } = field;
  using live = open(before);
  using wanted = open(after);
  live.exec(rows);
  const from = readSchema(live, isReserved);
  const to = readSchema(wanted, isReserved);
  const renames = (field.renames ?? []).map(readRename).filter((rename) => rename !== null);
  const built = buildScript(sqlite3, from, to, { renames, requires }, NEVER);
  assert.ok(built.ok, JSON.stringify(built));
  const { up, down } = built.value;
  assert.equal(
    up.parts.flatMap(({ statements }) => statements.map((sql) => sql.split("\n")[0])),
    generates,
  );
  if (up.parts.length === 0) return;

  const texts = new TextComparison(from, to);
  const steps = stepsOf(scriptText(up), scriptText(down), requires);
  const { findings } = await findingsOf(sqlite3, live, steps);
  const unexpected = findings.filter(({ code, level }) =>
    level !== "INFO" && !["drop-column", "drop-table"].includes(code)
  );
  assert.equal(unexpected.map(({ message }) => message), []);
  const kept = live.rows(keeps);
  const applied = await runAndCommit(sqlite3, live, steps[0]);
  assert.is(applied.message, null);
  assert.equal(texts.missingIn(to, readSchema(live, isReserved)), []);
  assert.equal(live.rows(keeps).map(Object.values), kept.map(Object.values));
  assert.equal(live.rows("PRAGMA foreign_key_check"), []);
  if (refuses !== undefined) assert.throws(() => live.exec(refuses));
  const undone = await runAndCommit(sqlite3, live, steps[1]);
  assert.is(undone.message, null);
  assert.equal(texts.missingIn(from, readSchema(live, isReserved)), []);
  assert.equal(live.rows(keeps).map(Object.values), kept.map(Object.values));
}

function open(sql: string): Connection {
  const connection = new Connection(sqlite3, { kind: "memory" });
  createHistoryTables(connection);
  connection.exec("PRAGMA foreign_keys=OFF");
  connection.exec(sql);
  return connection;
}
