// Compares a copy of a database with its source, before anything relies on the copy. Runs where
// SQLite runs.

import { readHistory } from "../history/history_table.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { textOf } from "../sqlite/row.ts";
import { isRefusal } from "../sqlite/sqlite_error.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";

/** What a comparison found. */
export type Proof =
  /** The copy is its source; `problem` is what `quick_check` says about both, `null` for "ok". */
  | { readonly kind: "same"; readonly problem: string | null }
  /** `difference` is the first one. */
  | { readonly kind: "different"; readonly difference: string };

/**
 * Compares `copy` with `source`: the findings of `quick_check`, the history of `plugin`, and the
 * number of rows of each table. A problem of the source is no difference: rows may violate a CHECK
 * that was added later, and a schema may need a function that only the plugin's program has.
 */
export function proveCopy(source: Connection, copy: Connection, plugin: string): Proof {
  const problem = checkProblem(copy);
  if (problem !== null && problem !== checkProblem(source)) {
    return { kind: "different", difference: `quick_check says: ${problem}` };
  }
  const histories = [source, copy].map((each) => JSON.stringify(readHistory(each, plugin)));
  if (histories[0] !== histories[1]) {
    return { kind: "different", difference: "the history is another one" };
  }
  const expected = countRows(source);
  const found = countRows(copy);
  for (const [table, rows] of expected) {
    const copied = found.get(table);
    if (copied === rows) continue;
    const difference = copied === undefined
      ? `table ${table} is missing`
      : `table ${table} has ${copied ?? "unreadable"} and not ${rows ?? "unreadable"} rows`;
    return { kind: "different", difference };
  }
  return found.size === expected.size
    ? { kind: "same", problem }
    : { kind: "different", difference: "it has other tables" };
}

/** What `quick_check` finds first, or why it cannot run; `null` for "ok". */
export function checkProblem(connection: Connection): string | null {
  try {
    const found = connection.check("PRAGMA main.quick_check(1)");
    return found === "ok" ? null : String(found);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.failure.message;
  }
}

/** The number of rows of each table; `null` for one that this SQLite cannot read. */
function countRows(connection: Connection): ReadonlyMap<string, number | null> {
  const tables = connection.rows(
    "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name",
  );
  return new Map(tables.map((row) => {
    const name = textOf(row, "name");
    return [name, countOf(connection, name)];
  }));
}

/** The number of rows of a table; `null` where this SQLite cannot read it. */
export function countOf(connection: Connection, table: string): number | null {
  return unlessRefused(() =>
    connection.integer(`SELECT count(*) FROM main.${quoteIdentifier(table)}`)
  );
}
