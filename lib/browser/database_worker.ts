// The worker thread that runs the SQL of one plugin. For browsers.

import * as Comlink from "comlink";
import { loadSqlite } from "../sqlite/load_sqlite.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { memoryEnvironment } from "./memory_environment.ts";
import { opfsEnvironment } from "./opfs_environment.ts";
import { SandboxHost } from "./sandbox_host.ts";

let loading: Promise<Sqlite3> | null = null;

function loadOnce(module: WebAssembly.Module): Promise<Sqlite3> {
  return loading ??= loadSqlite(module);
}

Comlink.expose(
  new SandboxHost(loadOnce, async (module, storage) => {
    const sqlite3 = await loadOnce(module);
    return storage.kind === "opfs"
      ? await opfsEnvironment(sqlite3, storage.directory)
      : memoryEnvironment(sqlite3);
  }),
);
