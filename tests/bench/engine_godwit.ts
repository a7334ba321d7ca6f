// The benchmark's engine for godwit's VFS, and for the same WASM build in memory. Runs in Deno.

import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { installVfs } from "../../lib/vfs/install_vfs.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import { measure } from "./vfs_workloads.ts";

const [kind, directory = "", journalMode = "", bigFile = ""] = Deno.args;
const sqlite3 = await loadSqlite(sqliteModule);
const vfs = installVfs(sqlite3, nodeStorage(), "godwit");
let files = 0;

const result = measure(
  (path) => {
    const isMemory = kind === "memory" && path === null;
    const filename = isMemory ? ":memory:" : path ?? `${directory}/godwit-${files++}.sqlite3`;
    const database = new sqlite3.oo1.DB({
      filename,
      flags: "c",
      ...(isMemory ? {} : { vfs: vfs.name }),
    });
    return {
      exec: (sql) => database.exec(sql),
      value: (sql) => Number(database.selectValue(sql)),
      close: () => database.close(),
    };
  },
  journalMode,
  bigFile,
);
console.log(JSON.stringify(result));
