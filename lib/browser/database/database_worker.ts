// The worker thread that runs the SQL of one plugin. For browsers.

import * as Comlink from "comlink";
import { loadSqlite } from "../../sqlite/load_sqlite.ts";
import type { Sqlite3 } from "../../sqlite/sqlite3.ts";
import { memoryEnvironment } from "./memory_environment.ts";
import { opfsEnvironment, OpfsFailures } from "./opfs_environment.ts";
import { SandboxHost } from "./sandbox_host.ts";

const failures = new OpfsFailures();

let loading: Promise<Sqlite3> | null = null;

function loadOnce(module: WebAssembly.Module): Promise<Sqlite3> {
  return loading ??= loadSqlite(module, failures.note);
}

Comlink.expose(
  new SandboxHost(loadOnce, async (module, storage) => {
    const sqlite3 = await loadOnce(module);
    return storage.kind === "opfs"
      ? await opfsEnvironment(sqlite3, storage.directory, failures)
      : memoryEnvironment(sqlite3);
  }),
);
