// What the guard costs: the same work under native locks, with a storage that locks nothing, and by
// node:sqlite itself, in turns. Medians, in milliseconds.
// deno task bench:guard [--rounds N]

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { dispatch } from "../../lib/handler/dispatch.ts";
import type { Verb } from "../../lib/message/verbs.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { parseMigration } from "../../lib/migration/parse_migration.ts";
import { nodeStorage } from "../../lib/vfs/node_storage.ts";
import type { DatabaseLock, Storage } from "../../lib/vfs/storage.ts";
import { directContext } from "../crash/direct_context.ts";
import { type Engine, openDatabase, startEngine } from "../crash/engine.ts";
import { PLUGIN } from "../crash/migration_session.ts";
import { medianOf } from "./samples.ts";

type JournalMode = "delete" | "wal";
type Way = "guard" | "no locks" | "node:sqlite";

/** Prepares a database in a directory; what it returns is measured. */
type Work = (path: string, mode: JournalMode, way: Way) => () => void | Promise<unknown>;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });
const rounds = Number(values.rounds);
const engine = await startEngine();
const STORAGES = { "guard": nodeStorage(), "no locks": withoutLocks(nodeStorage()) };

const [small, ...many] = await Promise.all(
  Array.from({ length: 101 }, (_, index) => migration(index + 1)),
);
if (small === undefined) throw new Error("There is no migration");

const WORKS: readonly { readonly name: string; readonly ways: readonly Way[]; work: Work }[] = [
  { name: "status", ways: ["guard", "no locks"], work: request("status", [small]) },
  { name: "apply one migration", ways: ["guard", "no locks"], work: request("apply", [small]) },
  { name: "100 transactions", ways: ["guard", "no locks", "node:sqlite"], work: transactions },
  { name: "new, 10 migrations", ways: ["guard", "no locks"], work: newDatabase(many.slice(0, 10)) },
  { name: "new, 100 migrations", ways: ["guard", "no locks"], work: newDatabase(many) },
];

console.log(
  `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, medians of ${rounds} rounds`,
);
console.log("| work | journal | guard | no locks | node:sqlite | guard / no locks |");
console.log("| --- | --- | ---: | ---: | ---: | ---: |");
for (const { name, ways, work } of WORKS) {
  for (const mode of ["delete", "wal"] as const) {
    const medians = await compare(work, mode, ways);
    const cell = (way: Way): string => medians.get(way)?.toFixed(1) ?? "";
    const ratio = (medians.get("guard") ?? NaN) / (medians.get("no locks") ?? NaN);
    const cells = [name, mode, cell("guard"), cell("no locks"), cell("node:sqlite")];
    console.log(`| ${[...cells, ratio.toFixed(2)].join(" | ")} |`);
  }
}

async function compare(
  work: Work,
  mode: JournalMode,
  ways: readonly Way[],
): Promise<ReadonlyMap<Way, number>> {
  const samples = new Map<Way, number[]>(ways.map((way) => [way, []]));
  // The first round is not measured: it compiles what is used.
  for (let round = 0; round <= rounds; round++) {
    for (const way of ways) {
      const milliseconds = await measure(work, mode, way);
      if (round > 0) samples.get(way)?.push(milliseconds);
    }
  }
  return new Map([...samples].map(([way, times]) => [way, medianOf(times)]));
}

async function measure(work: Work, mode: JournalMode, way: Way): Promise<number> {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-bench-" });
  try {
    if (way !== "node:sqlite") engine.plug(STORAGES[way]);
    const run = work(join(directory, `${PLUGIN}.sqlite3`), mode, way);
    const started = performance.now();
    await run();
    return performance.now() - started;
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

function request(verb: Verb, migrations: readonly Migration[]): Work {
  return (path, mode) => {
    create(path, mode);
    return () => ask(engine, verb, migrations, path);
  };
}

/** What a plugin waits for that has no database yet. */
function newDatabase(migrations: readonly Migration[]): Work {
  return (path, mode) => () => ask({ ...engine, journal: { mode } }, "apply", migrations, path);
}

function transactions(path: string, mode: JournalMode, way: Way): () => void {
  create(path, mode);
  const insert = "INSERT INTO notes VALUES ('a small row')";
  const pragma = "PRAGMA synchronous=EXTRA";
  return () => {
    if (way === "node:sqlite") {
      const database = new DatabaseSync(path);
      database.exec(pragma);
      for (let count = 0; count < 100; count++) database.exec(insert);
      database.close();
      return;
    }
    using connection = openDatabase(engine, path);
    connection.exec(pragma);
    for (let count = 0; count < 100; count++) connection.exec(insert);
  };
}

function create(path: string, mode: JournalMode): void {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode=${mode}; CREATE TABLE notes (body)`);
  database.close();
}

async function ask(
  on: Engine,
  verb: Verb,
  migrations: readonly Migration[],
  path: string,
): Promise<void> {
  const reply = await dispatch(verb, PLUGIN, new Uint8Array(), directContext(on, migrations, path));
  if (!reply.success) throw new Error(reply.message);
}

async function migration(version: number): Promise<Migration> {
  const sql = `-- UP\nCREATE TABLE t${version} (id INTEGER PRIMARY KEY, body TEXT);\n` +
    `CREATE INDEX t${version}_body ON t${version} (body);\n-- DOWN\nDROP TABLE t${version};\n`;
  const file = `${String(version).padStart(3, "0")}_create.sql`;
  const parsed = await parseMigration(file, new TextEncoder().encode(sql));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return parsed.migration;
}

/** The same files, as if no other program could have them. */
function withoutLocks(storage: Storage): Storage {
  const lock: DatabaseLock = {
    kind: "acquired",
    walIndex: null,
    isJournalLive: false,
    verify() {},
    release() {},
  };
  return {
    ...storage,
    openDatabase: (path, mode) => ({ ...storage.open(path, mode), lock: () => lock }),
    create: (path) => storage.open(path, { access: "read-write", existence: "create" }).close(),
  };
}
