// The statement that changes one cell. Pure; runs anywhere.

import { sqlLiteral } from "../../sqlite/literal.ts";
import { quoteIdentifier } from "../../sqlite/quote.ts";
import type { SqlValue } from "../../sqlite/sqlite3.ts";

/** What a cell can be changed to. */
export type CellInput =
  | { readonly kind: "null" }
  | { readonly kind: "text" | "number"; readonly text: string };

const INTEGER = /^[+-]?\d+$/;
const REAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** The input that has the present value of a cell; `null` for a blob, which is not edited here. */
export function inputFor(value: SqlValue): CellInput | null {
  if (value === null) return { kind: "null" };
  if (value instanceof Uint8Array || typeof value === "object") return null;
  return { kind: typeof value === "string" ? "text" : "number", text: String(value) };
}

/** The statement; `null` where the text is no number. */
export function updateStatement(
  table: string,
  column: string,
  input: CellInput,
  where: string,
): string | null {
  const value = literalOf(input);
  return value === null
    ? null
    : `UPDATE ${quoteIdentifier(table)} SET ${quoteIdentifier(column)} = ${value} WHERE ${where}`;
}

function literalOf(input: CellInput): string | null {
  switch (input.kind) {
    case "null":
      return "NULL";
    case "text":
      return sqlLiteral(input.text);
    case "number": {
      const text = input.text.trim();
      return INTEGER.test(text) || REAL.test(text) ? text : null;
    }
  }
  input satisfies never;
}
