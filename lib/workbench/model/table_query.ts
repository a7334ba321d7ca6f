// The queries of the table browser. Pure; runs anywhere.

import { quoteIdentifier } from "../../sqlite/quote.ts";
import type { Schema, Table } from "../../sqlite/schema.ts";

/** Rows on one page of the table browser. */
export const PAGE_ROWS = 100;

/** A table or view to browse. */
export interface BrowsedTable {
  readonly name: string;
  readonly kind: "table" | "view" | "virtual";
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

/** Selects one page of a table, ordered by primary key or rowid. A view keeps its own order. */
export function pageQuery(schema: Schema, name: string, page: number): string {
  const table = schema.tables.find((each) => each.name === name);
  const order = table === undefined ? "" : ` ORDER BY ${orderOf(table)}`;
  return `SELECT * FROM ${quoteIdentifier(name)}${order} LIMIT ${PAGE_ROWS} OFFSET ${
    page * PAGE_ROWS
  }`;
}

/** Counts the rows of a table or view. */
export function countQuery(name: string): string {
  return `SELECT count(*) FROM ${quoteIdentifier(name)}`;
}

function orderOf({ columns, withoutRowid }: Table): string {
  const key = columns
    .filter(({ primaryKey }) => primaryKey > 0)
    .sort((one, other) => one.primaryKey - other.primaryKey)
    .map(({ name }) => quoteIdentifier(name));
  if (withoutRowid && key.length > 0) return key.join(", ");
  // A column may have one of the three names of the rowid: https://sqlite.org/rowidtable.html
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const rowid = ["rowid", "_rowid_", "oid"].find((alias) => !taken.has(alias));
  return rowid ?? (key.length > 0 ? key.join(", ") : "1");
}
