// The methods of an open file: https://sqlite.org/c3ref/io_methods.html. Runs anywhere.

import type { Method, Pointer } from "../sqlite/sqlite3.ts";
import { StorageError } from "./storage.ts";
import type { VfsContext } from "./vfs_context.ts";

const SECTOR_BYTES = 4096;

/** The methods that every file has. */
export function fileMethods(context: VfsContext): Readonly<Record<string, Method>> {
  const { sqlite3: { capi, wasm }, storage, files, attempt, bytesAt } = context;
  return {
    xClose: (pFile: Pointer): number =>
      attempt(capi.SQLITE_IOERR_CLOSE, () => {
        files.close(pFile);
        return capi.SQLITE_OK;
      }),

    xRead: (pFile: Pointer, pBuffer: Pointer, length: number, offset: bigint): number =>
      attempt(capi.SQLITE_IOERR_READ, () => {
        const buffer = bytesAt(pBuffer, length);
        const count = files.at(pFile).file.read(buffer, Number(offset));
        if (count === length) return capi.SQLITE_OK;
        // SQLite wants the rest to be zeroed.
        buffer.fill(0, count);
        return capi.SQLITE_IOERR_SHORT_READ;
      }),

    xWrite: (pFile: Pointer, pBuffer: Pointer, length: number, offset: bigint): number =>
      attempt(capi.SQLITE_IOERR_WRITE, () => {
        files.at(pFile).file.write(bytesAt(pBuffer, length), Number(offset));
        return capi.SQLITE_OK;
      }),

    xTruncate: (pFile: Pointer, size: bigint): number =>
      attempt(capi.SQLITE_IOERR_TRUNCATE, () => {
        files.at(pFile).file.truncate(Number(size));
        return capi.SQLITE_OK;
      }),

    xSync: (pFile: Pointer): number =>
      attempt(capi.SQLITE_IOERR_FSYNC, () => {
        const open = files.at(pFile);
        // Every COMMIT flushes the database or its log before its transaction counts. A rollback
        // journal is flushed three more times.
        if (open.database !== null && !open.path.endsWith("-journal")) {
          files.checkIdentity(open.database);
        }
        open.file.flush();
        if (!open.isNameDurable) {
          storage.flushDirectory(open.path);
          files.nameIsDurable(open);
        }
        return capi.SQLITE_OK;
      }),

    xFileSize: (pFile: Pointer, pSize: Pointer): number =>
      attempt(capi.SQLITE_IOERR_FSTAT, () => {
        wasm.poke64(pSize, BigInt(files.at(pFile).file.size()));
        return capi.SQLITE_OK;
      }),

    xLock: (pFile: Pointer, level: number): number =>
      attempt(capi.SQLITE_IOERR_LOCK, () => {
        const { database, path } = files.at(pFile);
        if (database === null) return capi.SQLITE_OK;
        const refusal = files.lock(database);
        if (refusal !== null) throw new StorageError("ELOCKED", "lock", path, refusal);
        // SQLite takes the higher levels to merge the log and to remove it, which would be wrong
        // while native programs use it.
        const isShared = database.access === "write" && database.lock?.walIndex != null;
        return isShared && level > capi.SQLITE_LOCK_SHARED ? capi.SQLITE_BUSY : capi.SQLITE_OK;
      }),

    xUnlock: (pFile: Pointer, level: number): number =>
      attempt(capi.SQLITE_IOERR_UNLOCK, () => {
        const { database, file } = files.at(pFile);
        if (level !== capi.SQLITE_LOCK_NONE || database === null) return capi.SQLITE_OK;
        file.settle();
        files.unlock(database);
        return capi.SQLITE_OK;
      }),

    // The lock from SHARED on excludes every other writer, or hides its journal.
    xCheckReservedLock: (_pFile: Pointer, pResult: Pointer): number => {
      wasm.poke32(pResult, 0);
      return capi.SQLITE_OK;
    },

    xFileControl: (pFile: Pointer, operation: number, pArgument: Pointer): number =>
      attempt(capi.SQLITE_IOERR, () => {
        const { database, path } = files.at(pFile);
        switch (operation) {
          case capi.SQLITE_FCNTL_HAS_MOVED: {
            const identity = database?.identity ?? null;
            const hasMoved = identity !== null && storage.stateOf(path)?.identity !== identity;
            wasm.poke32(pArgument, hasMoved ? 1 : 0);
            return capi.SQLITE_OK;
          }
          case capi.SQLITE_FCNTL_CKPT_START:
            // The database may grow now, and the log needs no more room than it has.
            if (database !== null) files.logOf(database)?.freeReserve();
            return capi.SQLITE_OK;
          default:
            return capi.SQLITE_NOTFOUND;
        }
      }),

    xSectorSize: (): number => SECTOR_BYTES,

    // As SQLite's own unix VFS says: a power cut during a write spares the bytes around it.
    xDeviceCharacteristics: (): number => capi.SQLITE_IOCAP_POWERSAFE_OVERWRITE,
  };
}
