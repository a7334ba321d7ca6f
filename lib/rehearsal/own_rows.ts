// Finds out whether the rows of a virtual table are its own, and can be read.

import { type Access, isTemporary, isWrite } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Table } from "../sqlite/schema.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";

/**
 * Whether a virtual table has rows that are nowhere else and can be read, tried out on the shadow.
 * An index of another table can be rebuilt, which FTS5 refuses for a contentless table. Some tables
 * cannot be scanned at all: https://sqlite.org/fts5.html#contentless_tables
 */
export function hasOwnRows(connection: Connection, { name, kind }: Table): boolean {
  const table = `main.${quoteIdentifier(name)}`;
  if (failureOf(connection, `SELECT count(*) FROM ${table}`) !== null) return false;
  if (kind !== "index") return true;
  const rebuild = `INSERT INTO ${table} (${quoteIdentifier(name)}) VALUES ('rebuild')`;
  const failure = connection.undoing(() => failureOf(connection, rebuild));
  return failure?.includes("contentless") ?? false;
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

/** The virtual tables that a statement writes to or drops. */
export function virtualTables(
  accesses: readonly Access[],
  find: (name: string) => Table | null,
): ReadonlySet<Table> {
  return new Set(accesses.flatMap((access) => {
    if (isTemporary(access)) return [];
    const name = isWrite(access)
      ? access.table
      : access.kind === "drop" && access.object === "table"
      ? access.name
      : null;
    const table = name === null ? null : find(name);
    return table === null || table.kind === "table" ? [] : [table];
  }));
}
