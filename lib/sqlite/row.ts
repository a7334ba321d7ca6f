// Reads typed values from rows. A value of another type means that the table is damaged.

import type { Row } from "./connection.ts";
import { SqliteError } from "./sqlite_error.ts";

/** The text in a column. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw unexpected(column, "a text");
}

/** The text in a column, or `null`. */
export function nullableTextOf(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

/** The integer in a column. */
export function integerOf(row: Row, column: string): number {
  const value = Number(row[column] ?? NaN);
  if (Number.isSafeInteger(value)) return value;
  throw unexpected(column, "an integer");
}

/** The integer in a column, or `null`. */
export function nullableIntegerOf(row: Row, column: string): number | null {
  return row[column] === null ? null : integerOf(row, column);
}

function unexpected(column: string, expected: string): SqliteError {
  const message =
    `The column ${column} does not hold ${expected}; the table is damaged or has another form`;
  return new SqliteError({ code: "SQLITE_CORRUPT", message, offset: null });
}
