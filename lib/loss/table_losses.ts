// Says what one table lost, from a comparison of its rows.

import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Table } from "../sqlite/schema.ts";
import type { RowLosses } from "./compare_by_key.ts";
import { compareTable, type TableSides } from "./compare_table.ts";
import { contentlessRows } from "./contentless_rows.ts";
import type { DataLoss, MovedColumn } from "./data_loss.ts";
import type { Snapshots } from "./snapshots.ts";
import { unlessRefused } from "./unless_refused.ts";

/** What one table lost. */
export interface TableLosses {
  readonly dataLoss: readonly DataLoss[];
  readonly moved: readonly MovedColumn[];
}

/** Compares a table with its successor. */
export function compareSides(
  connection: Connection,
  snapshots: Snapshots,
  sides: TableSides,
): TableLosses {
  const { losses, moved } = compareTable(connection, snapshots, sides);
  return describeLosses(sides.table, losses, moved);
}

/** What a table lost, by kinds. */
export function describeLosses(
  { name: table, isDropped, droppedColumns }: WatchedTable,
  { rows, values }: RowLosses,
  moved: readonly MovedColumn[] = [],
): TableLosses {
  const lostValues = values.flatMap(({ column, vanished, replaced }) => {
    // In a rebuild no statement overwrites a value: the copy did not take it along.
    const isRebuilt = isDropped || droppedColumns.includes(column);
    return [
      { kind: "values", table, column, values: isRebuilt ? vanished + replaced : vanished },
      { kind: "overwritten", table, column, values: isRebuilt ? 0 : replaced },
    ] as const;
  });
  return {
    dataLoss: [
      ...(rows > 0 ? [{ kind: "rows", table, rows } as const] : []),
      ...lostValues.filter((loss) => loss.values > 0),
    ],
    moved,
  };
}

/**
 * The rows of a table, as a term that can follow FROM. Those of a table that replaces one without
 * texts are read as the former ones were.
 */
export function rowsOf(
  connection: Connection,
  snapshots: Snapshots,
  table: Table,
  former: Table = table,
): string {
  // An index that is watched has rows of its own, which store no text.
  const tokens = former.kind === "index" && table.kind !== "table"
    ? unlessRefused(() => contentlessRows(connection, snapshots, table))
    : null;
  return tokens ?? `main.${quoteIdentifier(table.name)}`;
}
