// The lock that lets one thread of all processes have a database, on a file of its own. For Deno,
// Node.js and Bun.

import { storageErrorOf } from "./native_guard.ts";
import { type NativeConnection, NativeSqliteError, type OpenNative } from "./native_sqlite.ts";
import { type Storage, StorageError } from "./storage.ts";

/** A lock that is held. */
export interface ProcessLock {
  release(): void;
}

/**
 * Takes the lock of the database `path`, on the file `<path>-lock`, which is created where it is
 * missing and stays; `null` where another thread or process still has it after `timeoutMs`. It is
 * an exclusive transaction of native SQLite on an empty database: SQLite's own table of locks
 * separates threads, and the kernel releases it when the process dies. The name depends on the
 * database alone, so that everything that opens it uses one lock.
 */
export function lockProcess(
  open: OpenNative,
  storage: Pick<Storage, "open" | "sizeOf">,
  path: string,
  timeoutMs: number,
): ProcessLock | null {
  const lockPath = `${path}-lock`;
  createLike(storage, lockPath, path);
  let connection: NativeConnection | null = null;
  try {
    connection = open(lockPath, { readOnly: false, timeoutMs });
    const held = connection;
    // Otherwise BEGIN EXCLUSIVE on an empty database would create a journal. Defensive mode, which
    // Deno sets, forbids OFF.
    held.run("PRAGMA journal_mode=MEMORY");
    held.run("BEGIN EXCLUSIVE");
    return { release: () => held.close() };
  } catch (error) {
    connection?.close();
    if (!(error instanceof NativeSqliteError)) throw error;
    if ((error.resultCode & 0xff) === SQLITE_BUSY) return null;
    throw storageErrorOf(error, "open", lockPath);
  }
}

const SQLITE_BUSY = 5;

// A lock that belongs to root would keep the database's owner out.
function createLike(
  storage: Pick<Storage, "open" | "sizeOf">,
  lockPath: string,
  path: string,
): void {
  if (storage.sizeOf(lockPath) !== null) return;
  try {
    storage.open(lockPath, { access: "read-write", existence: "exclusive" }, path).close();
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "EEXIST") throw error;
  }
}
