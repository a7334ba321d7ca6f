// A simulated disk on which native programs share write-ahead logs. For tests.

import { memoryStorage } from "../../lib/vfs/memory_storage.ts";
import type { OpenMode, Storage, StorageFile, WalIndexFile } from "../../lib/vfs/storage.ts";
import { emptyDatabase, recoveredIndex } from "./native_log.ts";
import type { SimulatedDisk } from "./simulated_disk.ts";

const CREATE: OpenMode = { access: "read-write", existence: "create" };

/**
 * The storage of a disk whose locks come with a wal-index, as those of `nodeStorage()` do on Linux: built
 * from the log by native SQLite, and kept in memory, so that a power cut leaves nothing of it. The end of
 * a lock checkpoints nothing, as if another program were reading.
 */
export function storageWithIndex({ storage, files }: SimulatedDisk): Storage {
  const indexes = new Map<string, WalIndexFile>();

  function indexOf(path: string): WalIndexFile {
    const known = indexes.get(path);
    if (known !== undefined) return known;
    // Its name is not durable yet, because the guard writes nothing that it would flush.
    storage.open(`${path}-wal`, CREATE).close();
    const bytes = (each: string): Uint8Array => files().get(each) ?? new Uint8Array(0);
    const memory = memoryStorage(
      new Map([[path, recoveredIndex(bytes(path), bytes(`${path}-wal`))]]),
    );
    const index = memory.open(path, CREATE);
    indexes.set(path, index);
    return index;
  }

  return {
    ...storage,
    create(path, journalMode) {
      if (journalMode !== "wal") throw new Error("This disk is for write-ahead logs");
      if ((storage.sizeOf(path) ?? 0) > 0) return;
      // The journal of native SQLite lets the first page appear whole; here a new name does.
      const file = storage.open(`${path}-new`, CREATE);
      file.write(emptyDatabase(), 0);
      file.flush();
      file.close();
      storage.rename(`${path}-new`, path);
      storage.flushDirectory(path);
    },
    openDatabase(path, mode) {
      const file = storage.openDatabase(path, mode);
      return {
        ...file,
        lock(access) {
          const lock = file.lock(access);
          if (lock.kind === "held" || !isInWalMode(file)) return lock;
          return { ...lock, walIndex: indexOf(path), hasWriters: true };
        },
      };
    },
  };
}

function isInWalMode(file: StorageFile): boolean {
  const header = new Uint8Array(20);
  return file.read(header, 0) === header.length && header[19] === 2;
}
