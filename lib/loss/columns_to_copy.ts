// Decides what of a table must be copied before a step. Pure; runs anywhere.

import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Table } from "../sqlite/schema.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import { rowIdentity } from "./row_identity.ts";

/** Columns by the names that they have before the step, and the row number. */
export interface ColumnsToCopy {
  readonly columns: readonly string[];
  /** The name of the row number; `null` if it is not needed. */
  readonly rowid: string | null;
}

/**
 * Columns that the step may change, and those by which rows are found again; `null` for none.
 * `isShown` says whether what is lost will be shown: then it must be there afterwards too.
 */
export function columnsToCopy(
  table: WatchedTable,
  after: Table,
  isShown: boolean,
): ColumnsToCopy | null {
  const changing = [...changingColumns(table, after), ...(isShown ? losingColumns(table) : [])];
  if (changing.length === 0) return null;
  const { primaryKey, nullable, rowid } = rowIdentity(table, after);
  const key = primaryKey?.map(({ name }) => name) ?? [];
  const needsNumber = primaryKey === null || nullable.length > 0 || table.isDropped;
  return {
    columns: [...new Set([...key, ...changing])],
    rowid: needsNumber ? rowid?.before ?? null : null,
  };
}

// A row that is deleted is shown whole; of one that stays, the dropped columns.
function losingColumns({ before, writes, droppedColumns }: WatchedTable): readonly string[] {
  const mayDelete = writes.deletes || writes.displaces || writes.replaces;
  return mayDelete ? storedColumns(before) : droppedColumns;
}

function changingColumns(table: WatchedTable, after: Table): readonly string[] {
  const { before, writes, droppedColumns, addedColumns } = table;
  const stored = storedColumns(before);
  const { primaryKey, rowid } = rowIdentity(table, after);
  // A row that is inserted may have the key of one that was there.
  const mayReturn = writes.replaces ||
    writes.inserts && (writes.deletes || writes.displaces || writes.updates.length > 0);
  if (table.isDropped || mayReturn || primaryKey === null && rowid === null) return stored;
  if (writes.updates.length > 0) {
    return stored.filter((name) => writes.updates.includes(name) || droppedColumns.includes(name));
  }
  // The values of a dropped column may have moved to a new one.
  return addedColumns.length > 0 ? droppedColumns : [];
}
