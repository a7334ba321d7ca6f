// The worker thread that runs SQL on files, so that the event loop never waits for it. For Deno.

import * as Comlink from "comlink";
import { join } from "node:path";
import { loadSqlite } from "../sqlite/load_sqlite.ts";
import { installVfs } from "../vfs/install_vfs.ts";
import { nodeStorage } from "../vfs/node_storage.ts";
import { backupDirectory } from "./backup_directory.ts";
import { DatabaseHost, type HostEnvironment } from "./database_host.ts";

/** Where databases and backups are. */
export interface FileWorkerOptions {
  readonly dataDir: string;
}

async function startOnFiles(
  module: WebAssembly.Module,
  { dataDir }: FileWorkerOptions,
): Promise<HostEnvironment> {
  const sqlite3 = await loadSqlite(module);
  const storage = nodeStorage();
  return {
    sqlite3,
    storage,
    vfs: installVfs(sqlite3, storage, "godwit"),
    journal: { mode: "wal" },
    place: (plugin) => ({
      path: join(dataDir, `${plugin}.sqlite3`),
      backups: backupDirectory(join(dataDir, "backups", plugin), storage),
    }),
  };
}

Comlink.expose(new DatabaseHost(startOnFiles));
