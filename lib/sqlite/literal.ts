// Writes values as SQL literals, for statements that are shown to users. Pure; runs anywhere.

import { quoteText } from "./quote.ts";
import type { SqlValue } from "./sqlite3.ts";

/** A literal of the same value: https://sqlite.org/lang_expr.html#literal_values_constants_ */
export function sqlLiteral(value: SqlValue): string {
  if (value === null) return "NULL";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return numberLiteral(value);
  if (typeof value !== "string") return `X'${hexOf(value)}'`;
  // SQL text ends at a NUL character.
  return value.includes("\0")
    ? `CAST(X'${hexOf(new TextEncoder().encode(value))}' AS TEXT)`
    : quoteText(value);
}

/** The bytes of a blob as hex digits. */
export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function numberLiteral(value: number): string {
  if (Number.isNaN(value)) return "NULL";
  // SQLite has no word for infinity, and reads a number that is too large as one.
  if (!Number.isFinite(value)) return value > 0 ? "9e999" : "-9e999";
  return String(value);
}
