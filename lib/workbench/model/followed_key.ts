// Where a foreign key leads from a row. Pure; runs anywhere.

import { foldName } from "../../sqlite/fold_name.ts";
import { referencedColumns } from "../../sqlite/referenced_columns.ts";
import type { ForeignKey, Schema, Table } from "../../sqlite/schema.ts";
import type { SqlValue } from "../../sqlite/sqlite3.ts";
import { filterFor } from "./row_filter.ts";
import { FIRST_ROWS, type TablePlace } from "./table_place.ts";
import { tableNamed } from "./table_query.ts";

/** A row of another table that a row refers to. */
export interface FollowedKey {
  readonly table: string;
  readonly rows: TablePlace;
}

/**
 * The parent row of a cell; `null` where the cell is part of no foreign key, a part of the key is
 * NULL, or the parent does not exist.
 */
export function followKey(
  schema: Schema,
  table: Table,
  column: string,
  columns: readonly string[],
  row: readonly SqlValue[],
): FollowedKey | null {
  for (const key of table.foreignKeys) {
    const children = key.columns.split(",").map((name) => name.trim());
    if (!children.some((child) => foldName(child) === foldName(column))) continue;
    const followed = follow(schema, key, children, columns, row);
    if (followed !== null) return followed;
  }
  return null;
}

function follow(
  schema: Schema,
  key: ForeignKey,
  children: readonly string[],
  columns: readonly string[],
  row: readonly SqlValue[],
): FollowedKey | null {
  const parent = tableNamed(schema, key.parent);
  if (parent === null) return null;
  const referenced = referencedColumns(key, parent);
  const filters = new Map<string, string>();
  for (const [index, child] of children.entries()) {
    const at = columns.findIndex((name) => foldName(name) === foldName(child));
    const value = row[at] ?? null;
    const name = referenced[index]?.trim();
    const filter = value === null ? null : filterFor(value);
    if (filter === null || name === undefined) return null;
    filters.set(name, filter);
  }
  return { table: parent.name, rows: { ...FIRST_ROWS, filters } };
}
