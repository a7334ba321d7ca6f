// What the methods of a VFS share: SQLite, the storage, the open files, and the last failure. Runs
// anywhere.

import type { Pointer, Sqlite3 } from "../sqlite/sqlite3.ts";
import { OpenFiles } from "./open_files.ts";
import { type Storage, StorageError } from "./storage.ts";

/** A VFS as its methods see it. */
export interface VfsContext {
  readonly sqlite3: Sqlite3;
  readonly storage: Storage;
  readonly files: OpenFiles;
  /** A view of SQLite's memory. The heap moves when it grows, so each call makes a new one. */
  bytesAt(pointer: Pointer, length: number): Uint8Array;
  /**
   * Runs one method. A storage error is kept, and becomes the result code `failure` or a nearer
   * one.
   */
  attempt(failure: number, action: () => number): number;
  /** The last failure; SQLite reduces it to a result code. */
  lastError: StorageError | null;
}

export function vfsContext(sqlite3: Sqlite3, storage: Storage): VfsContext {
  const { capi, wasm } = sqlite3;
  const nearer: Readonly<Record<string, number>> = {
    ENOSPC: capi.SQLITE_FULL,
    EDQUOT: capi.SQLITE_FULL,
    EFBIG: capi.SQLITE_FULL,
    ENOTADB: capi.SQLITE_NOTADB,
    ELOCKED: capi.SQLITE_BUSY,
    ECORRUPT: capi.SQLITE_CORRUPT,
  };
  const context: VfsContext = {
    sqlite3,
    storage,
    files: new OpenFiles(sqlite3, storage),
    lastError: null,
    bytesAt: (pointer, length) => wasm.heap8u().subarray(pointer, pointer + length),
    attempt(failure, action) {
      try {
        return action();
      } catch (error) {
        const known = error instanceof StorageError
          ? error
          : new StorageError("EIO", "run", "the VFS", error);
        context.lastError = known;
        return nearer[known.code] ?? failure;
      }
    },
  };
  return context;
}
