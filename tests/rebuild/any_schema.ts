// The property of every generated script, for the short run in the tests and the long one as a task.

import * as assert from "uvu/assert";
import { createHistoryTables } from "../../lib/history/history_table.ts";
import type { SqliteVersion } from "../../lib/migration/migration.ts";
import { isReserved } from "../../lib/plan/reserved_names.ts";
import { buildScript } from "../../lib/rebuild/build_script.ts";
import type { Rename } from "../../lib/rebuild/renames.ts";
import { scriptText } from "../../lib/rebuild/script_text.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import type { Schema } from "../../lib/sqlite/schema.ts";
import { readSchema } from "../../lib/sqlite/schema_follower.ts";
import { entriesOf } from "../../lib/sqlite/schema_slice.ts";
import { SqliteError } from "../../lib/sqlite/sqlite_error.ts";
import type { Sqlite3 } from "../../lib/sqlite/sqlite3.ts";
import type { Random } from "../support/random.ts";
import { NEVER } from "../../lib/deadline.ts";
import { findingsOf, runAndCommit, stepsOf } from "./applied_script.ts";
import {
  changeSchema,
  type DrawnColumn,
  type DrawnSchema,
  type DrawnTable,
  drawSchema,
} from "./drawn_schema.ts";
import { keyColumns, quoted, rowsFor, statementsOf } from "./schema_sql.ts";

/** What became of a pair of schemas. */
export type PairOutcome = "not a schema" | "no change" | "guarded" | "up only" | "up and down";

const LOSS_CODES = ["drop-table", "drop-column"];
const EXPECTED_FAILURE = /CHECK constraint failed: .*(correct them first|INSERT below)|UNIQUE/;

/** Draws a pair of schemas with rows, and checks the scripts between them. */
export async function checkPair(sqlite3: Sqlite3, random: Random): Promise<PairOutcome> {
  const before = drawSchema(random);
  const after = changeSchema(random, before);
  using live = openDrawn(sqlite3, before);
  using wanted = openDrawn(sqlite3, after);
  if (live === null || wanted === null) return "not a schema";
  for (const statement of rowsFor(random, before)) insertDrawn(live, statement);
  const from = schemaOf(live);
  const to = schemaOf(wanted);
  const requires = random.pick<SqliteVersion | null>([null, [3, 35, 0], [3, 53, 0]]);
  const renames = renamesOf(before, after);
  const built = buildScript(sqlite3, from, to, { renames, requires }, NEVER);
  assert.ok(built.ok, JSON.stringify(built));
  const up = scriptText(built.value.up);
  const down = scriptText(built.value.down);
  const what = `${statementsOf(before).join(";\n")};\n=== UP\n${up}\n=== DOWN\n${down}\n=== TO\n${
    statementsOf(after).join(";\n")
  }`;
  try {
    if (up === "") {
      assert.equal(written(from), written(to));
      return "no change";
    }
    const steps = stepsOf(up, down, requires);
    await checkFindings(sqlite3, live, steps, before, after);
    const rowsBefore = keptRows(live, before, after, "before");
    const applied = await runAndCommit(sqlite3, live, steps[0]);
    if (applied.message !== null) {
      assert.match(applied.message, EXPECTED_FAILURE, applied.message);
      assert.equal(written(schemaOf(live)), written(from));
      assert.equal(keptRows(live, before, after, "before"), rowsBefore);
      return "guarded";
    }
    assert.equal(written(schemaOf(live)), written(to));
    assert.equal(keptRows(live, before, after, "after"), rowsBefore);
    checkIntegrity(live);
    checkLosses(applied.losses?.dataLoss ?? [], before, after);
    const again = buildScript(sqlite3, schemaOf(live), to, { renames: [], requires }, NEVER);
    assert.ok(again.ok && again.value.up.parts.length === 0, JSON.stringify(again));

    const undone = await runAndCommit(sqlite3, live, steps[1]);
    if (undone.message !== null) {
      assert.match(undone.message, /constraint failed|breaks foreign keys/, undone.message);
      assert.equal(written(schemaOf(live)), written(to));
      return "up only";
    }
    assert.equal(written(schemaOf(live)), written(from));
    assert.equal(keptRows(live, before, after, "before"), rowsBefore);
    checkIntegrity(live);
    return "up and down";
  } catch (error) {
    const reason = error instanceof Error ? error.stack ?? error.message : String(error);
    throw new Error(`${reason}\n${what}`, { cause: error });
  }
}

/** A database in memory with a drawn schema; `null` where SQLite refuses it. */
export function openDrawn(sqlite3: Sqlite3, schema: DrawnSchema): Connection | null {
  const connection = new Connection(sqlite3, { kind: "memory" });
  connection.exec("PRAGMA foreign_keys=OFF");
  createHistoryTables(connection);
  try {
    for (const statement of statementsOf(schema)) connection.exec(statement);
    for (const { name } of schema.views) connection.rows(`SELECT * FROM ${name}`);
    return connection;
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    connection.close();
    return null;
  }
}

/** Inserts a row that was drawn; a CHECK or a trigger may refuse it. */
export function insertDrawn(connection: Connection, statement: string): void {
  try {
    connection.exec(statement);
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
  }
}

/** The schema of a database, without what is godwit's. */
export function schemaOf(connection: Connection): Schema {
  return readSchema(connection, isReserved);
}

/**
 * The texts without what SQLite changes of them: RENAME writes the table's name in quotes, and ADD
 * COLUMN a space before the column. Comments in a table stay where an ALTER leaves them.
 */
function written(schema: Schema): readonly string[] {
  return entriesOf(schema).map(({ type, object }) => {
    const text = object.sql.replaceAll(/"((?:[tT]|table |renamed|x)\d+(?:_new)?)"/g, "$1")
      .replaceAll("/* a, (comment */", "").replaceAll(/\s+/g, " ").replaceAll(/ ?([(,)]) ?/g, "$1")
      .trim();
    return `${type} ${object.name} ${text}`;
  });
}

function renamesOf(before: DrawnSchema, after: DrawnSchema): readonly Rename[] {
  return shared(before, after).flatMap(([from, to]): readonly Rename[] => [
    ...(from.name === to.name ? [] : [{ kind: "table", from: from.name, to: to.name } as const]),
    ...from.columns.flatMap((column): readonly Rename[] => {
      const now = to.columns.find(({ id }) => id === column.id);
      return now === undefined || now.name === column.name ? [] : [{
        kind: "column",
        fromTable: from.name,
        from: column.name,
        toTable: to.name,
        to: now.name,
      }];
    }),
  ]);
}

function shared(
  before: DrawnSchema,
  after: DrawnSchema,
): readonly (readonly [DrawnTable, DrawnTable])[] {
  return before.tables.flatMap((from) => {
    const to = after.tables.find(({ id }) => id === from.id);
    return to === undefined ? [] : [[from, to] as const];
  });
}

/** The values of all columns that both schemas have, of all tables that both have. */
function keptRows(
  connection: Connection,
  before: DrawnSchema,
  after: DrawnSchema,
  side: "before" | "after",
): readonly unknown[] {
  return shared(before, after).map(([from, to]) => {
    const kept = from.columns.flatMap((column): readonly DrawnColumn[] => {
      const now = to.columns.find(({ id }) => id === column.id);
      return now === undefined ? [] : [side === "before" ? column : now];
    });
    const table = side === "before" ? from : to;
    const number = from.kind !== "rtree" && !from.withoutRowid && !to.withoutRowid ? ["rowid"] : [];
    const keys = keyColumns(from).filter((name) => keyColumns(to).includes(name));
    const names = [...number, ...keys, ...kept.map(({ name }) => quoted(name))];
    const rows = connection.rows(
      `SELECT ${names.map((name) => `quote(${name})`).join(" || '|' || ")} AS row
         FROM ${quoted(table.name)} ORDER BY 1`,
    ).map(({ row }) => row);
    const isCounted = from.key === "autoincrement" && to.key === "autoincrement";
    const mark = isCounted
      ? connection.integer("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?", [
        table.name,
      ])
      : null;
    return { rows, mark };
  });
}

/** Demands that SQLite finds nothing wrong. */
export function checkIntegrity(connection: Connection): void {
  assert.equal(connection.rows("PRAGMA foreign_key_check"), []);
  assert.equal(connection.value("PRAGMA integrity_check"), "ok");
}

async function checkFindings(
  sqlite3: Sqlite3,
  live: Connection,
  steps: ReturnType<typeof stepsOf>,
  before: DrawnSchema,
  after: DrawnSchema,
): Promise<void> {
  const { findings } = await findingsOf(sqlite3, live, steps);
  // The rules compare names, and take a table that has the name of another one for that table.
  const isSwapped = shared(before, after).some(([from, to]) =>
    from.name !== to.name &&
    [...before.tables, ...after.tables].some(({ id, name }) =>
      id !== from.id && (name === to.name || name === from.name)
    )
  );
  const wrong = findings.filter(({ level, code }) =>
    level === "ERROR" || level === "WARNING" && !isSwapped && !LOSS_CODES.includes(code)
  );
  assert.equal(wrong.map(({ code, message }) => `${code}: ${message}`), []);
  const isLost = shared(before, after).length < before.tables.length ||
    shared(before, after).some(([from, to]) =>
      from.columns.some(({ id }) => !to.columns.some((each) => each.id === id))
    );
  const lossy = findings.filter(({ code }) => LOSS_CODES.includes(code));
  if (!isLost && !isSwapped) assert.equal(lossy.map(({ message }) => message), []);
}

function checkLosses(
  losses: readonly { readonly kind: string; readonly table: string; readonly column?: string }[],
  before: DrawnSchema,
  after: DrawnSchema,
): void {
  for (const loss of losses) {
    const table = before.tables.find(({ name }) => name === loss.table);
    const now = after.tables.find(({ id }) => id === table?.id);
    const column = table?.columns.find(({ name }) => name === loss.column);
    const isDropped = now === undefined ||
      column !== undefined && !now.columns.some(({ id }) => id === column.id);
    assert.ok(isDropped, JSON.stringify(loss));
  }
}
