// The benchmark's engine for the npm package node-sqlite3-wasm. Runs in Node.js.

import { createRequire } from "node:module";
import { measure } from "./vfs_workloads.mjs";

const [, directory, journalMode, bigFile] = process.argv.slice(2);
const { Database } = createRequire(`${directory}/`)("node-sqlite3-wasm");
let files = 0;

const result = await measure(
  (path) => {
    const database = new Database(path ?? `${directory}/wasm-${files++}.sqlite3`);
    return {
      exec: (sql) => database.exec(sql),
      value: (sql) => Number(Object.values(database.get(sql))[0]),
      close: () => database.close(),
    };
  },
  journalMode,
  bigFile,
);
console.log(JSON.stringify(result));
