// The columns that a foreign key refers to. Pure; runs anywhere.

import type { ForeignKey, Table } from "./schema.ts";

/** The columns of the parent: those that the key names, or else the primary key, in its order. */
export function referencedColumns(
  { parentColumns }: Pick<ForeignKey, "parentColumns">,
  parent: Table,
): readonly string[] {
  if (parentColumns !== "") return parentColumns.split(",");
  return parent.columns.filter(({ primaryKey }) => primaryKey > 0)
    .toSorted((one, other) => one.primaryKey - other.primaryKey)
    .map(({ name }) => name);
}
