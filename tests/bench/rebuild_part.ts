// A rebuild of a table with a million rows, beside SQLite's own shell with the same SQL.

import { dirname } from "node:path";
import { type BenchMigration, databaseOf, directoryOptions, writePlugin } from "./bench_plugins.ts";
import { type Command, godwit, run } from "./commands.ts";
import type { BenchOptions, Part, Section } from "./part.ts";
import { alternate, medianOf, spreadCells, type Way } from "./samples.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

const ROWS = 1_000_000;
const SHELL = "sqlite3";

const CREATE: BenchMigration = {
  name: "0001_create_notes",
  up: "CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT NOT NULL, score INTEGER);",
  down: "DROP TABLE notes;",
};
const FILL = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${ROWS})
INSERT INTO notes SELECT i, 'row number ' || i || ' with some text', i * 7919 % 1000003 FROM n;`;
const REBUILD: BenchMigration = {
  name: "0002_rebuild_notes",
  up: `CREATE TABLE notes_new (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  score INTEGER NOT NULL DEFAULT 0,
  tag TEXT
);
INSERT INTO notes_new (id, name, score) SELECT id, name, score FROM notes;
DROP TABLE notes;
ALTER TABLE notes_new RENAME TO notes;
CREATE INDEX notes_score ON notes (score);`,
  down: "DROP INDEX notes_score;",
};

/** The part. */
export const rebuildPart: Part = {
  name: "rebuild",
  title: `A rebuild of ${ROWS.toLocaleString("en")} rows`,
  measure,
};

async function measure({ rounds }: BenchOptions): Promise<Section> {
  using template = temporaryDirectory();
  writePlugin(template.path, "notes", [CREATE]);
  await run(godwit("apply", "notes", ...directoryOptions(template.path)));
  writePlugin(template.path, "notes", [REBUILD]);
  const filled = databaseOf(template.path, "notes");
  await run(shell(filled, FILL));

  const own = async (): Promise<number> => {
    using root = copyOf(filled);
    writePlugin(root.path, "notes", [CREATE, REBUILD]);
    return (await run(godwit("apply", "notes", ...directoryOptions(root.path)))).ms;
  };
  const native = async (): Promise<number> => {
    using root = copyOf(filled);
    return (await run(shell(databaseOf(root.path, "notes"), `BEGIN; ${REBUILD.up} COMMIT;`))).ms;
  };
  const ways: readonly Way[] = [
    { name: "godwit", measure: own },
    { name: "the `sqlite3` shell", measure: native },
  ];
  const samples = await alternate(ways, rounds);
  const floor = medianOf(samples.get("the `sqlite3` shell") ?? []);
  const rows = [...samples].map(([name, times]) => [
    name,
    ...spreadCells(times),
    (medianOf(times) / floor).toFixed(2),
  ]);
  const version = (await run({ program: SHELL, args: ["--version"] })).stdout.split(" ")[0];
  return {
    table: { columns: ["process", "median ms", "min", "max", "/ native"], rows },
    notes: [
      `The shell is SQLite ${version}, with a rollback journal, \`synchronous=FULL\` and the page ` +
      "cache that godwit uses (64 MiB). godwit also rehearses the file, compares every row before " +
      "and after, and checks the schema and foreign keys.",
    ],
    chart: [],
  };
}

function shell(path: string, sql: string): Command {
  return { program: SHELL, args: ["-batch", "-bail", path, "PRAGMA cache_size=-65536", sql] };
}

function copyOf(database: string): ReturnType<typeof temporaryDirectory> {
  const root = temporaryDirectory();
  const copy = databaseOf(root.path, "notes");
  Deno.mkdirSync(dirname(copy));
  Deno.copyFileSync(database, copy);
  return root;
}
