// The benchmark's engine for native SQLite, `node:sqlite` in Deno.

import { DatabaseSync } from "node:sqlite";
import { measure } from "./vfs_workloads.ts";

const [, directory, journalMode = "", bigFile = ""] = Deno.args;
let files = 0;

const result = measure(
  (path) => {
    const database = new DatabaseSync(path ?? `${directory}/native-${files++}.sqlite3`);
    return {
      exec: (sql: string) => database.exec(sql),
      value: (sql: string) => Number(Object.values(database.prepare(sql).get() ?? {})[0]),
      close: () => database.close(),
    };
  },
  journalMode,
  bigFile,
);
console.log(JSON.stringify(result));
