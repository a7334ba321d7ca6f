// The databases of a thousand tenants in one process: time, memory, and what it does while idle.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { smallMigrations, writePlugin } from "./bench_plugins.ts";
import { benchProgram, run } from "./commands.ts";
import type { BenchOptions, Part, Section } from "./part.ts";
import { aimCell, alternate, medianOf, spreadCells, type Way } from "./samples.ts";
import { v8FlagsOf } from "../support/permitted_migrator.ts";
import { temporaryDirectory } from "./temporary_directory.ts";
import type { TenantsReport } from "./tenants_program.ts";

const TENANTS = 1_000;
const CALLERS = 16;
const MIGRATIONS = smallMigrations(2);
const MIB = 1_024 * 1_024;
/** The part. */
export const tenantsPart: Part = {
  name: "tenants",
  title: `${TENANTS.toLocaleString("en")} databases, ${MIGRATIONS.length} migrations each`,
  measure,
};

async function measure({ rounds }: BenchOptions): Promise<Section> {
  const reports: TenantsReport[] = [];
  const ways: readonly Way[] = [
    {
      name: "godwit",
      measure: async () => {
        const report = await measureTenants();
        reports.push(report);
        return report.ms;
      },
    },
    { name: "native", measure: () => Promise.resolve(measureNative()) },
  ];
  const samples = await alternate(ways, rounds);
  const native = samples.get("native") ?? [];
  const measured = (of: (report: TenantsReport) => number): readonly number[] =>
    reports.slice(1).map(of);
  const rows = [
    row(`seconds, godwit with ${CALLERS} callers`, measured(({ ms }) => ms / 1_000), 8),
    row("seconds, native SQLite", native.map((ms) => ms / 1_000)),
    row("MiB resident at the end", measured(({ residentBytes }) => residentBytes / MIB), 200),
    row("MiB resident at most", measured(({ peakBytes }) => peakBytes / MIB)),
    row("ms of CPU time in an idle second", measured(({ idleCpuMs }) => idleCpuMs), 1),
  ];
  const columns = ["what", "median", "min", "max", "aim"];
  const note =
    "Native SQLite runs the same SQL in one process, one database after the other, and " +
    "writes one row of history for each migration, in a transaction with it, without any check.";
  return { table: { columns, rows }, notes: [note], chart: [] };
}

function row(what: string, values: readonly number[], aim?: number): readonly string[] {
  const last = aim === undefined ? "" : aimCell(medianOf(values), aim);
  return [what, ...spreadCells(values), last];
}

async function measureTenants(): Promise<TenantsReport> {
  using root = temporaryDirectory();
  writePlugin(root.path, "small", MIGRATIONS);
  const directories = [join(root.path, "plugins"), join(root.path, "data")];
  const counts = [String(TENANTS), String(CALLERS)];
  const { stdout } = await run(
    benchProgram("tenants_program.ts", [...directories, ...counts], v8FlagsOf("serve")),
  );
  return JSON.parse(stdout);
}

function measureNative(): number {
  using root = temporaryDirectory();
  const started = performance.now();
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    using database = new DatabaseSync(join(root.path, `tenant-${tenant}.sqlite3`));
    database.exec("PRAGMA synchronous=EXTRA; CREATE TABLE history (name TEXT, applied_at TEXT)");
    for (const { name, up } of MIGRATIONS) {
      database.exec(`BEGIN IMMEDIATE; ${up}
        INSERT INTO history VALUES ('${name}', datetime('now')); COMMIT`);
    }
  }
  return performance.now() - started;
}
