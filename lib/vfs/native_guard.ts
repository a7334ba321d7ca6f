// Holds SQLite's own locks on a database through a native connection on the same file, the guard.

import { type NativeConnection, NativeSqliteError, type OpenNative } from "./native_sqlite.ts";
import { StorageError } from "./storage.ts";

/** A guard that has its lock. */
export interface NativeGuard {
  readonly kind: "acquired";
  /**
   * Ends the lock and closes the connection. After a `write` lock what the log holds is copied into
   * the database, as far as readers let it.
   */
  end(): void;
}

/** Why a guard has no lock. `hot-journal`: a read-only guard would have to roll a journal back. */
export type GuardRefusal = { readonly kind: "busy" | "hot-journal" };

/** How a guard locks. */
export interface GuardOptions {
  readonly access: "read" | "read-only" | "write";
  /** How long the locks of other programs are waited for. */
  readonly timeoutMs: number;
}

// https://sqlite.org/rescode.html
const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const SQLITE_READONLY_ROLLBACK = 776;

const STORAGE_CODES: Readonly<Record<number, string>> = {
  [SQLITE_READONLY]: "EACCES",
  [SQLITE_IOERR]: "EIO",
  [SQLITE_CORRUPT]: "ECORRUPT",
  [SQLITE_FULL]: "ENOSPC",
  [SQLITE_CANTOPEN]: "ECANTOPEN",
  [SQLITE_NOTADB]: "ENOTADB",
};

/**
 * Opens a guard on an existing database. `path` is absolute and has no symbolic links. Throws
 * `StorageError` where native SQLite cannot use the database.
 *
 * While a guard is open, no descriptor of the database or of its `-shm` may be closed anywhere in
 * the process, because closing one drops every POSIX lock that the process has on the file:
 * fcntl(2).
 */
export function openGuard(
  open: OpenNative,
  path: string,
  { access, timeoutMs }: GuardOptions,
): NativeGuard | GuardRefusal {
  let connection: NativeConnection | null = null;
  try {
    connection = open(path, { readOnly: access === "read-only", timeoutMs });
    // With a rollback journal, write is SQLite's EXCLUSIVE lock; with a log, its write lock beside
    // a read lock. Read is SHARED, or a read lock of the log:
    // https://sqlite.org/lang_transaction.html
    connection.run(access === "write" ? "BEGIN EXCLUSIVE" : "BEGIN");
    // Starts the read transaction. Of the file it parses the header alone, so a schema that native
    // SQLite cannot parse does no harm.
    connection.run("PRAGMA schema_version");
    return guardOf(connection, access);
  } catch (error) {
    connection?.close();
    if (!(error instanceof NativeSqliteError)) throw error;
    if (access === "write" && primaryCode(error) === SQLITE_CORRUPT) {
      return openDamaged(open, path, timeoutMs);
    }
    if (error.resultCode === SQLITE_READONLY_ROLLBACK) return { kind: "hot-journal" };
    if (primaryCode(error) === SQLITE_BUSY) return { kind: "busy" };
    throw storageErrorOf(error, "lock", path);
  }
}

/**
 * SQLite refuses to lock a database that is shorter than its header says, which has to be locked to
 * be restored, unless the schema may be written to. Then it corrects the header in its cache as it
 * takes the lock, so this guard has no journal of its own and rolls back.
 */
function openDamaged(
  open: OpenNative,
  path: string,
  timeoutMs: number,
): NativeGuard | GuardRefusal {
  let connection: NativeConnection | null = null;
  try {
    connection = open(path, { readOnly: false, timeoutMs });
    connection.run("PRAGMA writable_schema=ON");
    const hasLog = connection.run("PRAGMA journal_mode")?.journal_mode === "wal";
    if (!hasLog) connection.run("PRAGMA journal_mode=MEMORY");
    connection.run("BEGIN EXCLUSIVE");
  } catch (error) {
    connection?.close();
    if (!(error instanceof NativeSqliteError)) throw error;
    if (primaryCode(error) === SQLITE_BUSY) return { kind: "busy" };
    throw storageErrorOf(error, "lock", path);
  }
  const opened = connection;
  return {
    kind: "acquired",
    end: () => opened.close(),
  };
}

/**
 * Creates an empty database natively, with its first page, so that no other program can do so as
 * well.
 */
export function createNatively(
  open: OpenNative,
  path: string,
  journalMode: "delete" | "wal",
  timeoutMs: number,
): void {
  try {
    const connection = open(path, { readOnly: false, timeoutMs });
    try {
      // An empty file has nothing to go back to, and a journal would be flushed three times.
      connection.run("PRAGMA journal_mode=MEMORY");
      connection.run("BEGIN EXCLUSIVE");
      connection.run("COMMIT");
      if (journalMode === "wal") connection.run("PRAGMA journal_mode=WAL");
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof NativeSqliteError) throw storageErrorOf(error, "create", path);
    throw error;
  }
}

/**
 * Changes the journal mode natively; `false` where another program has the database open, and then
 * nothing is changed.
 */
export function changeJournalMode(
  open: OpenNative,
  path: string,
  journalMode: "delete" | "wal",
  timeoutMs: number,
): boolean {
  try {
    const connection = open(path, { readOnly: false, timeoutMs });
    try {
      const row = connection.run(`PRAGMA journal_mode=${journalMode}`);
      return row?.journal_mode === journalMode;
    } finally {
      connection.close();
    }
  } catch (error) {
    if (!(error instanceof NativeSqliteError)) throw error;
    if (primaryCode(error) === SQLITE_BUSY) return false;
    throw storageErrorOf(error, "change the journal mode of", path);
  }
}

function guardOf(connection: NativeConnection, access: GuardOptions["access"]): NativeGuard {
  let isOpen = true;
  return {
    kind: "acquired",
    end() {
      if (!isOpen) return;
      isOpen = false;
      try {
        // COMMIT and not ROLLBACK: after a rollback the guard takes the shared header, which the
        // passenger has moved, for the one that it read, and would go on with stale pages.
        connection.run("COMMIT");
        if (access === "write") connection.run("PRAGMA wal_checkpoint(PASSIVE)");
      } catch (error) {
        // What stays in the log is merged by the next program that checkpoints.
        if (!(error instanceof NativeSqliteError)) throw error;
      } finally {
        connection.close();
      }
    },
  };
}

function primaryCode({ resultCode }: NativeSqliteError): number {
  return resultCode & 0xff;
}

/** A failure of native SQLite as a failure of the storage. */
export function storageErrorOf(
  error: NativeSqliteError,
  operation: string,
  path: string,
): StorageError {
  return new StorageError(
    STORAGE_CODES[primaryCode(error)] ?? "EIO",
    operation,
    path,
    error.message,
  );
}
