// The worker of the browser benchmark: the same SQL on memory, on the sandbox's storage, and on
// SQLite's opfs-sahpool as it comes. For browsers.

import { opfsEnvironment, OpfsFailures } from "../../lib/browser/database/opfs_environment.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { type Engine, type Workload, WORKLOADS } from "./vfs_workloads.ts";

/** What is compared. */
export type BenchedStorage = "memory" | "sandbox" | "defaults";

/** Milliseconds of one run of each workload on each storage. */
export type BenchRound = Readonly<Record<string, Readonly<Record<BenchedStorage, number>>>>;

const NAMES: readonly string[] = [
  "rebuild that table with an index",
  "insert 500,000 rows",
  "update all rows",
  "1,000 small transactions",
  "full scan",
];
const STORAGES: readonly BenchedStorage[] = ["memory", "sandbox", "defaults"];

type Opener = () => Engine;
type Openers = Readonly<Record<BenchedStorage, Opener>>;

// Set before anything is waited for: what comes earlier is lost.
const preparing = prepare();
globalThis.onmessage = async () => globalThis.postMessage(runRound(await preparing));

function runRound(openers: Openers): BenchRound {
  return Object.fromEntries(
    NAMES.map((name) => {
      const workload = WORKLOADS.find((each) => each.name === name);
      if (workload === undefined) throw new Error(`There is no workload ${name}`);
      return [
        name,
        Object.fromEntries(STORAGES.map((storage) => [storage, time(workload, openers[storage])])),
      ];
    }),
  ) as BenchRound;
}

function time(workload: Workload, open: Opener): number {
  const engine = open();
  try {
    workload.prepare(engine);
    const started = performance.now();
    workload.run(engine);
    return performance.now() - started;
  } finally {
    engine.close();
  }
}

async function prepare(): Promise<Openers> {
  const module = await WebAssembly.compileStreaming(fetch("./sqlite3.wasm"));
  const failures = new OpfsFailures();
  const sqlite3 = await loadSqlite(module, failures.note);
  const environment = await opfsEnvironment(sqlite3, "bench/sandbox", failures);
  const location = await environment.locate({ plugin: "bench", tenant: null });
  const { vfs, journal } = environment;
  if (journal.mode !== "truncate") throw new Error("The sandbox has another journal");
  const pool = await sqlite3.installOpfsSAHPoolVfs?.({
    name: "opfs-sahpool",
    directory: "bench/defaults",
    initialCapacity: 6,
    preserveOnInitFailure: true,
    forceReinitIfPreviouslyFailed: false,
    verbosity: 0,
  });
  if (pool === undefined) throw new Error("There is no opfs-sahpool");
  const onConnection = (connection: Connection, discard: () => void): Engine => ({
    exec: (sql) => connection.exec(sql),
    value: (sql) => connection.integer(sql),
    close() {
      connection.close();
      discard();
    },
  });
  return {
    memory: () => onConnection(new Connection(sqlite3, { kind: "memory" }), () => {}),
    sandbox() {
      const { path } = location;
      const connection = new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
      connection.exec(
        `PRAGMA page_size=${journal.pageBytes}; PRAGMA synchronous=FULL; PRAGMA journal_mode=TRUNCATE`,
      );
      return onConnection(connection, () => {
        for (const name of environment.names()) environment.delete(name);
      });
    },
    defaults() {
      const database = new sqlite3.oo1.DB({ filename: "/bench", flags: "c", vfs: pool.vfsName });
      return {
        exec: (sql) => void database.exec(sql),
        value: (sql) => Number(database.selectValue(sql)),
        close() {
          database.close();
          for (const name of pool.getFileNames()) pool.unlink(name);
        },
      };
    },
  };
}
