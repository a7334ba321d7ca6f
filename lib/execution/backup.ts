// Copies a live database before something destructive happens to it.

import type { Connection } from "../sqlite/connection.ts";
import { uriOf } from "../sqlite/database_location.ts";
import { adviseOn, isRefusal, SqliteError } from "../sqlite/sqlite_error.ts";
import type { Failed, Outcome } from "../outcome.ts";
import { StorageError } from "../vfs/storage.ts";

/** Where a plugin's backups go. */
export interface BackupPlace {
  /**
   * Takes a name for a new file and returns its path; `null` where the name is taken. Throws
   * `StorageError` where there can be no file.
   */
  newFile(name: string): string | null;
  /** Bytes free for backups; `null` where that cannot be known. */
  freeBytes(): number | null;
  /** Removes a file that was made here and is not needed, or what there is of it. */
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

/** What a backup is named after. */
export interface BackupLabel {
  readonly plugin: string;
  /** Such as `v3`. */
  readonly occasion: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The name of a backup, such as `quote-db-v3-20260131T120000000Z.sqlite3`. */
function backupName({ plugin, occasion, at }: BackupLabel): string {
  return `${plugin}-${occasion}-${at.replaceAll(/[^0-9TZ]/g, "")}.sqlite3`;
}

/** The end of a backup's name, by which backups sort as they were made. */
export function backupStamp(name: string): string {
  return name.slice(name.lastIndexOf("-"));
}

// What the copy needs beyond the pages: the file system's own bookkeeping.
const MARGIN_BYTES = 1024 * 1024;

/**
 * Copies the database into a new file of `place`. Fails with `unavailable` where there is no room
 * or the disk fails; throws `SqliteError` only where the deadline interrupts it.
 */
export function backUp(
  connection: Connection,
  place: BackupPlace,
  label: BackupLabel,
): BackupOutcome {
  try {
    return copyInto(connection, place, newFile(place, label));
  } catch (error) {
    if (error instanceof StorageError) return refuse(error.message);
    if (!(error instanceof SqliteError) || error.failure.code === "SQLITE_INTERRUPT") throw error;
    return { ...refuse(adviseOn(error.failure)), sqliteCode: error.failure.code };
  }
}

// Two backups of one millisecond are named after the next one, so that both sort as they were made.
function newFile(place: BackupPlace, label: BackupLabel): string {
  for (let ms = Date.parse(label.at);; ms++) {
    const path = place.newFile(backupName({ ...label, at: new Date(ms).toISOString() }));
    if (path !== null) return path;
  }
}

/**
 * Writes a whole copy with `VACUUM INTO`, which reads through the write-ahead log where copying the
 * file would not: https://sqlite.org/lang_vacuum.html#vacuuminto
 */
function copyInto(connection: Connection, place: BackupPlace, path: string): BackupOutcome {
  const sizeBytes = connection.integer("PRAGMA page_count") *
    connection.integer("PRAGMA page_size");
  const freeBytes = place.freeBytes();
  if (freeBytes !== null && freeBytes < sizeBytes + MARGIN_BYTES) {
    place.discard(path);
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

// VACUUM makes every table and index anew, and fails where one needs a function, a module or a
// collation that only the plugin's program has. Then the pages are copied as they are.
function writeCopy(connection: Connection, place: BackupPlace, path: string): void {
  try {
    connection.rows("VACUUM INTO ?", [uriOf(path, "new")]);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    place.discard(path);
    connection.copyPages(path);
  }
}

function refuse(reason: string): Failed<"unavailable"> {
  const message = `Cannot back up before the first destructive step: ${reason}`;
  return { ok: false, code: "unavailable", message };
}
