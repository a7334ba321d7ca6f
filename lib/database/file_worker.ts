// The worker thread that runs SQL on files, so that the event loop never waits for it. For Deno.

import { KeptRehearsals } from "./kept_rehearsals.ts";
import * as Comlink from "comlink";
import { dirname, join } from "node:path";
import type { BackupRules } from "../backup/backup_rules.ts";
import { databaseName } from "../plan/database_address.ts";
import { loadSqlite } from "../sqlite/load_sqlite.ts";
import { installVfs } from "../vfs/install_vfs.ts";
import { nodeStorage } from "../vfs/node_storage.ts";
import { backupDirectory } from "./backup_directory.ts";
import { createDirectory } from "./create_directory.ts";
import { DatabaseHost, type HostEnvironment } from "./database_host.ts";
import { databasePath } from "./database_path.ts";

/** Where databases and backups are. */
export interface FileWorkerOptions {
  readonly dataDir: string;
  /** The journal mode of new databases. */
  readonly journalMode: "delete" | "wal";
  /** How long the locks of other programs are waited for. */
  readonly busyTimeoutMs: number;
  /** Whether no other program has the databases open, so that their locks need not be taken. */
  readonly exclusive: boolean;
  readonly backups: BackupRules;
}

async function startOnFiles(
  module: WebAssembly.Module,
  { dataDir, journalMode, busyTimeoutMs, exclusive, backups }: FileWorkerOptions,
): Promise<HostEnvironment> {
  const sqlite3 = await loadSqlite(module);
  const storage = nodeStorage({ busyTimeoutMs, exclusive });
  return {
    sqlite3,
    storage: {
      ...storage,
      create(path, mode) {
        createDirectory(dirname(path), storage);
        storage.create(path, mode);
      },
    },
    vfs: installVfs(sqlite3, storage, "godwit"),
    journal: { mode: journalMode },
    rehearsals: new KeptRehearsals(),
    backups,
    locate(address) {
      const path = databasePath(dataDir, address);
      const directory = join(dataDir, "backups", databaseName(address));
      return { path, backups: backupDirectory(directory, path, storage) };
    },
  };
}

Comlink.expose(new DatabaseHost(startOnFiles));
