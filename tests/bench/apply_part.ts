// A cold apply of many small migrations, as a whole process, beside other tools.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  databaseOf,
  directoryOptions,
  smallMigrations,
  writeMigrations,
  writePlugin,
} from "./bench_plugins.ts";
import { type Command, godwit, run } from "./commands.ts";
import type { BarGroup, BenchOptions, Part, Section } from "./part.ts";
import { type InstalledRival, installRivals, RIVALS_NOTE } from "./rivals.ts";
import { aimCell, alternate, medianOf, type Samples, spreadCells, type Way } from "./samples.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

const GODWIT = "godwit";
const GODWIT_PLAN = "godwit --transaction plan";

/** The most that a median may be, as a ratio to dbmate's. */
const AIMS: ReadonlyMap<number, Readonly<Record<string, number>>> = new Map([
  [100, { [GODWIT]: 2, [GODWIT_PLAN]: 1.2 }],
  [1_000, { [GODWIT]: 1.5, [GODWIT_PLAN]: 0.8 }],
]);

/** The part. */
export const applyPart: Part = {
  name: "apply",
  title: "Cold apply, beside other tools",
  measure,
};

async function measure({ rounds }: BenchOptions): Promise<Section> {
  const notes = [RIVALS_NOTE];
  const rivals: InstalledRival[] = [];
  for (const state of await installRivals()) {
    const reason = state.kind === "missing" ? state.reason : await whyUnusable(state.rival);
    const name = state.kind === "missing" ? state.name : state.rival.name;
    if (state.kind === "installed" && reason === null) rivals.push(state.rival);
    else notes.push(`${name} is missing: ${reason}.`);
  }
  const rows: string[][] = [];
  const chart: BarGroup[] = [];
  for (const [count, aims] of AIMS) {
    const samples = await alternate(waysOf(count, rivals), rounds);
    const floor = dbmateMedian(samples);
    for (const [name, times] of samples) {
      const ratio = medianOf(times) / floor;
      const aim = aims[name];
      rows.push([
        `${count.toLocaleString("en")}: ${name}`,
        ...spreadCells(times),
        Number.isNaN(ratio) ? "" : ratio.toFixed(2),
        aim === undefined || Number.isNaN(ratio) ? "" : aimCell(ratio, aim),
      ]);
    }
    chart.push({
      title: `Cold apply of ${count.toLocaleString("en")} migrations`,
      bars: [...samples].map(([label, times]) => ({ label, ms: medianOf(times) })),
    });
  }
  const columns = ["migrations: tool", "median ms", "min", "max", "/ dbmate", "aim"];
  return { table: { columns, rows }, notes, chart };
}

function waysOf(
  count: number,
  rivals: readonly InstalledRival[],
): readonly Way[] {
  const apply = (root: string, ...options: readonly string[]): Command =>
    godwit("apply", "small", ...options, ...directoryOptions(root));
  const own = (name: string, ...options: readonly string[]): Way => ({
    name,
    measure: async () => {
      using root = temporaryDirectory();
      writePlugin(root.path, "small", smallMigrations(count));
      const { ms } = await run(apply(root.path, ...options));
      expectTables(databaseOf(root.path, "small"), count);
      return ms;
    },
  });
  return [
    own(GODWIT),
    own(GODWIT_PLAN, "--transaction", "plan"),
    ...rivals.map((rival) => ({
      name: rival.name,
      measure: () => measureRival(rival, count),
    })),
  ];
}

/** How long a tool takes for small migrations, in milliseconds. Throws if it does not apply all. */
export async function measureRival(
  { format, apply }: InstalledRival,
  count: number,
): Promise<number> {
  using root = temporaryDirectory();
  const files = join(root.path, "migrations");
  const database = join(root.path, "rival.sqlite3");
  writeMigrations(files, smallMigrations(count), format);
  const { ms } = await run(apply(files, database));
  expectTables(database, count);
  return ms;
}

async function whyUnusable(rival: InstalledRival): Promise<string | null> {
  try {
    await measureRival(rival, 2);
    return null;
  } catch (error) {
    return String(error).split("\n")[0] ?? "";
  }
}

function dbmateMedian(samples: Samples): number {
  const [, times = []] = [...samples].find(([name]) => name.startsWith("dbmate")) ?? [];
  return medianOf(times);
}

function expectTables(path: string, count: number): void {
  using database = new DatabaseSync(path, { readOnly: true });
  const sql = "SELECT count(*) AS count FROM sqlite_schema WHERE name GLOB 't[0-9]*_name'";
  const found = database.prepare(sql).get()?.["count"];
  if (found !== count) throw new Error(`${path} has ${found} of ${count} indexes`);
}
