// Finds out whether the rows of a virtual table are its own, and can be read.

import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Table } from "../sqlite/schema.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";

/**
 * Whether a virtual table can lose rows that are nowhere else, by what it says on the shadow. An index
 * of another table can be made again; FTS5 refuses that where it is contentless. Some tables cannot
 * be read row by row at all: https://sqlite.org/fts5.html#contentless_tables
 */
export function hasOwnRows(connection: Connection, { name, kind }: Table): boolean {
  const table = `main.${quoteIdentifier(name)}`;
  if (failureOf(connection, `SELECT count(*) FROM ${table}`) !== null) return false;
  if (kind !== "index") return true;
  connection.exec("SAVEPOINT godwit_own_rows");
  try {
    const rebuild = `INSERT INTO ${table} (${quoteIdentifier(name)}) VALUES ('rebuild')`;
    return failureOf(connection, rebuild)?.includes("contentless") ?? false;
  } finally {
    connection.exec("ROLLBACK TO godwit_own_rows; RELEASE godwit_own_rows");
  }
}

function failureOf(connection: Connection, sql: string): string | null {
  try {
    connection.exec(sql);
    return null;
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return error.message;
  }
}
