// Takes the locks of a database on a file system: one thread of this program, native programs
// beside it. For Deno, Node.js and Bun.

import { refuseForeignFiles } from "./foreign_log.ts";
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
  const before = versionsOf(storage, path);
  return {
    kind: "acquired",
    walIndex: null,
    isJournalLive: false,
    verify() {
      if (versionsOf(storage, path) !== before) throw new StorageError("ESTALE", "read", path);
    },
    release() {},
  };
}

/** Nothing changes of what other programs have or left beside the database. */
function lockReader(database: LockedDatabase): DatabaseLock | LockRefusal {
  const { file, path, storage } = database;
  const usesLog = isInWalMode(file);
  const hasLog = storage.sizeOf(`${path}-wal`) !== null;
  const hasIndex = storage.sizeOf(`${path}-shm`) !== null;
  // A guard would create the one that is missing and leave it. A living program has both.
  if (usesLog && hasLog !== hasIndex) return lockNothing(database);
  // The last connection to a log merges and removes it, unless it is read-only; a read-only one
  // leaves files where there were none.
  const guard = guardReader(database, usesLog && !hasLog ? "read" : "read-only");
  if (guard === "busy") return refuse(database);
  if (guard === null) return lockNothing(database);
  return guarded(guard, usesLog ? openIndex(database, "read") : null);
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
  if (file.size() === 0) createNatively(open, path, "delete", busyTimeoutMs);
  const usesLog = isInWalMode(file);
  const setMode = (mode: "delete" | "wal"): boolean =>
    changeJournalMode(open, path, mode, busyTimeoutMs);
  const isConverted = usesLog && !database.sharesWalIndex;
  if (isConverted && !setMode("delete")) {
    return {
      kind: "held",
      reason: "another program has it open, and this system cannot share a write-ahead log with it",
    };
  }
  const guard = openGuard(open, path, { access: "write", timeoutMs: busyTimeoutMs });
  if (guard.kind !== "acquired") return refuse(database);
  const lock = guarded(guard, usesLog && !isConverted ? openIndex(database, "read-write") : null);
  if (!isConverted) return lock;
  return {
    ...lock,
    release() {
      lock.release();
      setMode("wal");
    },
  };
}

function openIndex({ storage, path }: LockedDatabase, access: "read" | "read-write"): StorageFile {
  return storage.open(`${path}-shm`, { access, existence: "must-exist" });
}

function guarded(guard: NativeGuard, index: StorageFile | null): DatabaseLock {
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
  const reason = `another program was reading or writing it for ${busyTimeoutMs / 1000} seconds`;
  return { kind: "held", reason };
}

function isInWalMode(file: StorageFile): boolean {
  const version = new Uint8Array(1);
  return file.read(version, READ_VERSION_AT) === 1 && version[0] === 2;
}

function versionsOf(storage: Pick<Storage, "stateOf">, path: string): string {
  return ["", "-wal", "-journal"].map((suffix) => {
    const state = storage.stateOf(`${path}${suffix}`);
    return state === null ? "" : `${state.identity} ${state.version}`;
  }).join();
}
