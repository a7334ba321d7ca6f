// Which table or column is probably meant by a name that does not exist.

import { closest, distance } from "fastest-levenshtein";
import type { Connection } from "./connection.ts";
import { foldName } from "./fold_name.ts";
import { textOf } from "./row.ts";
import { nameOf, tokensOf } from "./tokens.ts";
import { unlessRefused } from "./unless_refused.ts";

// What SQLite says where it prepares a statement:
// https://sqlite.org/src/file/src/resolve.c and build.c
const NO_TABLE = /^no such table: (?:main\.)?([^.]+)$/;
const NO_COLUMN = /^no such column: (?:(?:main\.)?([^.]+)\.)?"?([^."]+)"?(?: - .*)?$/;
const NO_TARGET = /^table (\S+) has no column named (.+)$/;

const TABLES = "SELECT name FROM main.sqlite_schema WHERE type IN ('table', 'view')";
const COLUMNS = "SELECT name FROM pragma_table_xinfo(?)";

/**
 * SQLite's message about a statement, with the name that is probably meant where it has a typing
 * error: `no such table: qoutes; did you mean quotes?` A column is one of the table that the message
 * names, or of those that the statement names.
 */
export function withMeantName(connection: Connection, message: string, sql: string): string {
  const [, table] = NO_TABLE.exec(message) ?? [];
  if (table !== undefined) return withNearest(message, table, tablesOf(connection));
  const [, target, missing] = NO_TARGET.exec(message) ?? [];
  if (target !== undefined && missing !== undefined) {
    return withNearest(message, missing, columnsOf(connection, [target]));
  }
  const [, qualifier, column] = NO_COLUMN.exec(message) ?? [];
  if (column === undefined) return message;
  const named = namedIn(sql, tablesOf(connection), qualifier);
  return withNearest(message, column, columnsOf(connection, named));
}

/** The tables that a statement names; with a qualifier, the one that it is the name or alias of. */
function namedIn(
  sql: string,
  tables: readonly string[],
  qualifier: string | undefined,
): readonly string[] {
  const words = [...tokensOf(sql)].map((token) => foldName(nameOf(token)));
  const named = tables.filter((table) => words.includes(foldName(table)));
  if (qualifier === undefined) return named;
  const wanted = foldName(qualifier);
  const isAliased = (table: string): boolean =>
    words.some((word, at) =>
      word === foldName(table) && words[words[at + 1] === "as" ? at + 2 : at + 1] === wanted
    );
  return named.filter((table) => foldName(table) === wanted || isAliased(table));
}

function tablesOf(connection: Connection): readonly string[] {
  return connection.rows(TABLES).map((row) => textOf(row, "name"));
}

/** Their columns; none of a view that is broken. */
function columnsOf(connection: Connection, tables: readonly string[]): readonly string[] {
  return tables.flatMap((table) =>
    unlessRefused(() => connection.rows(COLUMNS, [table]).map((row) => textOf(row, "name"))) ?? []
  );
}

function withNearest(message: string, wrong: string, existing: readonly string[]): string {
  const names = new Map(existing.map((name) => [foldName(name), name]));
  // It exists, where the statement may not use it.
  if (names.size === 0 || names.has(foldName(wrong))) return message;
  const nearest = closest(foldName(wrong), [...names.keys()]);
  // One letter in three may be wrong; a name of two letters is near to any other.
  const isNear = distance(foldName(wrong), nearest) <= Math.floor(wrong.length / 3);
  return isNear ? `${message}; did you mean ${names.get(nearest)}?` : message;
}
