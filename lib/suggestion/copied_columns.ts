// Adds the columns that an INSERT of a rebuild forgets to both of its lists. Pure; runs anywhere.

import type { Section } from "../migration/migration.ts";
import type { ForgottenColumn } from "../rehearsal/forgotten_columns.ts";
import { tokensOf } from "../sqlite/tokens.ts";
import { type TextEdit, withEdits } from "./text_edits.ts";

/** The section with columns added; those stay away of which it is not clear where they belong. */
export function withCopiedColumns(
  { sql, line }: Section,
  forgotten: readonly ForgottenColumn[],
  write: (name: string) => string,
): string {
  const lines = sql.split("\n");
  const indexOf = ({ place: { position } }: ForgottenColumn): number => {
    const before = lines.slice(0, position.line - line);
    const start = before.reduce((sum, { length }) => sum + length + 1, 0);
    const text = [...lines[position.line - line] ?? ""].slice(0, position.column - 1).join("");
    return start + text.length;
  };
  const byStatement = Map.groupBy(forgotten, indexOf);
  const edits = [...byStatement].flatMap(([start, columns]) => {
    const list = columns.map(({ column }) => `, ${write(column)}`).join("");
    return ends(sql.slice(start)).map((end): TextEdit => ({
      start: start + end,
      end: start + end,
      text: list,
    }));
  });
  return withEdits(sql, edits);
}

// A row of these is more than one row of the old table, or a column by its position.
const UNCLEAR = ["DISTINCT", "GROUP", "UNION", "EXCEPT", "INTERSECT", "VALUES"];

/** Where the lists of `INSERT INTO t (...) SELECT ... FROM` end; none where it is another one. */
function ends(sql: string): readonly number[] {
  const found: number[] = [];
  let depth = 0;
  let last = 0;
  let isSelect = false;
  for (const { text, start } of tokensOf(sql)) {
    const word = text.toUpperCase();
    if (text === ";") break;
    if (depth === 0 && (UNCLEAR.includes(word) || word === "WITH")) return [];
    if (text === ")" && depth === 1 && found.length === 0) found.push(last);
    if (word === "SELECT" && depth === 0) isSelect = true;
    if (word === "FROM" && depth === 0 && isSelect && found.length === 1) found.push(last);
    if (text === "(") depth += 1;
    if (text === ")") depth -= 1;
    last = start + text.length;
  }
  return found.length === 2 ? found : [];
}
