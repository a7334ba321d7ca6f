// Reads what a database file has in it, before it is imported. Loaded on demand; runs where SQLite
// runs.

import { historyOwners, readHistory } from "../../history/history_table.ts";
import { readIntactText } from "../../history/logged_files.ts";
import { filesInLog } from "../../history/migration_log.ts";
import { formatFileName } from "../../migration/file_name.ts";
import type { Outcome } from "../../outcome.ts";
import { appliedEntries } from "../../plan/history.ts";
import { isReserved } from "../../plan/reserved_names.ts";
import type { Connection } from "../../sqlite/connection.ts";
import { readSchema } from "../../sqlite/schema_follower.ts";
import type { Sqlite3 } from "../../sqlite/sqlite3.ts";
import type { DatabaseReading, Draft } from "../sandbox.ts";
import { baselineOf } from "./baseline.ts";
import { openDatabaseFile } from "./import_database.ts";

/** Reads the bytes of a database file. */
export async function readDatabase(
  sqlite3: Sqlite3,
  bytes: Uint8Array,
): Promise<Outcome<DatabaseReading>> {
  const opened = openDatabaseFile(sqlite3, null, bytes);
  if (!opened.ok) return opened;
  using connection = opened.value;
  const schema = readSchema(connection, isReserved);
  const owners = historyOwners(connection);
  const [owner] = owners;
  return {
    ok: true,
    value: {
      tables: [...schema.tables, ...schema.views].map(({ name }) => name),
      owners,
      files: owner === undefined ? [] : await filesOf(connection, owner),
      baseline: owner === undefined ? await baselineOf(sqlite3, schema) : null,
    },
  };
}

/** The files that a plugin's log has of what is applied. */
async function filesOf(connection: Connection, plugin: string): Promise<readonly Draft[]> {
  const files: Draft[] = [];
  for (
    const entry of filesInLog(connection, plugin, appliedEntries(readHistory(connection, plugin)))
  ) {
    const text = await readIntactText(connection, plugin, entry);
    if (text !== null) files.push({ file: formatFileName(entry), text });
  }
  return files;
}
