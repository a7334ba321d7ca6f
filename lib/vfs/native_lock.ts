// Takes the locks of a database on a file system: one thread of this program, native programs
// beside it. For Deno, Node.js and Bun.

import { counted } from "../finding/counted.ts";
import { refuseForeignFiles, versionsOf } from "./foreign_log.ts";
import { changeJournalMode, createNatively, type NativeGuard, openGuard } from "./native_guard.ts";
import type { OpenNative } from "./native_sqlite.ts";
import {
  type DatabaseLock,
  type LockAccess,
  type LockRefusal,
  type Storage,
  StorageError,
  type StorageFile,
  type WalIndexFile,
} from "./storage.ts";
import { DATABASE_HEADER_BYTES } from "./database_header.ts";

/** The database that is locked, and what is needed for it. */
export interface LockedDatabase {
  readonly open: OpenNative;
  readonly file: StorageFile;
  /** Absolute and without symbolic links: SQLite's own files lie beside the target of a link. */
  readonly path: string;
  readonly storage: Pick<Storage, "open" | "sizeOf" | "stateOf">;
  /** How long the locks of other programs are waited for. */
  readonly busyTimeoutMs: number;
  /** Whether the wal-index can be shared with programs that map it. */
  readonly sharesWalIndex: boolean;
}

// In the header of a database: 2 for a write-ahead log, 1 for a rollback journal.
const READ_VERSION_AT = 19;

/**
 * Takes the native locks. Throws `StorageError` where the database or what lies beside it cannot be
 * used.
 */
export function lockNatively(
  database: LockedDatabase,
  access: LockAccess,
): DatabaseLock | LockRefusal {
  const { file, path, storage } = database;
  refuseForeignFiles(storage, file, path);
  return access === "read" ? lockReader(database) : lockWriter(database);
}

/** A lock that only promises to say whether another program wrote meanwhile. */
export function lockNothing(
  { path, storage }: Pick<LockedDatabase, "path" | "storage">,
): DatabaseLock {
  const paths = [path, `${path}-wal`, `${path}-journal`];
  const before = versionsOf(storage, paths);
  return {
    kind: "acquired",
    walIndex: null,
    isJournalLive: false,
    verify() {
      if (versionsOf(storage, paths) !== before) throw new StorageError("ESTALE", "read", path);
    },
    release() {},
  };
}

/** Nothing changes of what other programs have or left beside the database. */
function lockReader(database: LockedDatabase): DatabaseLock | LockRefusal {
  const { file, path, storage } = database;
  // Native SQLite removes a log beside an empty file.
  if (file.size() === 0) return lockNothing(database);
  const usesLog = hasLogMode(database);
  const hasLog = usesLog && storage.sizeOf(`${path}-wal`) !== null;
  // A guard would create the one that is missing and leave it. A program that shares the log has
  // both.
  if (usesLog && hasLog !== (storage.sizeOf(`${path}-shm`) !== null)) return lockNothing(database);
  // The last connection to a log merges and removes it, unless it is read-only; a read-only one
  // leaves files where there were none.
  const guard = guardReader(database, usesLog && !hasLog ? "read" : "read-only");
  if (guard === "busy") return refuse(database);
  if (guard === null) return lockNothing(database);
  try {
    return guarded(database, guard, usesLog ? "read" : null) ?? lockReader(database);
  } catch (error) {
    // The index cannot be opened; the log can be read without it.
    if (error instanceof StorageError) return lockNothing(database);
    throw error;
  }
}

/** `null` where native SQLite cannot read the database; SQLite here finds out why. */
function guardReader(
  { open, path, busyTimeoutMs }: LockedDatabase,
  access: "read" | "read-only",
): NativeGuard | "busy" | null {
  try {
    const guard = openGuard(open, path, { access, timeoutMs: busyTimeoutMs });
    if (guard.kind === "acquired") return guard;
    return guard.kind === "busy" ? "busy" : null;
  } catch (error) {
    if (error instanceof StorageError) return null;
    throw error;
  }
}

/** In WAL mode other programs go on reading; with a rollback journal they wait. */
function lockWriter(database: LockedDatabase): DatabaseLock | LockRefusal {
  const { open, file, path, busyTimeoutMs } = database;
  const sizeBytes = file.size();
  if (sizeBytes === 0) createNatively(open, path, "delete", busyTimeoutMs);
  // SQLite would complete the header as it locks the file.
  else if (sizeBytes < DATABASE_HEADER_BYTES) throw new StorageError("ENOTADB", "lock", path);
  const usesLog = hasLogMode(database);
  if (usesLog && !database.sharesWalIndex) return lockConverted(database);
  const guard = openGuard(open, path, { access: "write", timeoutMs: busyTimeoutMs });
  if (guard.kind !== "acquired") return refuse(database);
  return guarded(database, guard, usesLog ? "read-write" : null) ?? lockWriter(database);
}

/** Turns a database with a log into one with a rollback journal while it is locked. */
function lockConverted(database: LockedDatabase): DatabaseLock | LockRefusal {
  const { open, path, busyTimeoutMs } = database;
  const setMode = (mode: "delete" | "wal"): boolean =>
    changeJournalMode(open, path, mode, busyTimeoutMs);
  if (!setMode("delete")) {
    return {
      kind: "held",
      reason: "another program has it open, and this system cannot share a write-ahead log with it",
    };
  }
  const lock = lockWriter(database);
  if (lock.kind === "held") {
    setMode("wal");
    return lock;
  }
  return {
    ...lock,
    release() {
      lock.release();
      setMode("wal");
    },
  };
}

/**
 * `indexAccess` says that the database has a log. `null` where another program has changed the
 * journal mode before the guard had its lock, which the lock prevents from now on.
 */
function guarded(
  database: LockedDatabase,
  guard: NativeGuard,
  indexAccess: "read" | "read-write" | null,
): DatabaseLock | null {
  const { storage, path } = database;
  let index: StorageFile | null = null;
  try {
    if (hasLogMode(database) !== (indexAccess !== null)) {
      guard.end();
      return null;
    }
    if (indexAccess !== null) {
      index = storage.open(`${path}-shm`, { access: indexAccess, existence: "must-exist" });
    }
  } catch (error) {
    guard.end();
    throw error;
  }
  const walIndex: WalIndexFile | null = index;
  return {
    kind: "acquired",
    walIndex,
    isJournalLive: true,
    verify() {},
    release() {
      guard.end();
      // Only now: closing a descriptor of the index drops the guard's locks on it.
      index?.close();
    },
  };
}

function refuse({ busyTimeoutMs }: LockedDatabase): LockRefusal {
  const reason = `another program was reading or writing it for ${
    counted(busyTimeoutMs / 1000, "second")
  }`;
  return { kind: "held", reason };
}

// Native SQLite uses a log that is there, whatever the header says.
function hasLogMode({ file, path, storage }: LockedDatabase): boolean {
  const version = new Uint8Array(1);
  const isInHeader = file.read(version, READ_VERSION_AT) === 1 && version[0] === 2;
  return isInHeader || (storage.sizeOf(`${path}-wal`) ?? 0) > 0;
}
