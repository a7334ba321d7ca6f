// The queries of the table browser. Pure; runs anywhere.

import { foldName } from "../../sqlite/fold_name.ts";
import { sqlLiteral } from "../../sqlite/literal.ts";
import { quoteIdentifier, quoteText } from "../../sqlite/quote.ts";
import type { Schema, Table } from "../../sqlite/schema.ts";
import type { SqlValue } from "../../sqlite/sqlite3.ts";
import { filterCondition } from "./row_filter.ts";
import type { TablePlace } from "./table_place.ts";

/** Rows on one page of the table browser. */
export const PAGE_ROWS = 100;

/** A table or view to browse. */
export interface BrowsedTable {
  readonly name: string;
  readonly kind: "table" | "view" | "virtual";
}

/** The columns that identify a row. */
export interface RowKey {
  readonly columns: readonly string[];
  /** Whether it is the rowid, which is the last column of the result and not shown. */
  readonly isRowid: boolean;
}

/** The query of a page. */
export interface PageQuery {
  readonly sql: string;
  readonly key: RowKey | null;
}

/** Lists tables, then views. */
export function browsedTables({ tables, views }: Schema): readonly BrowsedTable[] {
  return [
    ...tables.map(({ name, kind }): BrowsedTable => ({
      name,
      kind: kind === "table" ? "table" : "virtual",
    })),
    ...views.map(({ name }): BrowsedTable => ({ name, kind: "view" })),
  ];
}

/** The table of a name; `null` for a view. */
export function tableNamed(schema: Schema, name: string): Table | null {
  return schema.tables.find((each) => foldName(each.name) === foldName(name)) ?? null;
}

/**
 * Selects one page of the rows that pass the filters, sorted, and then by key. A view keeps its own
 * order.
 */
export function pageQuery(schema: Schema, name: string, place: TablePlace): PageQuery {
  const table = tableNamed(schema, name);
  const key = table === null ? null : keyOf(table);
  const keys = key?.columns.map((each) => key.isRowid ? each : quoteIdentifier(each)) ?? [];
  const rowid = key?.isRowid === true ? keys[0] : undefined;
  const from = `FROM ${quoteIdentifier(name)}`;
  const columns = rowid === undefined ? "*" : `*, ${rowid}`;
  const page = `LIMIT ${PAGE_ROWS} OFFSET ${place.page * PAGE_ROWS}`;
  const filtered = where(name, place);
  const { order } = place;
  if (order === null) {
    const by = keys.length === 0 ? "" : ` ORDER BY ${keys.join(", ")}`;
    return { key, sql: `SELECT ${columns} ${from}${filtered}${by} ${page}` };
  }
  const column = `${quoteIdentifier(name)}.${quoteIdentifier(order.column)}`;
  const direction = order.direction === "descending" ? " DESC" : "";
  const by = `ORDER BY ${[`${column}${direction}`, ...keys].join(", ")}`;
  if (rowid === undefined) {
    return { key, sql: `SELECT ${columns} ${from}${filtered} ${by} ${page}` };
  }
  // Sorting only what is sorted by takes half the time of sorting whole rows.
  const found = `SELECT ${rowid} ${from}${filtered} ${by} ${page}`;
  return { key, sql: `SELECT ${columns} ${from} WHERE ${rowid} IN (${found}) ${by}` };
}

/** Counts the rows of a table or view that pass the filters. */
export function countQuery(name: string, place: TablePlace): string {
  return `SELECT count(*) FROM ${quoteIdentifier(name)}${where(name, place)}`;
}

/** The columns of a view, by name and type, which its schema does not have. */
export function viewTypesQuery(name: string): string {
  return `SELECT name, type FROM pragma_table_xinfo(${quoteText(name)})`;
}

/**
 * The condition that finds a row of a page by its key: by a declared key where that is the rowid,
 * because users know it.
 */
export function rowCondition(
  table: Table,
  key: RowKey,
  columns: readonly string[],
  row: readonly SqlValue[],
): string {
  const conditionOf = (name: string, value: SqlValue): string =>
    `${quoteIdentifier(name)} = ${sqlLiteral(value)}`;
  if (!key.isRowid) {
    return key.columns.map((name) => conditionOf(name, row[columns.indexOf(name)] ?? null))
      .join(" AND ");
  }
  const rowid = row.at(-1) ?? null;
  const declared = table.columns.filter(({ primaryKey }) => primaryKey > 0);
  const [only] = declared;
  return only !== undefined && declared.length === 1 && /^integer$/i.test(only.type) &&
      row[columns.indexOf(only.name)] === rowid
    ? conditionOf(only.name, rowid)
    : `${key.columns[0]} = ${sqlLiteral(rowid)}`;
}

function where(table: string, { filters }: TablePlace): string {
  if (filters.size === 0) return "";
  return ` WHERE ${
    [...filters].map(([column, text]) => filterCondition(table, column, text)).join(" AND ")
  }`;
}

function keyOf({ columns, kind, withoutRowid }: Table): RowKey | null {
  const declared = columns
    .filter(({ primaryKey }) => primaryKey > 0)
    .sort((one, other) => one.primaryKey - other.primaryKey)
    .map(({ name }) => name);
  if (withoutRowid) return declared.length > 0 ? { columns: declared, isRowid: false } : null;
  // A column may have one of the three names of the rowid: https://sqlite.org/rowidtable.html
  const taken = new Set(columns.map(({ name }) => foldName(name)));
  const rowid = ["rowid", "_rowid_", "oid"].find((alias) => !taken.has(alias));
  if (rowid !== undefined) return { columns: [rowid], isRowid: true };
  return declared.length > 0 && kind === "table" ? { columns: declared, isRowid: false } : null;
}
