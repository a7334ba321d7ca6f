// Which table or column is probably meant by a name that does not exist.

import { closest, distance } from "fastest-levenshtein";
import type { Connection, Row } from "./connection.ts";
import { foldName } from "./fold_name.ts";
import { textOf } from "./row.ts";
import { unlessRefused } from "./unless_refused.ts";

// What SQLite says where it prepares a statement:
// https://sqlite.org/src/file/src/resolve.c and build.c
const NO_TABLE = /^no such table: (?:.*\.)?([^.]+)$/;
const NO_COLUMN =
  /^(?:no such column: (?:.*\.)?"?([^."]+)"?(?: - .*)?|table \S+ has no column named (.+))$/;

const TABLES = "SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view')";
// Of the tables that the statement names; SQLite cannot read those of a broken view.
const COLUMNS =
  `SELECT DISTINCT c.name FROM main.sqlite_schema AS t, pragma_table_xinfo(t.name) AS c
WHERE t.type IN ('table', 'view') AND instr(lower(?1), lower(t.name)) > 0`;

/**
 * SQLite's message about a statement, with the name that is probably meant where it has a typing
 * error: `no such table: qoutes; did you mean quotes?`
 */
export function withMeantName(connection: Connection, message: string, sql: string): string {
  const table = NO_TABLE.exec(message)?.[1];
  if (table !== undefined) return withNearest(message, table, connection.rows(TABLES));
  const [, column, target] = NO_COLUMN.exec(message) ?? [];
  const wrong = column ?? target;
  if (wrong === undefined) return message;
  const rows = unlessRefused(() => connection.rows(COLUMNS, [sql]));
  return withNearest(message, wrong, rows ?? []);
}

function withNearest(message: string, wrong: string, rows: readonly Row[]): string {
  const names = new Map(
    rows.map((row) => textOf(row, "name")).map((name) => [foldName(name), name]),
  );
  if (names.size === 0) return message;
  const nearest = closest(foldName(wrong), [...names.keys()]);
  // One letter in three may be wrong; a name of two letters is near to any other.
  const isNear = distance(foldName(wrong), nearest) <= Math.floor(wrong.length / 3);
  return isNear ? `${message}; did you mean ${names.get(nearest)}?` : message;
}
