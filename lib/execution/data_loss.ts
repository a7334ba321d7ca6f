// Counts what a migration takes away: rows, and values that go with a column.

import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { integerOf } from "../sqlite/row.ts";
import type { WatchedTable } from "../rehearsal/rehearsal.ts";

/** Rows gone from a table, or non-NULL values gone with a column. */
export type DataLoss =
  | { readonly kind: "rows"; readonly table: string; readonly rows: number }
  | {
    readonly kind: "values";
    readonly table: string;
    readonly column: string;
    readonly values: number;
  };

/** What a watched table held before the migration. */
export interface TableCount {
  readonly watched: WatchedTable;
  readonly rows: number;
  /** Non-NULL values by dropped column. */
  readonly values: ReadonlyMap<string, number>;
  /** Non-NULL values by column that stays; empty where only what is foreseen was counted. */
  readonly keptValues: ReadonlyMap<string, number>;
}

/**
 * Counts the rows of the watched tables and the values of the columns that will go; with "all", also the
 * values of columns that stay, which only a count afterwards shows to be gone.
 */
export function countTables(
  connection: Connection,
  tables: readonly WatchedTable[],
  extent: "foreseen" | "all" = "foreseen",
): readonly TableCount[] {
  return tables.map((watched) => {
    const dropped = watched.droppedColumns;
    const kept = extent === "all" ? watched.keptColumns.map(({ name }) => name) : [];
    const { rows, values } = countTable(connection, watched.name, [...dropped, ...kept]);
    const valuesOf = (columns: readonly string[]): ReadonlyMap<string, number> =>
      new Map(columns.map((column) => [column, values.get(column) ?? 0]));
    return { watched, rows, values: valuesOf(dropped), keptValues: valuesOf(kept) };
  });
}

/**
 * Compares with the counts before. `deletedRows` holds the rows that were seen to go, by the former
 * names of their tables; new rows may have made up for them in the count.
 */
export function measureLoss(
  connection: Connection,
  before: readonly TableCount[],
  deletedRows: ReadonlyMap<string, number>,
): readonly DataLoss[] {
  return before.flatMap(({ watched, rows, values, keptValues }): readonly DataLoss[] => {
    const { name, nameAfter, keptColumns } = watched;
    const columns = keptColumns.filter((column) => (keptValues.get(column.name) ?? 0) > 0);
    const after = nameAfter === null
      ? { rows: 0, values: new Map<string, number>() }
      : countTable(connection, nameAfter, columns.map((column) => column.nameAfter));
    const gone = Math.max(rows - after.rows, Math.min(deletedRows.get(name) ?? 0, rows));
    // A row that goes takes its values along; only what goes beyond that has vanished from rows that stay.
    const vanished = nameAfter === null ? [] : columns.map((column) => ({
      column: column.name,
      count: (keptValues.get(column.name) ?? 0) - (after.values.get(column.nameAfter) ?? 0) - gone,
    }));
    const lostValues = [
      ...[...values].map(([column, count]) => ({ column, count })),
      ...vanished,
    ];
    return [
      ...(gone > 0 ? [{ kind: "rows", table: name, rows: gone } as const] : []),
      ...lostValues.filter(({ count }) => count > 0).map(({ column, count }) =>
        ({ kind: "values", table: name, column, values: count }) as const
      ),
    ];
  });
}

/** Says whether a migration may take data away that is there: if so, there is a backup first. */
export function mayLoseData(before: readonly TableCount[]): boolean {
  return before.some(({ watched, rows, values }) =>
    watched.mayLoseRows && rows > 0 || [...values.values()].some((count) => count > 0)
  );
}

// In one scan. Counted in `main`, for a temporary table may have the same name.
function countTable(
  connection: Connection,
  table: string,
  columns: readonly string[],
): { readonly rows: number; readonly values: ReadonlyMap<string, number> } {
  const counts = columns.map((column, index) => `count(${quoteIdentifier(column)}) AS c${index}`);
  const [row] = connection.rows(
    `SELECT ${["count(*) AS total", ...counts].join(", ")} FROM main.${quoteIdentifier(table)}`,
  );
  if (row === undefined) throw new Error(`Counting ${table} returned no row`);
  return {
    rows: integerOf(row, "total"),
    values: new Map(columns.map((column, index) => [column, integerOf(row, `c${index}`)])),
  };
}
