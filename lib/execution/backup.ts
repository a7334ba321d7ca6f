// Copies a live database before something destructive happens to it.

import { type Connection, uriOf } from "../sqlite/connection.ts";
import { adviseOn, SqliteError } from "../sqlite/sqlite_error.ts";
import type { Failed, Outcome } from "../outcome.ts";
import { StorageError } from "../vfs/storage.ts";

/** Where a plugin's backups go. */
export interface BackupPlace {
  /** Makes room for a new file and returns its path. Throws `StorageError` where it cannot. */
  newFile(name: string): string;
  /** Bytes free for backups; `null` where that cannot be known. */
  freeBytes(): number | null;
  /** Removes what there is of a file that could not be finished. */
  discard(path: string): void;
}

/** A backup that was made. */
export interface Backup {
  readonly path: string;
  /** Whether the free space could be read beforehand. */
  readonly spaceChecked: boolean;
}

/** A backup, or why there is none. */
export type BackupOutcome = Outcome<Backup, "unavailable">;

/**
 * The name of a backup, such as `quote-db-v3-20260131T120000000Z.sqlite3`; `at` is ISO 8601, UTC.
 */
export function backupName(plugin: string, occasion: string, at: string): string {
  return `${plugin}-${occasion}-${at.replaceAll(/[^0-9TZ]/g, "")}.sqlite3`;
}

/** The end of a backup's name, by which backups sort as they were made. */
export function backupStamp(name: string): string {
  return name.slice(name.lastIndexOf("-"));
}

// What the copy needs beyond the pages: the file system's own bookkeeping.
const MARGIN_BYTES = 1024 * 1024;

/**
 * Copies the database before something destructive. Throws `SqliteError` only where the time is up.
 */
export function backUp(connection: Connection, place: BackupPlace, name: string): BackupOutcome {
  try {
    return copyInto(connection, place, name);
  } catch (error) {
    if (error instanceof StorageError) return refuse(error.message);
    if (!(error instanceof SqliteError) || error.failure.code === "SQLITE_INTERRUPT") throw error;
    return { ...refuse(adviseOn(error.failure)), sqliteCode: error.failure.code };
  }
}

/**
 * Writes a whole copy with `VACUUM INTO`, which reads through the write-ahead log where copying the
 * file would not: https://sqlite.org/lang_vacuum.html#vacuuminto
 */
function copyInto(connection: Connection, place: BackupPlace, name: string): BackupOutcome {
  const sizeBytes = connection.integer("PRAGMA page_count") *
    connection.integer("PRAGMA page_size");
  const path = place.newFile(name);
  const freeBytes = place.freeBytes();
  if (freeBytes !== null && freeBytes < sizeBytes + MARGIN_BYTES) {
    return refuse(
      `it needs ${sizeBytes + MARGIN_BYTES} bytes, and ${freeBytes} are free at ${path}; ` +
        `make room and try again`,
    );
  }
  try {
    writeCopy(connection, place, path);
  } catch (error) {
    place.discard(path);
    throw error;
  }
  return { ok: true, value: { path, spaceChecked: freeBytes !== null } };
}

// VACUUM makes every index anew, and fails where one needs a function or a collation that only the
// plugin's program has. Then the pages are copied as they are.
function writeCopy(connection: Connection, place: BackupPlace, path: string): void {
  try {
    connection.rows("VACUUM INTO ?", [uriOf(path, "new")]);
  } catch (error) {
    if (!(error instanceof SqliteError) || error.failure.code !== "SQLITE_ERROR") throw error;
    place.discard(path);
    connection.copyPages(path);
  }
}

function refuse(reason: string): Failed<"unavailable"> {
  const message = `Cannot back up before the first destructive step: ${reason}`;
  return { ok: false, code: "unavailable", message };
}
