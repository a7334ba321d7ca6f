// Reads some of the rows and values that a comparison counts as lost. Costs nothing unless it is
// called.

import * as v from "valibot";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Table } from "../sqlite/schema.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import type { DataLoss, LossExamples, ShownValue } from "./data_loss.ts";
import { isLost, joinSides, type Sides } from "./sides.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";

/** A column of a result: what it is called, and its SQL. */
interface Term {
  readonly name: string;
  readonly sql: string;
}

/** The rows that are gone. */
export interface RowsQuery {
  readonly columns: readonly Term[];
  /** From `FROM` on, with the condition. */
  readonly from: string;
}

/** The values that one column lost, in their rows. */
export interface ValuesQuery extends RowsQuery {
  /** The columns by which a reader finds the row. */
  readonly columns: readonly Term[];
  readonly before: string;
  /** `null` where there is no column any more. */
  readonly after: string | null;
}

/** The queries behind the counts of a comparison; `null` where it does not know single rows. */
export interface LossQueries {
  rows(): RowsQuery | null;
  values(column: string): ValuesQuery | null;
}

// Enough to recognise a value; the whole of it is in the backup.
const SHOWN_CHARACTERS = 200;
const SHOWN_BYTES = 16;
// The most that one takes in UTF-8 and in UTF-16.
const CHARACTER_BYTES = 4;

/**
 * Reads up to `limit` lost rows of a table and lost values of each of its columns. Both sides of
 * the comparison must still be there.
 */
export function readExamples(
  connection: Connection,
  losses: readonly DataLoss[],
  queries: LossQueries,
  limit: number,
): readonly LossExamples[] {
  if (limit === 0) return [];
  // Values that vanished and values that were overwritten are of one column.
  const columns = new Map(
    losses.flatMap((loss) => (loss.kind === "rows" ? [] : [[loss.column, loss.table]])),
  );
  const rows = losses.flatMap((loss) => {
    const query = loss.kind === "rows" ? queries.rows() : null;
    return query === null ? [] : [readRows(connection, loss.table, query, limit)];
  });
  const values = [...columns].flatMap(([column, table]) => {
    const query = queries.values(column);
    return query === null ? [] : [readValues(connection, table, column, query, limit)];
  });
  return [...rows, ...values].flatMap((examples) => examples ?? []);
}

/** The queries of a comparison by a key. `columns` are those of the side before, by name. */
export function keyedQueries(sides: Sides, columns: ReadonlyMap<string, string>): LossQueries {
  const [first] = sides.key;
  const key = sides.key.map(({ before }): Term => ({
    name: [...columns].find(([, present]) => present === before)?.[0] ?? "rowid",
    sql: `b.${before}`,
  }));
  return {
    rows: () => ({
      columns: [...columns].map(([name, before]) => ({ name, sql: `b.${before}` })),
      from: `${joinSides(sides, "LEFT JOIN")} WHERE a.${first?.after} IS NULL`,
    }),
    values(column) {
      const kept = sides.kept.find(({ name }) => name === column);
      if (kept === undefined) return droppedValues(sides, column, key);
      const before = `b.${kept.before}`;
      const after = `a.${kept.after}`;
      const from = `${joinSides(sides, "JOIN")} WHERE ${isLost(before, after)}`;
      return { columns: key, before, after, from };
    },
  };
}

/** The values of a dropped column; `null` where the side before does not have it. */
export function droppedValues(
  { before, dropped }: Pick<Sides, "before" | "dropped">,
  column: string,
  columns: readonly Term[],
): ValuesQuery | null {
  const found = dropped.find(({ name }) => name === column);
  if (found === undefined) return null;
  const value = `b.${found.before}`;
  return {
    columns,
    before: value,
    after: null,
    from: `FROM ${before} b WHERE ${value} IS NOT NULL`,
  };
}

/** The queries where every row of a table goes. */
export function wholeTable(columns: readonly Term[], before: string): LossQueries {
  return { rows: () => ({ columns, from: `FROM ${before} b` }), values: () => null };
}

/** The stored columns of a table, read from the table itself. */
export function ownColumns(table: Table): readonly Term[] {
  return storedColumns(table).map((name) => ({ name, sql: `b.${quoteIdentifier(name)}` }));
}

function readRows(
  connection: Connection,
  table: string,
  { columns, from }: RowsQuery,
  limit: number,
): LossExamples | null {
  const rows = readShown(connection, columns.map(({ sql }) => sql), from, limit);
  return rows === null || rows.length === 0
    ? null
    : { kind: "rows", table, columns: columns.map(({ name }) => name), rows };
}

function readValues(
  connection: Connection,
  table: string,
  column: string,
  { columns, before, after, from }: ValuesQuery,
  limit: number,
): LossExamples | null {
  const terms = [before, ...(after === null ? [] : [after]), ...columns.map(({ sql }) => sql)];
  const rows = readShown(connection, terms, from, limit);
  if (rows === null || rows.length === 0) return null;
  const values = rows.flatMap(([was, ...rest]) => {
    if (was === undefined) return [];
    const [is = null] = after === null ? [] : rest;
    return [{ key: after === null ? rest : rest.slice(1), before: was, after: is }];
  });
  return { kind: "values", table, column, key: columns.map(({ name }) => name), values };
}

/**
 * Reads up to `limit` rows of values as they are shown, which SQLite clips, so that no long one
 * leaves it; `null` where SQLite cannot read them.
 */
export function readShown(
  connection: Connection,
  terms: readonly string[],
  from: string,
  limit: number,
): readonly (readonly ShownValue[])[] | null {
  const shown = terms.map((term, at) =>
    `CASE typeof(${term})
       WHEN 'text' THEN json_array('text', ${textBegin(term)}, ${textLength(term)})
       WHEN 'blob' THEN json_array('blob', hex(substr(${term}, 1, ${SHOWN_BYTES})), length(${term}))
       ELSE json_array(typeof(${term}), CAST(${term} AS TEXT), 0) END AS v${at}`
  );
  const rows = unlessRefused(() =>
    connection.rows(`SELECT ${shown.join(", ")} ${from} LIMIT ?`, [limit])
  );
  return rows?.map((row) => terms.map((_, at) => shownValue(String(row[`v${at}`])))) ?? null;
}

// substr() and length() stop at a NUL character: https://sqlite.org/nulinstr.html. Bytes have none
// of that; the last character may be cut in two, and is beyond those that are shown.
function textBegin(term: string): string {
  return `CAST(substr(CAST(${term} AS BLOB), 1, ${SHOWN_CHARACTERS * CHARACTER_BYTES}) AS TEXT)`;
}

// As JSON a NUL is an escape, which another character can replace; an escaped backslash before
// "u0000" must not look like one.
function textLength(term: string): string {
  return `CASE instr(${term}, char(0)) WHEN 0 THEN length(${term})
    ELSE length(replace(replace(json_quote(${term}), '\\\\', '-'), '\\u0000', '-') ->> '$') END`;
}

const ShownSchema = v.strictTuple([
  v.picklist(["null", "integer", "real", "text", "blob"]),
  v.nullable(v.string()),
  v.number(),
]);

function shownValue(json: string): ShownValue {
  const [type, text, length] = v.parse(ShownSchema, JSON.parse(json));
  if (type === "blob") return { type, text: text ?? "", length };
  if (type !== "text" || length <= SHOWN_CHARACTERS) return { type, text: text ?? "NULL" };
  return { type, text: [...text ?? ""].slice(0, SHOWN_CHARACTERS).join(""), length };
}
