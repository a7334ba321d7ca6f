// Builds the shadow on which migrations are rehearsed: the live schema in memory, without rows.

import { createHistoryTables } from "../history/history_table.ts";
import { Connection } from "../sqlite/connection.ts";
import type { Schema } from "../sqlite/schema.ts";
import { entriesOf, type SchemaEntry } from "../sqlite/schema_slice.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { isUnavailable, SqliteError } from "../sqlite/sqlite_error.ts";

/** An object of the live schema that this SQLite cannot load. */
export interface MissingObject {
  readonly object: SchemaEntry["type"];
  readonly name: string;
  /** What SQLite says, such as `no such module: fts4`. */
  readonly message: string;
}

/** A database in memory, and what of the live schema it is missing. */
export interface Shadow extends Disposable {
  readonly connection: Connection;
  readonly missing: readonly MissingObject[];
}

/**
 * Replays a schema verbatim into a new database in memory. What this SQLite cannot load, because a
 * program made it with a module, a function or a collation of its own, is left out, with all that
 * is attached to it.
 */
export function buildShadow(sqlite3: Sqlite3, schema: Schema): Shadow {
  const shadow = new Connection(sqlite3, { kind: "memory" });
  // Old schemas write text in double quotes, which SQLite accepts from a file but not from CREATE.
  shadow.configure(sqlite3.capi.SQLITE_DBCONFIG_DQS_DDL, true);
  createHistoryTables(shadow);
  const missing: MissingObject[] = [];
  // Views may have triggers; a virtual table makes its shadow tables itself.
  const order: readonly SchemaEntry["type"][] = ["table", "index", "view", "trigger"];
  const entries = Map.groupBy(entriesOf(schema), ({ type }) => type);
  for (const { type, object } of order.flatMap((each) => entries.get(each) ?? [])) {
    if ("table" in object && missing.some(({ name }) => name === object.table)) continue;
    const message = replay(shadow, object.sql);
    if (message !== null) missing.push({ object: type, name: object.name, message });
  }
  shadow.configure(sqlite3.capi.SQLITE_DBCONFIG_DQS_DDL, false);
  return { connection: shadow, missing, [Symbol.dispose]: () => shadow.close() };
}

function replay(shadow: Connection, sql: string): string | null {
  try {
    shadow.exec(sql);
    return null;
  } catch (error) {
    if (!(error instanceof SqliteError) || isUnavailable(error.failure.code)) throw error;
    return error.failure.message;
  }
}
