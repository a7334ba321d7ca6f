// SQLite in memory, for browsers without storage: the VFS of the server on another storage. Runs
// anywhere.

import { DEFAULT_BACKUP_RULES } from "../../backup/backup_rules.ts";
import { memoryBackups } from "../../backup/storage_backups.ts";
import { KeptRehearsals } from "../../database/kept_rehearsals.ts";
import type { Sqlite3 } from "../../sqlite/sqlite3.ts";
import { installVfs } from "../../vfs/install_vfs.ts";
import { memoryStorage } from "../../vfs/memory_storage.ts";
import { StorageError } from "../../vfs/storage.ts";
import type { HostEnvironment } from "../../database/database_host.ts";
import type { SandboxFiles } from "./sandbox_files.ts";
import { SANDBOX_JOURNAL } from "./sandbox_journal.ts";

/** Gives SQLite a storage in memory, which is lost when the thread ends. */
export function memoryEnvironment(
  sqlite3: Sqlite3,
  storage: ReturnType<typeof memoryStorage> = memoryStorage(),
): HostEnvironment & SandboxFiles {
  return {
    sqlite3,
    storage,
    vfs: installVfs(sqlite3, storage, "godwit"),
    journal: SANDBOX_JOURNAL,
    rehearsals: new KeptRehearsals(),
    backups: DEFAULT_BACKUP_RULES,
    locate({ plugin }) {
      const path = `/${plugin}.sqlite3`;
      return { path, backups: memoryBackups(storage, `/backups/${plugin}`, path) };
    },
    names: () => [...storage.files().keys()],
    read(path) {
      const bytes = storage.files().get(path);
      if (bytes === undefined) throw new StorageError("ENOENT", "read", path);
      return new Uint8Array(bytes);
    },
    delete: (path) => storage.delete(path),
  };
}
