// Compares the rows of a table by key, in one scan and with one look-up for each row.

import type { Connection } from "../sqlite/connection.ts";
import { integerOf } from "../sqlite/row.ts";
import { differs, isLost, joinSides, type Sides } from "./sides.ts";

/** What a comparison found. */
export interface RowLosses {
  /** Rows of which no row with the same key is left. */
  readonly rows: number;
  /** By column, the values lost from rows that are left; of a dropped column, all its values. */
  readonly values: readonly ColumnLoss[];
}

/** Values that a column lost. */
export interface ColumnLoss {
  readonly column: string;
  /** Values in whose place there is NULL, or no column any more. */
  readonly vanished: number;
  /** Values in whose place there is another one. */
  readonly replaced: number;
}

// SQLite limits the columns of a result and the depth of an expression:
// https://sqlite.org/limits.html
const MAX_COLUMNS = 400;

/**
 * Counts the rows of `before` that `after` does not have, and the values of columns that it keeps.
 */
export function compareByKey(connection: Connection, sides: Sides): RowLosses {
  const [first] = sides.key;
  if (first === undefined) throw new Error("Rows are compared by a key of no columns");
  const isGone = `a.${first.after} IS NULL`;
  let rows = 0;
  const values: ColumnLoss[] = [];
  for (let at = 0; at === 0 || at < sides.kept.length; at += MAX_COLUMNS) {
    const columns = sides.kept.slice(at, at + MAX_COLUMNS).map(({ name, before, after }) => ({
      name,
      before: `b.${before}`,
      after: `a.${after}`,
    }));
    // The values of a lost row are not counted again. Only rows that are not as before reach the
    // counts, whose conditions end, unlike those of a sum, where they are decided.
    const counts = columns.flatMap(({ before, after }, index) => [
      `count(*) FILTER (WHERE NOT ${isGone} AND ${before} IS NOT NULL AND ${after} IS NULL) AS v${index}`,
      `count(*) FILTER (WHERE ${after} IS NOT NULL AND ${isLost(before, after)}) AS r${index}`,
    ]);
    const changed = [isGone, ...columns.map(({ before, after }) => differs(before, after))];
    const [row] = connection.rows(
      `SELECT ${[`count(*) FILTER (WHERE ${isGone}) AS gone`, ...counts].join(", ")}
       ${joinSides(sides, "LEFT JOIN")} WHERE ${changed.join(" OR ")}`,
    );
    if (row === undefined) throw new Error("A count returned no row");
    rows = integerOf(row, "gone");
    values.push(...columns.map(({ name: column }, index) => ({
      column,
      vanished: integerOf(row, `v${index}`),
      replaced: integerOf(row, `r${index}`),
    })));
  }
  return { rows, values: values.filter(({ vanished, replaced }) => vanished + replaced > 0) };
}

/** Counts the values of dropped columns. */
export function countDropped(
  connection: Connection,
  { before, dropped }: Pick<Sides, "before" | "dropped">,
): readonly ColumnLoss[] {
  return dropped.flatMap(({ name: column, before: name }) => {
    const vanished = connection.integer(`SELECT count(${name}) FROM ${before}`);
    return vanished === 0 ? [] : [{ column, vanished, replaced: 0 }];
  });
}

/** Adds up what each column lost. */
export function sumLosses(losses: readonly ColumnLoss[]): readonly ColumnLoss[] {
  const byColumn = Map.groupBy(losses, ({ column }) => column);
  return [...byColumn].map(([column, parts]) => ({
    column,
    vanished: parts.reduce((total, { vanished }) => total + vanished, 0),
    replaced: parts.reduce((total, { replaced }) => total + replaced, 0),
  })).filter(({ vanished, replaced }) => vanished + replaced > 0);
}
