// Counts, before a step runs, the losses that follow from its statements alone.

import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { integerOf } from "../sqlite/row.ts";
import type { DataLoss } from "./data_loss.ts";

/** What a table holds. */
export interface TableCount {
  readonly rows: number;
  /** Values that are not NULL, by column. */
  readonly values: ReadonlyMap<string, number>;
}

/** Says whether a step may take away what is there: if so, there is a backup first. */
export function mayLoseData(connection: Connection, watched: readonly WatchedTable[]): boolean {
  return watched.some(({ name, isDropped, writes, droppedColumns }) => {
    if (isDropped || writes.deletes) return countTable(connection, name, []).rows > 0;
    const { values } = countTable(connection, name, droppedColumns);
    return [...values.values()].some((count) => count > 0);
  });
}

/**
 * What the tables will lose; `null` where only the run shows it: rows may be deleted, or columns
 * may be gone whose values are in new columns afterwards.
 */
export function foreseenLosses(
  connection: Connection,
  watched: readonly WatchedTable[],
): readonly DataLoss[] | null {
  const isUnknown = watched.some(({ after, isDropped, writes, droppedColumns, addedColumns }) =>
    after !== null &&
    (writes.deletes && !isDropped || droppedColumns.length > 0 && addedColumns.length > 0)
  );
  if (isUnknown) return null;
  return watched.flatMap(({ name: table, after, droppedColumns }): readonly DataLoss[] => {
    const { rows, values } = countTable(connection, table, droppedColumns);
    return [
      ...(after === null ? [{ kind: "rows", table, rows } as const] : []),
      ...[...values].map(([column, count]) =>
        ({ kind: "values", table, column, values: count }) as const
      ),
    ];
  });
}

/** Counts in one scan, in `main`, for a temporary table may have the same name. */
export function countTable(
  connection: Connection,
  table: string,
  columns: readonly string[],
): TableCount {
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
