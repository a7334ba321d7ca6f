// SQLite in this thread, on whatever storage is plugged in.

import { type BackupRules, DEFAULT_BACKUP_RULES } from "../../lib/backup/backup_rules.ts";
import { KeptRehearsals } from "../../lib/database/kept_rehearsals.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import type { Sqlite3 } from "../../lib/sqlite/sqlite3.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { installVfs, type Vfs } from "../../lib/vfs/install_vfs.ts";
import { memoryStorage } from "../../lib/vfs/memory_storage.ts";
import type { Storage } from "../../lib/vfs/storage.ts";
import type { Journal } from "../../lib/database/database_access.ts";

/** An instance of SQLite whose storage can be changed while no database is open. */
export interface Engine {
  readonly sqlite3: Sqlite3;
  readonly vfs: Vfs;
  readonly storage: Storage;
  readonly journal: Journal;
  readonly rehearsals: KeptRehearsals;
  readonly backups: BackupRules;
  /** Puts another storage under the VFS. */
  plug(storage: Storage): void;
}

/** Starts SQLite with an empty storage in memory. */
export async function startEngine(): Promise<Engine> {
  const sqlite3 = await loadSqlite(sqliteModule);
  let plugged: Storage = memoryStorage();
  const storage: Storage = {
    resolve: (path) => plugged.resolve(path),
    open: (path, mode, like) => plugged.open(path, mode, like),
    openDatabase: (path, mode) => plugged.openDatabase(path, mode),
    create: (path, journalMode) => plugged.create(path, journalMode),
    openTemporary: (near) => plugged.openTemporary(near),
    delete: (path) => plugged.delete(path),
    sizeOf: (path) => plugged.sizeOf(path),
    stateOf: (path) => plugged.stateOf(path),
    isAccessible: (path, access) => plugged.isAccessible(path, access),
    flushDirectory: (path) => plugged.flushDirectory(path),
    rename: (from, to) => plugged.rename(from, to),
  };
  const vfs = installVfs(sqlite3, storage, "simulated");
  return {
    sqlite3,
    vfs,
    storage,
    journal: { mode: "wal" },
    rehearsals: new KeptRehearsals(),
    backups: DEFAULT_BACKUP_RULES,
    plug(other) {
      plugged = other;
    },
  };
}

/** Opens a database, which may not be there yet. */
export function openDatabase({ sqlite3, vfs }: Engine, path: string): Connection {
  return new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
}
