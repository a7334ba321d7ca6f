// Builds the shadow on which migrations are rehearsed: the live schema in memory, without rows.

import { Connection } from "../sqlite/connection.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { isUnavailable, SqliteError } from "../sqlite/sqlite_error.ts";
import { createHistoryTables } from "../history/history_table.ts";

/** Replays a schema verbatim into a new database in memory. */
export function buildShadow(sqlite3: Sqlite3, schema: Schema): Connection {
  const shadow = new Connection(sqlite3, { kind: "memory" });
  // Old schemas write text in double quotes, which SQLite accepts from a file but not from CREATE.
  shadow.configure(sqlite3.capi.SQLITE_DBCONFIG_DQS_DDL, true);
  createHistoryTables(shadow);
  // Triggers and indexes need their tables; a virtual table makes its shadow tables itself.
  const parts = {
    table: schema.tables,
    index: schema.indexes,
    view: schema.views,
    trigger: schema.triggers,
  };
  for (const [kind, objects] of Object.entries(parts)) {
    for (const { name, sql } of objects) replay(shadow, kind, name, sql);
  }
  shadow.configure(sqlite3.capi.SQLITE_DBCONFIG_DQS_DDL, false);
  return shadow;
}

// A program may have made it with a module, a function or a collation of its own.
function replay(shadow: Connection, kind: string, name: string, sql: string): void {
  try {
    shadow.exec(sql);
  } catch (error) {
    if (!(error instanceof SqliteError) || isUnavailable(error.failure.code)) throw error;
    const { code, message, offset } = error.failure;
    const what = `the ${kind} "${name}" cannot be rebuilt for a rehearsal: ${message}`;
    throw new SqliteError({ code, message: what, offset }, error);
  }
}
