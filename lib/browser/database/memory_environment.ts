// SQLite in memory, for browsers without storage: the VFS of the server on another storage. Runs
// anywhere.

import { KeptRehearsals } from "../../database/kept_rehearsals.ts";
import type { Sqlite3 } from "../../sqlite/sqlite3.ts";
import { installVfs } from "../../vfs/install_vfs.ts";
import { memoryStorage } from "../../vfs/memory_storage.ts";
import { StorageError } from "../../vfs/storage.ts";
import type { HostEnvironment } from "../../database/database_host.ts";
import type { SandboxFiles } from "./sandbox_files.ts";
import { SANDBOX_JOURNAL } from "./sandbox_journal.ts";

/** Gives SQLite a storage in memory, which is lost when the thread ends. */
export function memoryEnvironment(sqlite3: Sqlite3): HostEnvironment & SandboxFiles {
  const storage = memoryStorage();
  return {
    sqlite3,
    storage,
    vfs: installVfs(sqlite3, storage, "godwit"),
    journal: SANDBOX_JOURNAL,
    rehearsals: new KeptRehearsals(),
    locate: ({ plugin }) => ({
      path: `/${plugin}.sqlite3`,
      backups: {
        newFile(name) {
          const path = `/backups/${plugin}/${name}`;
          return storage.sizeOf(path) === null ? path : null;
        },
        // The available memory is not known in advance.
        freeBytes: () => Infinity,
        discard(path) {
          for (const each of [path, `${path}-journal`]) {
            if (storage.sizeOf(each) !== null) storage.delete(each);
          }
        },
      },
    }),
    names: () => [...storage.files().keys()],
    read(path) {
      const bytes = storage.files().get(path);
      if (bytes === undefined) throw new StorageError("ENOENT", "read", path);
      return new Uint8Array(bytes);
    },
    delete: (path) => storage.delete(path),
  };
}
