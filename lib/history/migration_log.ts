// The log in a plugin's database: one row for each attempt to apply or roll back a migration.

import type { DataLossMessage } from "../message/reply.ts";
import type { HistoryStatus } from "../plan/history.ts";
import type { Direction } from "../plan/select_steps.ts";
import type { Connection, Row } from "../sqlite/connection.ts";
import { integerOf, nullableIntegerOf, nullableTextOf, textOf } from "../sqlite/row.ts";
import type { SchemaChange } from "../sqlite/schema_diff.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import type { SqlValue } from "../sqlite/sqlite3.ts";
import type { StoredText } from "./file_text.ts";

/** Columns that a log made by an older godwit, or by another program, may not have. */
const LATER_COLUMNS = {
  run_id: "TEXT",
  backup: "TEXT",
  changes: "TEXT",
  data_loss: "TEXT",
  file_text: "BLOB",
} as const;

const CREATE_LOG = `
CREATE TABLE IF NOT EXISTS plugin_schema_migration_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plugin_name TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    direction TEXT NOT NULL,
    outcome TEXT NOT NULL,
    logged_at TIMESTAMP NOT NULL,
    logged_by TEXT NOT NULL,
    error_message TEXT,
    execution_time_ms INTEGER,
    plan_hash TEXT NOT NULL,
${Object.entries(LATER_COLUMNS).map(([name, type]) => `    ${name} ${type}`).join(",\n")}
);`;

type LaterColumn = keyof typeof LATER_COLUMNS;

/** One attempt to apply or roll back a migration. */
export interface Attempt {
  readonly direction: Direction;
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly executionTimeMs: number;
  readonly planHash: string;
  readonly runId: string;
  /** Why it failed; `null` where it succeeded. */
  readonly error: string | null;
  /** The name of the run's backup; `null` where none was made before it, or nothing was kept. */
  readonly backup: string | null;
  readonly changes: readonly SchemaChange[];
  readonly dataLoss: readonly DataLossMessage[];
  /** The text of the file that was applied; `null` in a rollback and a failure. */
  readonly fileText: StoredText | null;
}

/** One row of the log. A row of an older godwit lacks what is `null` without further words. */
export interface LogEntry {
  /** Its `id` in the log. */
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly direction: Direction;
  readonly outcome: HistoryStatus;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  /** Why it failed; `null` where it succeeded. */
  readonly errorMessage: string | null;
  readonly executionTimeMs: number | null;
  readonly planHash: string;
  readonly runId: string | null;
  /** `null` as in `Attempt`, too. */
  readonly backup: string | null;
  /** JSON. */
  readonly changes: string | null;
  /** JSON. */
  readonly dataLoss: string | null;
  /** Whether the row keeps the text of the file. */
  readonly hasText: boolean;
}

/** A row of the log that is none of godwit's. */
export interface UnreadableRow {
  /** Its `id` in the log. */
  readonly id: number;
  /** What is wrong with it. */
  readonly problem: string;
}

/** Which rows of the log to read. */
export interface LogRange {
  readonly limit: number;
  readonly offset: number;
}

/** A page of the log, newest first, and the number of all its rows. */
export interface LogPage {
  readonly rows: readonly (LogEntry | UnreadableRow)[];
  readonly total: number;
}

/** Makes the log where it is missing, and adds the columns that an older one does not have. */
export function createLog(connection: Connection): void {
  connection.exec(CREATE_LOG);
  const known = columnsOf(connection);
  for (const [column, type] of Object.entries(LATER_COLUMNS)) {
    if (known.has(column)) continue;
    connection.exec(`ALTER TABLE main.plugin_schema_migration_log ADD COLUMN ${column} ${type}`);
  }
}

/** Adds a row. Call it where `createLog()` was called. */
export function appendToLog(
  connection: Connection,
  plugin: string,
  attempt: Attempt & { readonly outcome: HistoryStatus },
): void {
  connection.rows(
    `INSERT INTO main.plugin_schema_migration_log
       (plugin_name, version, name, checksum, direction, outcome, logged_at, logged_by,
        error_message, execution_time_ms, plan_hash, run_id, backup, changes, data_loss, file_text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      plugin,
      attempt.version,
      attempt.name,
      attempt.checksum,
      attempt.direction,
      attempt.outcome,
      attempt.at,
      attempt.by,
      attempt.error,
      attempt.executionTimeMs,
      attempt.planHash,
      attempt.runId,
      attempt.backup,
      JSON.stringify(attempt.changes),
      JSON.stringify(attempt.dataLoss),
      attempt.fileText,
    ],
  );
}

/** Reads a page of a plugin's attempts; an empty one where there is no log yet. */
export function readLog(
  connection: Connection,
  plugin: string,
  { limit, offset }: LogRange,
): LogPage {
  const known = columnsOf(connection);
  if (known.size === 0) return { rows: [], total: 0 };
  const later = (column: LaterColumn): string => known.has(column) ? column : `NULL`;
  const rows = connection.rows(
    `SELECT id, version, name, checksum, direction, outcome, logged_at, logged_by, error_message,
            execution_time_ms, plan_hash, ${later("run_id")} AS run_id,
            ${later("backup")} AS backup, ${later("changes")} AS changes,
            ${later("data_loss")} AS data_loss, ${later("file_text")} IS NOT NULL AS has_text
       FROM main.plugin_schema_migration_log
      WHERE plugin_name = ? ORDER BY id DESC LIMIT ? OFFSET ?`,
    [plugin, limit, offset],
  ).map(readRow);
  const total = connection.integer(
    "SELECT count(*) FROM main.plugin_schema_migration_log WHERE plugin_name = ?",
    [plugin],
  );
  return { rows, total };
}

/** An applied version and the checksum that it was applied with. */
interface AppliedFile {
  readonly version: number;
  readonly checksum: string;
}

/** Those of `files` whose text the log has. */
export function filesInLog<File extends AppliedFile>(
  connection: Connection,
  plugin: string,
  files: readonly File[],
): readonly File[] {
  if (files.length === 0 || !columnsOf(connection).has("file_text")) return [];
  const rows = connection.rows(
    `SELECT DISTINCT version, checksum FROM main.plugin_schema_migration_log
      WHERE plugin_name = ? AND ${HAS_TEXT}`,
    [plugin],
  );
  const kept = new Set(
    rows.map((row) => `${integerOf(row, "version")} ${textOf(row, "checksum")}`),
  );
  return files.filter(({ version, checksum }) => kept.has(`${version} ${checksum}`));
}

/** The stored text of a file that `filesInLog()` names, as it was last applied. */
export function readFileText(
  connection: Connection,
  plugin: string,
  { version, checksum }: AppliedFile,
): SqlValue {
  return connection.value(
    `SELECT file_text FROM main.plugin_schema_migration_log
      WHERE plugin_name = ? AND version = ? AND checksum = ? AND ${HAS_TEXT}
      ORDER BY id DESC LIMIT 1`,
    [plugin, version, checksum],
  );
}

const HAS_TEXT = `outcome = 'applied' AND file_text IS NOT NULL
  AND typeof(version) = 'integer' AND typeof(checksum) = 'text'`;

/** The columns of the log, in lower case; none where there is no log. */
function columnsOf(connection: Connection): ReadonlySet<string> {
  const rows = connection.rows(
    "SELECT lower(name) AS name FROM pragma_table_info('plugin_schema_migration_log', 'main')",
  );
  return new Set(rows.map((row) => textOf(row, "name")));
}

function readRow(row: Row): LogEntry | UnreadableRow {
  const id = Number(row["id"]);
  try {
    return readEntry(id, row);
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    return { id, problem: error.message };
  }
}

function readEntry(id: number, row: Row): LogEntry {
  return {
    id,
    version: integerOf(row, "version"),
    name: textOf(row, "name"),
    checksum: textOf(row, "checksum"),
    direction: oneOf(row, "direction", ["apply", "rollback"]),
    outcome: oneOf(row, "outcome", ["applied", "rolled_back", "failed"]),
    at: textOf(row, "logged_at"),
    by: textOf(row, "logged_by"),
    errorMessage: nullableTextOf(row, "error_message"),
    executionTimeMs: nullableIntegerOf(row, "execution_time_ms"),
    planHash: textOf(row, "plan_hash"),
    runId: nullableTextOf(row, "run_id"),
    backup: nullableTextOf(row, "backup"),
    changes: nullableTextOf(row, "changes"),
    dataLoss: nullableTextOf(row, "data_loss"),
    hasText: integerOf(row, "has_text") === 1,
  };
}

function oneOf<Value extends string>(row: Row, column: string, values: readonly Value[]): Value {
  const found = textOf(row, column);
  const value = values.find((each) => each === found);
  if (value !== undefined) return value;
  const message = `The column ${column} holds the unknown "${found}"`;
  throw new SqliteError({ code: "SQLITE_CORRUPT", message, offset: null });
}
