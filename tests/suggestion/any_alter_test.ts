// Any DROP COLUMN and any other type on any schema: the cure does what SQLite would do, and keeps
// every row.

import * as assert from "uvu/assert";
import { NEVER } from "../../lib/deadline.ts";
import { readBase } from "../../lib/history/database_base.ts";
import { parseMigrationText } from "../../lib/migration/parse_migration.ts";
import { TextComparison } from "../../lib/rebuild/text_comparison.ts";
import type { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { quoteIdentifier } from "../../lib/sqlite/quote.ts";
import type { Column, Table } from "../../lib/sqlite/schema.ts";
import { SqliteError } from "../../lib/sqlite/sqlite_error.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { suggest } from "../../lib/suggestion/suggest.ts";
import { runAndCommit, stepsOf } from "../rebuild/applied_script.ts";
import { checkIntegrity, insertDrawn, openDrawn, schemaOf } from "../rebuild/any_schema.ts";
import { drawSchema } from "../rebuild/drawn_schema.ts";
import { rowsFor } from "../rebuild/schema_sql.ts";
import { forAll, type Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const any = suite("any ALTER TABLE");
const sqlite3 = await loadSqlite(sqliteModule);

/** A database, the same once more, and a column of it. */
interface Drawn extends Disposable {
  readonly live: Connection;
  readonly other: Connection;
  readonly table: Table;
  readonly column: Column;
}

function draw(random: Random): Drawn | null {
  const schema = drawSchema(random);
  const live = openDrawn(sqlite3, schema);
  const other = openDrawn(sqlite3, schema);
  if (live === null || other === null) return null;
  for (const statement of rowsFor(random, schema)) {
    insertDrawn(live, statement);
    insertDrawn(other, statement);
  }
  const table = random.pickFrom(schemaOf(live).tables.filter(({ kind }) => kind === "table"));
  const column = random.pickFrom(table?.columns ?? []);
  if (table === undefined || column === undefined) return null;
  const close = (): void => {
    live.close();
    other.close();
  };
  return { live, other, table, column, [Symbol.dispose]: close };
}

/** Cures a file of one statement and runs its UP; `null` where nothing is suggested. */
async function cure(
  live: Connection,
  statement: string,
): Promise<{ readonly up: string; readonly message: string | null } | null> {
  const text = `-- UP\n${statement};\n-- DOWN\n`;
  const parsed = await parseMigrationText({ version: 1, name: "x" }, text);
  assert.ok(parsed.ok);
  const base = await readBase(live, "p");
  const checked = await suggest(sqlite3, base, parsed.migration, NEVER);
  if (checked === null) return null;
  const { up, down } = checked.suggestion;
  const [step] = stepsOf(up, down, null);
  const { message } = await runAndCommit(sqlite3, live, step);
  return { up, message };
}

/** Every row of every table, but for one column of one, and what `isLeft` leaves out. */
function rowsOf(
  connection: Connection,
  left: string,
  column: string,
  isLeft: (table: Table, column: Column) => boolean = () => false,
): unknown {
  return schemaOf(connection).tables.map((table) => {
    const names = table.columns.filter((each) => !isLeft(table, each)).map(({ name }) => name)
      .filter((name) => table.name !== left || name !== column);
    const list = names.map((name) => `quote(${quoteIdentifier(name)})`).join(" || '|' || ");
    return [
      table.name,
      connection.rows(
        `SELECT ${list || "1"} AS row FROM ${quoteIdentifier(table.name)} ORDER BY 1`,
      ),
    ];
  });
}

function attempt(connection: Connection, sql: string): boolean {
  try {
    connection.exec(sql);
    return true;
  } catch (error) {
    if (error instanceof SqliteError) return false;
    throw error;
  }
}

any("a column that SQLite can drop is dropped as SQLite does it", async () => {
  let cured = 0;
  await forAll(30, async (random) => {
    using drawn = draw(random);
    if (drawn === null) return;
    const { live, other, table, column } = drawn;
    const name = quoteIdentifier(column.name);
    const sql = `ALTER TABLE ${quoteIdentifier(table.name)} DROP COLUMN ${name}`;
    const isDropped = attempt(other, sql);
    const before = rowsOf(live, table.name, column.name);
    const done = await cure(live, sql);
    if (done === null) {
      assert.not.ok(isDropped, `SQLite does ${sql}, and nothing was suggested`);
      return;
    }
    const { up, message } = done;
    assert.is(message, null, up);
    cured += 1;
    assert.equal(rowsOf(live, table.name, column.name), before, up);
    checkIntegrity(live);
    const [schema, wanted] = [schemaOf(live), schemaOf(other)];
    if (isDropped) assert.equal(new TextComparison(schema, wanted).differences(schema, wanted), []);
    const columns = schema.tables.find((each) => each.name === table.name)?.columns ?? [];
    assert.not.ok(columns.some((each) => each.name === column.name));
    assert.is(columns.length, table.columns.length - 1);
  });
  if (!Deno.env.has("GODWIT_SEED")) assert.ok(cured > 10, `${cured}`);
});

/** Whether a value follows from another one, which has another type then. */
function isComputed({ kind }: Table, { generated }: Column): boolean {
  return kind !== "table" || generated;
}

any("another type changes nothing else", async () => {
  let cured = 0;
  await forAll(20, async (random) => {
    using drawn = draw(random);
    if (drawn === null || drawn.column.type === "REAL" || drawn.column.primaryKey > 0) return;
    const { live, table, column } = drawn;
    const before = schemaOf(live);
    const rows = rowsOf(live, table.name, column.name, isComputed);
    const sql = `ALTER TABLE ${quoteIdentifier(table.name)} ALTER COLUMN ${
      quoteIdentifier(column.name)
    } TYPE REAL`;
    const done = await cure(live, sql);
    // A value may not fit a STRICT table, or a key to it.
    if (done === null || done.message !== null) return;
    cured += 1;
    const after = schemaOf(live);
    const texts = new TextComparison(before, after);
    assert.equal(texts.differences(before, after), [`table "${table.name}"`], done.up);
    const changed = after.tables.find(({ name }) => name === table.name);
    assert.equal(changed?.columns.find(({ name }) => name === column.name), {
      ...column,
      type: "REAL",
    });
    assert.equal(rowsOf(live, table.name, column.name, isComputed), rows, done.up);
    checkIntegrity(live);
  });
  if (!Deno.env.has("GODWIT_SEED")) assert.ok(cured > 5, `${cured}`);
});

any.run();
