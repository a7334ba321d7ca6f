// The filters of the table browser, as conditions of SQL. Pure; runs anywhere.

import { quoteIdentifier, quoteText } from "../../sqlite/quote.ts";
import type { SqlValue } from "../../sqlite/sqlite3.ts";

/** What can be typed into a filter. */
export const FILTER_HINT =
  "Type a part of a text, or a comparison: = 5, != 5, < 5, >= 5, null, not null";

const COMPARISON = /^(=|!=|<>|<=|>=|<|>)\s?(.*)$/s;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The condition of a filter: `ada` finds parts of texts, `>= 10` compares, `null` finds NULL. The
 * name of the column is qualified, because SQLite may take an unknown one in quotes for a text.
 */
export function filterCondition(table: string, column: string, text: string): string {
  const name = `${quoteIdentifier(table)}.${quoteIdentifier(column)}`;
  const word = text.trim().toLowerCase();
  if (word === "null") return `${name} IS NULL`;
  if (word === "not null") return `${name} IS NOT NULL`;
  const [, sign, value = ""] = COMPARISON.exec(text.trimStart()) ?? [];
  if (sign === undefined) {
    const part = text.replace(/[\\%_]/g, "\\$&");
    return `${name} LIKE ${quoteText(`%${part}%`)} ESCAPE '\\'`;
  }
  const isOther = sign === "!=" || sign === "<>";
  return `${name} ${isOther ? "IS NOT" : sign} ${operand(value)}`;
}

/** The filter that finds a value; `null` where no text of a filter does. */
export function filterFor(value: SqlValue): string | null {
  if (value === null) return "null";
  if (typeof value === "object") return null;
  const text = String(value);
  return text.length <= 200 && !/\p{Cc}/u.test(text) ? `= ${text}` : null;
}

// A number is compared as one where the column has no type; a typed column converts either.
function operand(text: string): string {
  return NUMBER.test(text.trim()) ? text.trim() : quoteText(text);
}
