// Finds foreign keys without a parent table. Pure; runs anywhere.

import type { Schema } from "./schema.ts";

/** A foreign key whose parent table does not exist. */
export interface DanglingKey {
  readonly table: string;
  readonly columns: string;
  readonly parent: string;
}

/** Lists foreign keys without a parent table, which SQLite notices only when a row is written. */
export function danglingKeys(schema: Schema): readonly DanglingKey[] {
  const tables = new Set(schema.tables.map(({ name }) => name.toLowerCase()));
  return schema.tables.flatMap((table) =>
    table.foreignKeys
      .filter(({ parent }) => !tables.has(parent.toLowerCase()))
      .map(({ columns, parent }) => ({ table: table.name, columns, parent }))
  );
}
