// Pairs the columns of a rebuilt table with those of the old one, for the copy of its rows.

import { foldName } from "../sqlite/fold_name.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { Column, Table } from "../sqlite/schema.ts";
import { moduleOf } from "./table_text.ts";
import type { Scratch } from "./scratch.ts";

/** One column of the copy. */
export interface CopiedColumn {
  readonly target: string;
  /** The expression over the old table. */
  readonly source: string;
  /** The column of the old table; `null` for an expression that is made up. */
  readonly column: string | null;
}

/** What a new column without a default gets that does not accept NULL. */
export type Filling = "refuse" | "placeholder";

/**
 * The columns to copy. Generated columns compute themselves. The row number is copied where no
 * column has it: other tables and programs may have noted it
 * (https://sqlite.org/lang_createtable.html#rowid).
 *
 * `successor` is the new table in the scratch database, under its temporary name.
 */
export function copiedColumns(
  scratch: Scratch,
  current: Table,
  successor: Table,
  sourceOf: (column: string) => string | null,
  filling: Filling,
): readonly CopiedColumn[] {
  const alias = scratch.rowidAlias(successor.name);
  const oldRowid = rowNumberOf(current);
  const unique = new Set(
    scratch.uniqueKeys(successor.name).flatMap(({ terms }) => terms.map(({ column }) => column)),
  );
  const columns = successor.columns.flatMap((column): readonly CopiedColumn[] => {
    if (column.generated) return [];
    const source = sourceOf(column.name);
    if (source !== null) {
      return [{ target: column.name, source: scratch.write(source), column: source }];
    }
    if (column.name === alias) {
      return oldRowid === null ? [] : [{ target: column.name, source: oldRowid, column: null }];
    }
    if (!column.notNull || column.defaultValue !== null || filling === "refuse") return [];
    const value = placeholder(column, unique.has(column.name) ? oldRowid : null);
    return [{ target: column.name, source: value, column: null }];
  });
  const newRowid = rowNumberOf(successor);
  return alias !== null || oldRowid === null || newRowid === null
    ? columns
    : [{ target: newRowid, source: oldRowid, column: null }, ...columns];
}

// The columns of an R-Tree have its row number: https://sqlite.org/rtree.html
function rowNumberOf(table: Table): string | null {
  if (table.kind !== "table" && moduleOf(table.sql) !== "fts5") return null;
  return rowidOf(table);
}

// By the rules of https://sqlite.org/datatype3.html#determination_of_column_affinity
function placeholder({ type }: Column, rowid: string | null): string {
  const name = foldName(type);
  if (name.includes("int")) return rowid ?? "0";
  if (/char|clob|text/.test(name)) return rowid === null ? "''" : `CAST(${rowid} AS TEXT)`;
  if (name === "" || name.includes("blob")) {
    return rowid === null ? "x''" : `CAST(${rowid} AS BLOB)`;
  }
  return rowid ?? "0";
}
