// Whether cost is in proportion: the time for each migration, table and statement, of few and many.

import {
  type BenchMigration,
  directoryOptions,
  smallMigrations,
  writePlugin,
} from "./bench_plugins.ts";
import { godwit, run } from "./commands.ts";
import type { BenchOptions, Part, Section } from "./part.ts";
import { aimCell, alternate, formatNumber, medianOf } from "./samples.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

/** The most that the time for each thing may grow, from any number to a larger one. */
const FLAT = 1.5;

interface Scale {
  readonly unit: string;
  readonly counts: readonly number[];
  /** The most that `--long` adds. */
  readonly longCount: number | null;
  migrations(count: number): readonly BenchMigration[];
}

const SCALES: readonly Scale[] = [
  { unit: "migration", counts: [100, 1_000], longCount: 5_000, migrations: smallMigrations },
  {
    unit: "table with index, view and trigger in one file",
    counts: [100, 400],
    longCount: null,
    migrations: oneFileOfTables,
  },
  {
    unit: "INSERT statement in one file",
    counts: [1_000, 10_000],
    longCount: null,
    migrations: oneFileOfStatements,
  },
];

/** The part. */
export const scalingPart: Part = { name: "scaling", title: "Cost in proportion", measure };

async function measure({ rounds, long }: BenchOptions): Promise<Section> {
  const rows: string[][] = [];
  for (const { unit, counts, longCount, migrations } of SCALES) {
    const measured = long && longCount !== null ? [...counts, longCount] : counts;
    const samples = await alternate(
      measured.map((count) => ({
        name: count.toLocaleString("en"),
        measure: () => applyMs(migrations(count)),
      })),
      rounds,
    );
    const each = [...samples.values()].map((times, index) =>
      medianOf(times) / (measured[index] ?? NaN)
    );
    const growth = growthOf(each);
    for (const [index, [count, times]] of [...samples].entries()) {
      const isLast = index === samples.size - 1;
      rows.push([
        `${count}: ${unit}`,
        formatNumber(medianOf(times)),
        (each[index] ?? NaN).toFixed(3),
        isLast ? growth.toFixed(2) : "",
        isLast ? aimCell(growth, FLAT) : "",
      ]);
    }
  }
  const columns = ["number: of what", "median ms", "ms for each", "growth", "aim"];
  const notes = [
    "The times are `total_time_ms` of the replies, so the start of the process is not " +
    "in them.",
  ];
  return { table: { columns, rows }, notes, chart: [] };
}

/** The largest ratio of a time to an earlier one; below 1 if each costs less than the one before. */
function growthOf(times: readonly number[]): number {
  const ratios = times.flatMap((time, index) =>
    times.slice(0, index).map((earlier) => time / earlier)
  );
  return Math.max(...ratios);
}

async function applyMs(migrations: readonly BenchMigration[]): Promise<number> {
  using root = temporaryDirectory();
  writePlugin(root.path, "small", migrations);
  const command = godwit("apply", "small", "--json", ...directoryOptions(root.path));
  const reply: { readonly total_time_ms: number } = JSON.parse((await run(command)).stdout);
  return reply.total_time_ms;
}

function oneFileOfTables(count: number): readonly BenchMigration[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const up = numbers.map((number) =>
    `CREATE TABLE t${number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT);
CREATE INDEX t${number}_name ON t${number} (name);
CREATE VIEW v${number} AS SELECT id, name FROM t${number};
CREATE TRIGGER r${number} AFTER INSERT ON t${number} BEGIN
  UPDATE t${number} SET at = datetime('now') WHERE id = new.id;
END;`
  );
  const down = numbers.map((number) => `DROP VIEW v${number};\nDROP TABLE t${number};`);
  return [{ name: "0001_create_tables", up: up.join("\n"), down: down.join("\n") }];
}

function oneFileOfStatements(count: number): readonly BenchMigration[] {
  const inserts = Array.from(
    { length: count },
    (_, index) => `INSERT INTO t (name) VALUES ('name ${index}');`,
  );
  const up = ["CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);", ...inserts];
  return [{ name: "0001_fill", up: up.join("\n"), down: "DROP TABLE t;" }];
}
