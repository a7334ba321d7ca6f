// Where the backups of one database are, as everything that makes or reads them sees it. Runs
// anywhere.

import type { StorageFile } from "../vfs/storage.ts";
import { type BackupRecord, type NamedBackup, parseBackupName } from "./backup_record.ts";

/** Whether a backup has a record, and godwit can read it. */
export type RecordState = "read" | "missing" | "unreadable";

/** A backup that is complete. */
export interface StoredBackup {
  readonly name: string;
  /** With the log or journal that was kept beside it. */
  readonly sizeBytes: number;
  /** `null` where there is none, as beside the backups of earlier versions. */
  readonly record: BackupRecord | null;
  readonly recordState: RecordState;
  /** When the file was written, for one whose name and record do not say it; ISO 8601, UTC. */
  readonly writtenAt: string;
}

/** What reading a whole file shows. */
export interface FileFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The first 100 bytes, or fewer: https://sqlite.org/fileformat2.html#the_database_header */
  readonly header: Uint8Array;
}

/** The bytes of a database that is open. */
export type DatabaseBytes = Pick<StorageFile, "read" | "size">;

/** The backups of one database. Every method throws `StorageError` where the storage fails. */
export interface BackupPlace {
  /** The backups that are complete, in any order. */
  list(): Promise<readonly StoredBackup[]>;
  /** The path that SQLite opens a backup by. */
  pathOf(name: string): string;
  /**
   * Takes a name, and returns the path to write the backup to, where an empty file may be; `null`
   * where the name is taken. The backup counts once it is completed. Removes what earlier runs
   * left incomplete, so only the holder of the database's run lock may call it.
   */
  begin(name: string): string | null;
  /** Flushes a file that was begun, with its record, and makes it count. */
  complete(name: string, record: BackupRecord): Promise<void>;
  /** Removes a file that was begun, or what there is of it. */
  discard(name: string): void;
  /** Removes a backup and its record. */
  remove(name: string): Promise<void>;
  /** Reads a whole file, by the path that `begin()` or `pathOf()` returned. */
  facts(path: string): Promise<FileFacts>;
  /** Bytes free for backups; `null` where that cannot be known, `Infinity` without a limit. */
  freeBytes(): number | null;
  /**
   * Copies the bytes of a database that SQLite cannot read into the file that was begun at `path`,
   * and what lies beside it; of one that is missing, the latter alone. `bytes` are those of the
   * database where it is open and locked; `null` where it is neither.
   */
  keepBytes(database: string, path: string, bytes: DatabaseBytes | null): Promise<void>;
  /**
   * Puts a copy of a backup in the place of a file that is no database, so that no lock can be
   * taken on it. What lies beside that one is removed.
   */
  putInPlace(name: string, database: string): Promise<void>;
  /** Whether a log or a journal lies at the path of a database, and no database. */
  hasOrphan(database: string): boolean;
}

/** What is known of a stored backup. */
export interface KnownBackup extends NamedBackup {
  readonly name: string;
  readonly sizeBytes: number;
  readonly record: BackupRecord | null;
  readonly recordState: RecordState;
}

/** The backups of a database, newest first. The record counts before the name. */
export async function knownBackups(
  place: Pick<BackupPlace, "list">,
  plugin: string,
): Promise<readonly KnownBackup[]> {
  const stored = await place.list();
  return stored.map(({ writtenAt, ...backup }): KnownBackup => {
    const named = backup.record ?? parseBackupName(plugin, backup.name);
    const { version, at } = named ?? { version: null, at: writtenAt };
    return { ...backup, version, at };
  }).sort((one, other) => other.at.localeCompare(one.at) || other.name.localeCompare(one.name));
}
