// The statements that the table browser asks. Pure; runs anywhere.

import { quoteIdentifier } from "../../sqlite/quote.ts";
import type { Schema, Table } from "../../sqlite/schema.ts";

/** Rows on one page of the table browser. */
export const PAGE_ROWS = 100;

/** A table or a view that can be browsed. */
export interface BrowsedTable {
  readonly name: string;
  readonly kind: "table" | "view" | "virtual";
}

/** What can be browsed, tables first. */
export function browsedTables({ tables, views }: Schema): readonly BrowsedTable[] {
  return [
    ...tables.map(({ name, kind }): BrowsedTable => ({
      name,
      kind: kind === "table" ? "table" : "virtual",
    })),
    ...views.map(({ name }): BrowsedTable => ({ name, kind: "view" })),
  ];
}

/** Selects one page of a table, in the order of its primary key or rowid; a view has its own order. */
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
  // A column may have taken one of the names; SQLite knows the rowid by three.
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  const rowid = ["rowid", "_rowid_", "oid"].find((alias) => !taken.has(alias));
  return rowid ?? (key.length > 0 ? key.join(", ") : "1");
}
