// Compares the rows of a table by key, in one scan and with one look-up for each row.

import type { Connection, Row } from "../sqlite/connection.ts";
import { integerOf } from "../sqlite/row.ts";
import { differs, isLost, joinSides, type NamedPair, type Sides } from "./sides.ts";

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

/** Counts the rows and values of `before` that `after` does not have. */
export function compareByKey(connection: Connection, sides: Sides): RowLosses {
  const first = sides.key[0];
  if (first === undefined) throw new Error("Rows are compared by a key of no columns");
  const isGone = `a.${first.after} IS NULL`;
  const columns = [...sides.dropped, ...sides.kept];
  let rows = 0;
  const values: ColumnLoss[] = [];
  for (let at = 0; at === 0 || at < columns.length; at += MAX_COLUMNS) {
    const compared = columns.slice(at, at + MAX_COLUMNS).map((each) => comparison(each, isGone));
    const sums = compared.flatMap(({ vanished, replaced }, index) => [
      `total(${vanished}) AS v${index}`,
      `total(${replaced}) AS r${index}`,
    ]);
    // Only rows that are not as before reach the sums.
    const changed = [isGone, ...compared.map(({ changed }) => changed)].join(" OR ");
    const [row] = connection.rows(
      `SELECT ${[`total(${isGone}) AS gone`, ...sums].join(", ")}
       ${joinSides(sides, "LEFT JOIN")} WHERE ${changed}`,
    );
    if (row === undefined) throw new Error("A sum returned no row");
    rows = integerOf(row, "gone");
    values.push(...compared.map(({ name }, index) => columnLoss(row, name, index)));
  }
  return { rows, values: values.filter(({ vanished, replaced }) => vanished + replaced > 0) };
}

function columnLoss(row: Row, column: string, index: number): ColumnLoss {
  return {
    column,
    vanished: integerOf(row, `v${index}`),
    replaced: integerOf(row, `r${index}`),
  };
}

interface Comparison {
  readonly name: string;
  readonly changed: string;
  readonly vanished: string;
  readonly replaced: string;
}

// Of a column that stays, the values of a row that goes are not lost once more.
function comparison(column: NamedPair | Sides["dropped"][number], isGone: string): Comparison {
  const before = `b.${column.before}`;
  if (!("after" in column)) {
    const isThere = `${before} IS NOT NULL`;
    return { name: column.name, changed: isThere, vanished: isThere, replaced: "0" };
  }
  const after = `a.${column.after}`;
  return {
    name: column.name,
    changed: differs(before, after),
    vanished: `(${before} IS NOT NULL AND ${after} IS NULL AND NOT ${isGone})`,
    replaced: `(${after} IS NOT NULL AND ${isLost(before, after)})`,
  };
}
