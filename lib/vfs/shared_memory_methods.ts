// The methods through which SQLite uses the index of a write-ahead log. Runs anywhere.

import type { Method, Pointer } from "../sqlite/sqlite3.ts";
import type { HeapWalIndex } from "./wal_index.ts";
import { StorageError } from "./storage.ts";
import type { VfsContext } from "./vfs_context.ts";

// https://sqlite.org/c3ref/c_shm_exclusive.html; SQLite's JavaScript API leaves them out.
const SHM_LOCK = 2;
const SHM_SHARED = 4;

/** `xShmMap`, `xShmLock`, `xShmBarrier` and `xShmUnmap`. */
export function sharedMemoryMethods(context: VfsContext): Readonly<Record<string, Method>> {
  const { sqlite3: { capi, wasm }, files, attempt } = context;

  function indexAt(pFile: Pointer): HeapWalIndex {
    const { database, path } = files.at(pFile);
    const index = database === null ? null : files.indexOf(database);
    if (index === null) throw new StorageError("EBADF", "map the wal-index of", path);
    return index;
  }

  return {
    xShmMap: (
      pFile: Pointer,
      region: number,
      _regionBytes: number,
      extend: number,
      pOut: Pointer,
    ): number =>
      attempt(capi.SQLITE_IOERR_SHMMAP, () => {
        wasm.pokePtr(pOut, indexAt(pFile).map(region, extend !== 0));
        return capi.SQLITE_OK;
      }),

    xShmLock: (pFile: Pointer, first: number, count: number, flags: number): number =>
      attempt(capi.SQLITE_IOERR_SHMLOCK, () => {
        const index = indexAt(pFile);
        if ((flags & SHM_LOCK) === 0) {
          index.unlock(first);
          return capi.SQLITE_OK;
        }
        const isGranted = index.lock(first, count, (flags & SHM_SHARED) !== 0);
        return isGranted ? capi.SQLITE_OK : capi.SQLITE_BUSY;
      }),

    // The heap is seen by this thread alone; it is written back when the write lock is released.
    xShmBarrier(): void {},

    // The heap is freed with the lock.
    xShmUnmap: (): number => capi.SQLITE_OK,
  };
}
