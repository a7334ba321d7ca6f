// Counts what a migration takes away: rows, and values that go with a column.

import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { integerOf } from "../sqlite/row.ts";
import type { WatchedTable } from "./rehearsal.ts";

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
}

/** Counts the rows of the watched tables and the values of the columns that will go. */
export function countTables(
  connection: Connection,
  tables: readonly WatchedTable[],
): readonly TableCount[] {
  return tables.map((watched) => {
    const columns = watched.droppedColumns.map((column, index) =>
      `count(${quoteIdentifier(column)}) AS c${index}`
    );
    const [row] = connection.rows(
      `SELECT ${["count(*) AS total", ...columns].join(", ")} FROM main.${
        quoteIdentifier(watched.name)
      }`,
    );
    if (row === undefined) throw new Error(`Counting ${watched.name} returned no row`);
    return {
      watched,
      rows: integerOf(row, "total"),
      values: new Map(
        watched.droppedColumns.map((column, index) => [column, integerOf(row, `c${index}`)]),
      ),
    };
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
  return before.flatMap(({ watched, rows, values }): readonly DataLoss[] => {
    const { name, nameAfter } = watched;
    const rowsAfter = nameAfter === null
      ? 0
      : connection.integer(`SELECT count(*) FROM main.${quoteIdentifier(nameAfter)}`);
    const gone = Math.max(rows - rowsAfter, Math.min(deletedRows.get(name) ?? 0, rows));
    return [
      ...(gone > 0 ? [{ kind: "rows", table: name, rows: gone } as const] : []),
      ...[...values].filter(([, count]) => count > 0).map(([column, count]) =>
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
