// Builds the shadow on which migrations are rehearsed: the live schema in memory, without rows.

import { Connection } from "../sqlite/connection.ts";
import type { Schema } from "../sqlite/schema.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { createHistoryTables } from "./history_table.ts";

/** Replays a schema verbatim into a new database in memory. */
export function buildShadow(sqlite3: Sqlite3, schema: Schema): Connection {
  const shadow = new Connection(sqlite3, { kind: "memory" });
  // Old schemas write text in double quotes, which SQLite accepts from a file but not from CREATE.
  shadow.configure(sqlite3.capi.SQLITE_DBCONFIG_DQS_DDL, true);
  createHistoryTables(shadow);
  // Triggers and indexes need their tables; a virtual table makes its shadow tables itself.
  for (const part of [schema.tables, schema.indexes, schema.views, schema.triggers]) {
    for (const { sql } of part) shadow.exec(sql);
  }
  shadow.configure(sqlite3.capi.SQLITE_DBCONFIG_DQS_DDL, false);
  return shadow;
}
