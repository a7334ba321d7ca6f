// The lock that lets one thread of all processes have a database, on a file of its own. For Deno,
// Node.js and Bun.

import fs from "node:fs";
import nodePath from "node:path";
import { storageErrorOf } from "./native_guard.ts";
import { type NativeConnection, NativeSqliteError, type OpenNative } from "./native_sqlite.ts";
import { StorageError } from "./storage.ts";

/** A lock that is held. */
export interface ProcessLock {
  release(): void;
}

/**
 * Takes the lock `path`, which is created where it is missing; `null` where another thread or
 * process still has it after `timeoutMs`. It is an exclusive transaction of native SQLite on an
 * empty database: SQLite's own table of locks separates threads, and the kernel releases it when
 * the process dies.
 */
export function lockProcess(open: OpenNative, path: string, timeoutMs: number): ProcessLock | null {
  makeDirectory(nodePath.dirname(path));
  let connection: NativeConnection | null = null;
  try {
    connection = open(path, { readOnly: false, timeoutMs });
    const held = connection;
    // Without this, BEGIN EXCLUSIVE on an empty database would create a journal.
    held.run("PRAGMA journal_mode=OFF");
    held.run("BEGIN EXCLUSIVE");
    return { release: () => held.close() };
  } catch (error) {
    connection?.close();
    if (!(error instanceof NativeSqliteError)) throw error;
    if ((error.resultCode & 0xff) === SQLITE_BUSY) return null;
    throw storageErrorOf(error, "create the lock", path);
  }
}

const SQLITE_BUSY = 5;

function makeDirectory(directory: string): void {
  try {
    fs.mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new StorageError("EACCES", "create", directory, error);
  }
}
