// How long short commands take as processes, beside an empty Deno program.

import { join } from "node:path";
import { directoryOptions, smallMigrations, writePlugin } from "./bench_plugins.ts";
import { godwit, run } from "./commands.ts";
import type { BenchOptions, Part, Section } from "./part.ts";
import { aimCell, alternate, medianOf, spreadCells } from "./samples.ts";
import { temporaryDirectory } from "./temporary_directory.ts";

const EMPTY = "an empty Deno program";
const VERSION = "`godwit --version`";
const STATUS = "`godwit status`, 10 applied";

/** The most that a median may be, as a ratio to that of an empty program. */
const AIMS: Readonly<Record<string, number>> = { [VERSION]: 1.6, [STATUS]: 5 };

/** The part. */
export const startPart: Part = { name: "start", title: "Start of a command", measure };

async function measure({ rounds }: BenchOptions): Promise<Section> {
  using root = temporaryDirectory();
  const empty = join(root.path, "empty.ts");
  Deno.writeTextFileSync(empty, "");
  writePlugin(root.path, "small", smallMigrations(10));
  await run(godwit("apply", "small", ...directoryOptions(root.path)));
  const commands = {
    [EMPTY]: { program: Deno.execPath(), args: ["run", "--no-prompt", empty] },
    [VERSION]: godwit("--version"),
    [STATUS]: godwit("status", "small", ...directoryOptions(root.path)),
  };
  const ways = Object.entries(commands).map(([name, command]) => ({
    name,
    measure: async () => (await run(command)).ms,
  }));
  // A start is short, so a few of them say little.
  const samples = await alternate(ways, rounds * 4);
  const floor = medianOf(samples.get(EMPTY) ?? []);
  const rows = [...samples].map(([name, times]) => {
    const ratio = medianOf(times) / floor;
    const aim = AIMS[name];
    return [
      name,
      ...spreadCells(times),
      ratio.toFixed(2),
      aim === undefined ? "" : aimCell(ratio, aim),
    ];
  });
  const columns = ["process", "median ms", "min", "max", "/ empty", "aim"];
  return { table: { columns, rows }, notes: [], chart: [] };
}
