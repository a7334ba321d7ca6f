// The benchmark's engine for the npm package node-sqlite3-wasm. Bundled for and run in Node.js.

import { createRequire } from "node:module";
import process from "node:process";
import { measure } from "./vfs_workloads.ts";

/** What is used of the package. */
interface Package {
  readonly Database: new (path: string) => {
    exec(sql: string): void;
    get(sql: string): Readonly<Record<string, number>>;
    close(): void;
  };
}

const [, , , directory = "", journalMode = "", bigFile = ""] = process.argv;
const { Database }: Package = createRequire(`${directory}/`)("node-sqlite3-wasm");
let files = 0;

const result = measure(
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
