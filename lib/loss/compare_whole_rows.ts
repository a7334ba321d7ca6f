// Compares the rows of a table that has no key to find them by: as many equal rows must be left.

import type { Connection } from "../sqlite/connection.ts";
import { type RowLosses, sumLosses } from "./compare_by_key.ts";
import type { RowsQuery } from "./loss_examples.ts";
import type { NamedPair } from "./sides.ts";
import type { Snapshots } from "./snapshots.ts";

/** The rows before and after, as terms that can follow FROM, and their columns. */
export interface WholeRows {
  readonly before: string;
  readonly after: string;
  readonly columns: readonly NamedPair[];
  /** The columns of a key that was updated: a row with another key is the same row. */
  readonly updatedKey: readonly NamedPair[];
  /** The columns that were updated if no row can be gone; `null` if one can. */
  readonly rewritten: readonly NamedPair[] | null;
}

/** What a comparison of whole rows found. */
export interface WholeRowLosses extends RowLosses {
  /** The rows that are gone, equal ones once; `null` where rows can only be counted. */
  readonly gone: RowsQuery | null;
}

/**
 * Counts the rows of `before` that have no equal in `after`, each of which counts once. Equal rows
 * are found by indexes on copies, so memory does not grow with the table.
 */
export function compareWholeRows(
  connection: Connection,
  snapshots: Snapshots,
  { before, after, columns, updatedKey, rewritten }: WholeRows,
): WholeRowLosses {
  const all = [...columns, ...updatedKey];
  const count = (from: string): number => connection.integer(`SELECT count(*) FROM ${from}`);
  // Rows without a column to compare can only be counted.
  if (all.length === 0) {
    return { rows: Math.max(count(before) - count(after), 0), values: [], gone: null };
  }
  const former = snapshots.copy(before, all.map((column) => column.before), all.length);
  const present = snapshots.copy(after, all.map((column) => column.after), all.length);
  // Groups of rows that are equal in the first `width` columns, and how many of each are left.
  const groups = (width: number): { readonly from: string; readonly left: string } => {
    const names = Array.from({ length: width }, (_, at) => `c${at}`);
    const equal = names.map((name) => `a.${name} IS b.${name}`).join(" AND ") || "1";
    const grouped = names.length === 0 ? "" : `GROUP BY ${names.join(", ")}`;
    return {
      from: `FROM (SELECT count(*) AS n, * FROM ${former} ${grouped}) b`,
      left: `(SELECT count(*) FROM ${present} a WHERE ${equal})`,
    };
  };
  const stay = (width: number): number => {
    const { from, left } = groups(width);
    return connection.integer(`SELECT total(min(n, ${left})) ${from}`);
  };
  const kept = stay(columns.length);
  const withOtherKey = updatedKey.length === 0 ? 0 : kept - stay(all.length);
  const withoutEqual = count(former) - kept;
  // A row that is not gone and has no equal is one whose values were overwritten.
  const valuesIn = ({ before: column }: NamedPair): number =>
    Math.min(withoutEqual, connection.integer(`SELECT count(${column}) FROM ${before}`));
  const overwritten = [
    ...updatedKey.map((pair) => ({ pair, replaced: withOtherKey })),
    ...(rewritten ?? []).map((pair) => ({ pair, replaced: valuesIn(pair) })),
  ];
  const { from, left } = groups(columns.length);
  return {
    gone: {
      columns: all.map(({ name }, at) => ({ name, sql: `b.c${at}` })),
      from: `${from} WHERE b.n > ${left}`,
    },
    rows: rewritten === null ? withoutEqual : 0,
    values: sumLosses(
      overwritten.map(({ pair, replaced }) => ({ column: pair.name, vanished: 0, replaced })),
    ),
  };
}
