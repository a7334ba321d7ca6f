// Writes the columns into an INSERT whose SELECT * has them in another order. Pure; runs anywhere.

import type { MisplacedColumn } from "../rehearsal/misplaced_columns.ts";
import { type Token, tokensOf } from "../sqlite/tokens.ts";

/**
 * The INSERT with its columns named on both sides; `null` where the SELECT has more than one star.
 * `write` writes a name as SQL.
 */
export function namedInsert(
  sql: string,
  { shared }: MisplacedColumn,
  write: (name: string) => string,
): string | null {
  const tokens = [...tokensOf(sql)];
  const words = tokens.map(({ text }) => text.toUpperCase());
  const select = words.indexOf("SELECT");
  const from = words.indexOf("FROM", select);
  if (select === -1 || from === -1) return null;
  const isQuantified = words[select + 1] === "ALL" || words[select + 1] === "DISTINCT";
  const results = tokens.slice(select + (isQuantified ? 2 : 1), from);
  const table = sourceOf(results);
  const [first] = results;
  const last = results.at(-1);
  const start = tokens[words.indexOf("(")]?.start ?? Infinity;
  const selectStart = tokens[select]?.start ?? 0;
  if (table === null || first === undefined || last === undefined) return null;
  const targets = shared.map(write).join(", ");
  const sources = shared.map((name) => `${table}${write(name)}`).join(", ");
  const head = sql.slice(0, Math.min(start, selectStart)).trimEnd();
  return `${head} (${targets}) ${sql.slice(selectStart, first.start)}${sources}${
    sql.slice(last.start + last.text.length)
  }`;
}

/** What stands before the only star, such as `old.`; `null` where there is another result. */
function sourceOf(results: readonly Token[]): string | null {
  const [first, second, third] = results;
  if (results.length === 1 && first?.text === "*") return "";
  return results.length === 3 && second?.text === "." && third?.text === "*"
    ? `${first?.text}.`
    : null;
}
