// Says what one table lost, from a comparison of its rows.

import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Table } from "../sqlite/schema.ts";
import type { RowLosses } from "./compare_by_key.ts";
import { compareTable, type TableSides } from "./compare_table.ts";
import { contentlessRows } from "./contentless_rows.ts";
import type { DataLoss, LossExamples, MovedColumn } from "./data_loss.ts";
import { readExamples } from "./loss_examples.ts";
import type { Snapshots } from "./snapshots.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";

/** What one table lost. */
export interface TableLosses {
  readonly dataLoss: readonly DataLoss[];
  readonly moved: readonly MovedColumn[];
  readonly examples: readonly LossExamples[];
}

/** Compares a table with its successor; reads up to `examples` of what each part of it lost. */
export function compareSides(
  connection: Connection,
  snapshots: Snapshots,
  sides: TableSides,
  examples: number,
): TableLosses {
  const { losses, moved, queries } = compareTable(connection, snapshots, sides);
  const dataLoss = describeLosses(sides.table, losses);
  return { dataLoss, moved, examples: readExamples(connection, dataLoss, queries, examples) };
}

/** What a table lost, by kinds. */
export function describeLosses(
  { name: table, isDropped, droppedColumns }: WatchedTable,
  { rows, values }: RowLosses,
): readonly DataLoss[] {
  const lostValues = values.flatMap(({ column, vanished, replaced }) => {
    // In a rebuild no statement overwrites a value: the copy did not take it along.
    const isRebuilt = isDropped || droppedColumns.includes(column);
    return [
      { kind: "values", table, column, values: isRebuilt ? vanished + replaced : vanished },
      { kind: "overwritten", table, column, values: isRebuilt ? 0 : replaced },
    ] as const;
  });
  return [
    ...(rows > 0 ? [{ kind: "rows", table, rows } as const] : []),
    ...lostValues.filter((loss) => loss.values > 0),
  ];
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
