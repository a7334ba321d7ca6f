// Opens the bytes of a database file that a user imports. Loaded on demand; runs where SQLite runs.

import { foreignHistory } from "../../backup/judge_backup.ts";
import { readHistory } from "../../history/history_table.ts";
import { isReserved } from "../../plan/reserved_names.ts";
import { Connection } from "../../sqlite/connection.ts";
import { readSchema } from "../../sqlite/schema_follower.ts";
import type { Pointer, Sqlite3 } from "../../sqlite/sqlite3.ts";
import { SqliteError } from "../../sqlite/sqlite_error.ts";
import type { Failed, Outcome } from "../../outcome.ts";
import { hasDatabaseHeader } from "../../vfs/database_header.ts";

/**
 * Opens the bytes of a database file in memory. Refuses bytes that are damaged, that are not a
 * database, or that could not be migrated, because their history is that of another plugin than
 * `plugin`; `null` takes that of any. The caller closes the connection.
 */
export function openDatabaseFile(
  sqlite3: Sqlite3,
  plugin: string | null,
  bytes: Uint8Array,
): Outcome<Connection> {
  const problem = headerProblem(bytes);
  if (problem !== null) return { ok: false, code: "not-importable", message: problem };
  const connection = new Connection(sqlite3, { kind: "memory" });
  try {
    deserialize(connection, bytes);
    const check = connection.value("PRAGMA quick_check(1)");
    if (check !== "ok") {
      connection.close();
      return refuse(String(check));
    }
    readSchema(connection, isReserved);
    const other = historyProblem(connection, plugin);
    if (other === null) return { ok: true, value: connection };
    connection.close();
    return { ok: false, code: "not-importable", message: other };
  } catch (error) {
    connection.close();
    if (error instanceof SqliteError) return refuse(error.failure.message);
    throw error;
  }
}

/** Why the history in a database is not that of this plugin. */
function historyProblem(connection: Connection, plugin: string | null): string | null {
  try {
    readHistory(connection, plugin ?? "");
    const foreign = plugin === null ? null : foreignHistory(connection, plugin);
    return foreign === null
      ? null
      : `The file cannot be imported, and nothing was changed: ${foreign}; import it there`;
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return `The file contains a history that is not godwit's, and nothing was changed: ` +
      `${error.failure.message}; rename or drop plugin_schema_migrations in it`;
  }
}

function refuse(reason: string): Failed {
  return {
    ok: false,
    code: "not-importable",
    message: `The file is damaged, and nothing was changed: ${reason}; ` +
      `the sqlite3 shell may recover it with .recover`,
  };
}

// The layout of https://sqlite.org/fileformat2.html#the_database_header
function headerProblem(bytes: Uint8Array): string | null {
  if (!hasDatabaseHeader(bytes)) {
    return "The file is not a SQLite database, or it is encrypted; nothing was changed";
  }
  const encoding = new DataView(bytes.buffer, bytes.byteOffset).getUint32(56);
  return encoding <= 1
    ? null
    : "The database's text is UTF-16 and not UTF-8; convert it: sqlite3 old .dump | sqlite3 new";
}

function deserialize(connection: Connection, bytes: Uint8Array): void {
  const { capi, wasm } = connection.sqlite3;
  const pointer: Pointer = wasm.alloc(bytes.length);
  const heap = wasm.heap8u();
  heap.set(bytes, pointer);
  // A database in memory has no write-ahead log, and a header that requires one would not open.
  heap.fill(1, pointer + 18, pointer + 20);
  const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
  const code = capi.sqlite3_deserialize(
    connection.pointer,
    "main",
    pointer,
    bytes.length,
    bytes.length,
    flags,
  );
  if (code !== capi.SQLITE_OK) throw new SqliteError(connection.failure(code, null));
}
