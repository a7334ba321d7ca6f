// The columns of a table that statements can write. Pure; runs anywhere.

import type { Table } from "./schema.ts";

/** The names of the columns that are not computed from others, in the order of the table. */
export function storedColumns({ columns }: Table): readonly string[] {
  return columns.filter(({ generated }) => !generated).map(({ name }) => name);
}
