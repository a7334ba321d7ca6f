// Compares godwit's VFS with other ways to run SQLite, side by side: each round runs every engine once,
// in a process of its own, and the medians are shown as ratios to native SQLite.
// deno task bench:vfs [--rounds N]

import * as esbuild from "esbuild";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { medianOf } from "./samples.ts";
import { FILL_BIG_FILE, WORKLOADS } from "./vfs_workloads.ts";

const OTHER_PACKAGE = "node-sqlite3-wasm@0.8.60";
const JOURNAL_MODES = ["WAL", "DELETE"];
const DIRECTORY = new URL("../../data/bench/", import.meta.url).pathname;
const NODE_ENGINE = `${DIRECTORY}engine_node_sqlite3_wasm.mjs`;
const BIG_FILE = `${DIRECTORY}big.sqlite3`;

interface Engine {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const deno = (file: string, kind: string): readonly string[] => [
  "run",
  "--no-prompt",
  "--no-check",
  "-A",
  new URL(file, import.meta.url).pathname,
  kind,
];

const ENGINES: readonly Engine[] = [
  { name: "godwit's VFS", command: Deno.execPath(), args: deno("engine_godwit.ts", "file") },
  { name: "node:sqlite", command: Deno.execPath(), args: deno("engine_node_sqlite.ts", "native") },
  {
    name: "node-sqlite3-wasm",
    command: "node",
    args: [NODE_ENGINE, "wasm"],
  },
  { name: "WASM in memory", command: Deno.execPath(), args: deno("engine_godwit.ts", "memory") },
];

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = Number(values.rounds);

await prepare();
console.log(
  `${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, medians of ${rounds} rounds, milliseconds`,
);
for (const journalMode of JOURNAL_MODES) compare(journalMode);

async function prepare(): Promise<void> {
  Deno.mkdirSync(DIRECTORY, { recursive: true });
  await esbuild.build({
    entryPoints: [new URL("engine_node_sqlite3_wasm.ts", import.meta.url).pathname],
    outfile: NODE_ENGINE,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  await esbuild.stop();
  run("npm", ["install", "--silent", "--no-save", "--prefix", DIRECTORY, OTHER_PACKAGE]);
  try {
    Deno.statSync(BIG_FILE);
  } catch {
    console.log("Making the 1 GB file");
    const database = new DatabaseSync(BIG_FILE);
    database.exec("PRAGMA page_size=8192; PRAGMA synchronous=OFF");
    database.exec(FILL_BIG_FILE);
    database.close();
  }
}

function compare(journalMode: string): void {
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, command, args } of ENGINES) {
      const times: Record<string, number> = JSON.parse(
        run(command, [...args, DIRECTORY, journalMode, BIG_FILE]),
      );
      for (const [workload, ms] of Object.entries(times)) {
        const key = `${name}|${workload}`;
        samples.set(key, [...(samples.get(key) ?? []), ms]);
      }
      removeDatabases();
    }
  }
  const median = (engine: string, workload: string): number =>
    medianOf(samples.get(`${engine}|${workload}`) ?? []);
  console.log(`\njournal_mode=${journalMode}, synchronous=FULL, page_size=8192, cache 64 MiB\n`);
  console.log(`| workload | ${ENGINES.map(({ name }) => name).join(" | ")} | godwit / native |`);
  console.log(`| --- | ${ENGINES.map(() => "---:").join(" | ")} | ---: |`);
  for (const { name: workload } of WORKLOADS) {
    const cells = ENGINES.map(({ name }) => median(name, workload).toFixed(1));
    const ratio = median("godwit's VFS", workload) / median("node:sqlite", workload);
    console.log(`| ${workload} | ${cells.join(" | ")} | ${ratio.toFixed(2)} |`);
  }
}

function removeDatabases(): void {
  for (const entry of Deno.readDirSync(DIRECTORY)) {
    if (/-\d+\.sqlite3/.test(entry.name)) Deno.removeSync(`${DIRECTORY}${entry.name}`);
  }
}

function run(command: string, args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
