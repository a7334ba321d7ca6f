// Compares the rows of a table that has no key to find them by: as many equal rows must be left.

import type { Connection } from "../sqlite/connection.ts";
import type { RowLosses } from "./compare_by_key.ts";
import type { NamedPair } from "./sides.ts";
import type { Snapshots } from "./snapshots.ts";

/** The rows before and after, as terms that can follow FROM, and their columns. */
export interface WholeRows {
  readonly before: string;
  readonly after: string;
  readonly columns: readonly NamedPair[];
  /** The columns of a key that was updated: a row with another key is the same row. */
  readonly updatedKey: readonly NamedPair[];
}

/**
 * Counts the rows of `before` that have no equal in `after`, each of which counts once. Equal rows
 * are found by indexes on copies, so memory does not grow with the table.
 */
export function compareWholeRows(
  connection: Connection,
  snapshots: Snapshots,
  { before, after, columns, updatedKey }: WholeRows,
): RowLosses {
  const all = [...columns, ...updatedKey];
  const count = (from: string): number => connection.integer(`SELECT count(*) FROM ${from}`);
  // Rows without a column to compare can only be counted.
  if (all.length === 0) return { rows: Math.max(count(before) - count(after), 0), values: [] };
  const former = snapshots.copy(before, all.map((column) => column.before), all.length);
  const present = snapshots.copy(after, all.map((column) => column.after), all.length);
  const stay = (width: number): number => {
    const names = Array.from({ length: width }, (_, at) => `c${at}`);
    const equal = names.map((name) => `a.${name} IS b.${name}`).join(" AND ") || "1";
    const grouped = names.length === 0 ? "" : `GROUP BY ${names.join(", ")}`;
    return connection.integer(
      `SELECT total(min(n, (SELECT count(*) FROM ${present} a WHERE ${equal})))
         FROM (SELECT count(*) AS n, * FROM ${former} ${grouped}) b`,
    );
  };
  const kept = stay(columns.length);
  const withOtherKey = updatedKey.length === 0 ? 0 : kept - stay(all.length);
  return {
    rows: count(former) - kept,
    values: withOtherKey === 0 ? [] : updatedKey.map(({ name }) => ({
      column: name,
      vanished: 0,
      replaced: withOtherKey,
    })),
  };
}
