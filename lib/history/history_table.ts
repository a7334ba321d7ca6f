// Reads and writes the tracking table in a plugin's database, and adds to the log beside it.

import type { History, HistoryEntry, HistoryStatus } from "../plan/history.ts";
import type { Connection, Row } from "../sqlite/connection.ts";
import { integerOf, nullableIntegerOf, nullableTextOf, textOf } from "../sqlite/row.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import { appendToLog, type Attempt, createLog } from "./migration_log.ts";

const CREATE_TABLE = `
CREATE TABLE IF NOT EXISTS plugin_schema_migrations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plugin_name TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at TIMESTAMP NOT NULL,
    applied_by TEXT NOT NULL,
    status TEXT NOT NULL,
    error_message TEXT,
    execution_time_ms INTEGER,
    UNIQUE(plugin_name, version)
);`;

/** Makes the tracking tables where they are missing, and brings an older log up to date. */
export function createHistoryTables(connection: Connection): void {
  connection.exec(CREATE_TABLE);
  createLog(connection);
  const sequences = connection.integer(
    "SELECT count(*) FROM main.sqlite_schema WHERE name = 'sqlite_sequence'",
  );
  // Another program's tracking tables may have no AUTOINCREMENT. A plugin's SQL finds
  // sqlite_sequence in every database, as it does in the rehearsal.
  if (sequences === 0) {
    connection.exec(
      `CREATE TABLE main.godwit_sequence (id INTEGER PRIMARY KEY AUTOINCREMENT);
       DROP TABLE main.godwit_sequence`,
    );
  }
}

const COLUMNS =
  "version, name, checksum, applied_at, applied_by, status, error_message, execution_time_ms";

/** Reads a plugin's history; empty where the tables are not there yet. */
export function readHistory(connection: Connection, plugin: string): History {
  if (!hasHistory(connection)) return [];
  return connection.rows(
    `SELECT ${COLUMNS} FROM main.plugin_schema_migrations WHERE plugin_name = ? ORDER BY version`,
    [plugin],
  ).map(readEntry);
}

/** The plugins whose history a database holds, by name. */
export function historyOwners(connection: Connection): readonly string[] {
  if (!hasHistory(connection)) return [];
  return connection.rows(
    "SELECT DISTINCT plugin_name FROM main.plugin_schema_migrations ORDER BY plugin_name",
  ).map((row) => textOf(row, "plugin_name"));
}

// Another program may have made the table with its name in another case; to SQLite it is the same.
function hasHistory(connection: Connection): boolean {
  return connection.integer(
    `SELECT count(*) FROM main.sqlite_schema
      WHERE type = 'table' AND name = 'plugin_schema_migrations' COLLATE NOCASE`,
  ) > 0;
}

function readEntry(row: Row): HistoryEntry {
  return {
    version: integerOf(row, "version"),
    name: textOf(row, "name"),
    checksum: textOf(row, "checksum"),
    appliedAt: textOf(row, "applied_at"),
    appliedBy: textOf(row, "applied_by"),
    status: statusOf(textOf(row, "status")),
    errorMessage: nullableTextOf(row, "error_message"),
    executionTimeMs: nullableIntegerOf(row, "execution_time_ms"),
  };
}

/**
 * Records an attempt, a line in the log and the version's row, and returns the row. A rollback that
 * failed leaves the migration applied, with the reason beside it. Call it in the transaction of the
 * migration itself.
 *
 * Triggers that another program has put on the tracking tables do not fire: their losses
 * are not counted, and they could delete the record itself.
 */
export function recordAttempt(
  connection: Connection,
  plugin: string,
  attempt: Attempt,
): HistoryEntry {
  const { SQLITE_DBCONFIG_ENABLE_TRIGGER } = connection.sqlite3.capi;
  connection.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
  try {
    return writeAttempt(connection, plugin, attempt);
  } finally {
    connection.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
  }
}

function writeAttempt(
  connection: Connection,
  plugin: string,
  attempt: Attempt,
): HistoryEntry {
  restoreSequences(connection);
  appendToLog(connection, plugin, { ...attempt, outcome: outcomeOf(attempt) });
  const [row] = attempt.direction === "rollback"
    ? recordRollback(connection, plugin, attempt)
    : recordApply(connection, plugin, attempt);
  if (row === undefined) {
    throw new Error(`Version ${attempt.version} of ${plugin} has no row to update`);
  }
  return readEntry(row);
}

// A plugin may write to sqlite_sequence, and with the greatest integer in it no row can be added.
// Any other number does no harm: https://sqlite.org/autoinc.html
function restoreSequences(connection: Connection): void {
  connection.exec(
    `UPDATE main.sqlite_sequence SET seq = CASE name COLLATE NOCASE
         WHEN 'plugin_schema_migrations'
         THEN (SELECT coalesce(max(id), 0) FROM main.plugin_schema_migrations)
         ELSE (SELECT coalesce(max(id), 0) FROM main.plugin_schema_migration_log) END
      WHERE seq > ${Number.MAX_SAFE_INTEGER}
        AND name COLLATE NOCASE IN ('plugin_schema_migrations', 'plugin_schema_migration_log')`,
  );
}

function recordApply(connection: Connection, plugin: string, attempt: Attempt): readonly Row[] {
  return connection.rows(
    `INSERT INTO main.plugin_schema_migrations
       (plugin_name, version, name, checksum, applied_at, applied_by, status, error_message,
        execution_time_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (plugin_name, version) DO UPDATE SET
       name = excluded.name, checksum = excluded.checksum, applied_at = excluded.applied_at,
       applied_by = excluded.applied_by, status = excluded.status,
       error_message = excluded.error_message, execution_time_ms = excluded.execution_time_ms
     RETURNING ${COLUMNS}`,
    [
      plugin,
      attempt.version,
      attempt.name,
      attempt.checksum,
      attempt.at,
      attempt.by,
      outcomeOf(attempt),
      attempt.error,
      attempt.executionTimeMs,
    ],
  );
}

function recordRollback(connection: Connection, plugin: string, attempt: Attempt): readonly Row[] {
  return connection.rows(
    `UPDATE main.plugin_schema_migrations
        SET status = CASE WHEN ?1 IS NULL THEN 'rolled_back' ELSE status END, error_message = ?1
      WHERE plugin_name = ?2 AND version = ?3 RETURNING ${COLUMNS}`,
    [attempt.error, plugin, attempt.version],
  );
}

function outcomeOf({ direction, error }: Attempt): HistoryStatus {
  if (error !== null) return "failed";
  return direction === "apply" ? "applied" : "rolled_back";
}

// An unknown status must not be taken for "pending".
function statusOf(status: string): HistoryStatus {
  if (status === "applied" || status === "rolled_back" || status === "failed") return status;
  const message = `plugin_schema_migrations holds the unknown status "${status}"`;
  throw new SqliteError({ code: "SQLITE_CORRUPT", message, offset: null });
}
