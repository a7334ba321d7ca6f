// Measures what people and programs wait for, beside what they would use instead.
// deno task bench [part ...] [--rounds N] [--long] [--write]

import { parseArgs } from "node:util";
import { applyPart } from "./apply_part.ts";
import { barChart } from "./bar_chart.ts";
import { describeMachine } from "./machine.ts";
import type { Part } from "./part.ts";
import { sectionMarkdown, writeChart, writeSection } from "./performance_page.ts";
import { rebuildPart } from "./rebuild_part.ts";
import { scalingPart } from "./scaling_part.ts";
import { servicePart } from "./service_part.ts";
import { startPart } from "./start_part.ts";
import { temporaryDirectory } from "./temporary_directory.ts";
import { tenantsPart } from "./tenants_part.ts";

/** The parts, in the order in which they run. */
export const PARTS: readonly Part[] = [
  applyPart,
  servicePart,
  tenantsPart,
  startPart,
  scalingPart,
  rebuildPart,
];

const USAGE = `Usage: deno task bench [part ...] [--rounds N] [--long] [--write]

${PARTS.map(({ name, title }) => `  ${name.padEnd(10)}${title}`).join("\n")}

  --rounds N  measure each thing N times, after a round that is not counted   5
  --long      also measure what takes more than a minute
  --write     write the results into docs/PERFORMANCE.md and the chart of it`;

interface Choice {
  readonly parts: readonly Part[];
  readonly rounds: number;
  readonly long: boolean;
  readonly write: boolean;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  const choice = readChoice(args);
  if (choice === null) {
    console.error(USAGE);
    return 2;
  }
  const { parts, rounds, long, write } = choice;
  const machine = describeMachine();
  if (machine.warning !== null) console.error(`Warning: ${machine.warning}`);
  using directory = temporaryDirectory();
  // What other programs leave when they are killed is removed with it.
  Deno.env.set("TMPDIR", directory.path);
  Deno.addSignalListener("SIGINT", () => {
    directory[Symbol.dispose]();
    Deno.exit(130);
  });
  for (const part of parts) {
    console.error(`Measuring ${part.name}`);
    const section = await part.measure({ rounds, long });
    const command = `deno task bench ${part.name} --rounds ${rounds}${long ? " --long" : ""}`;
    const warning = machine.warning === null ? "" : ` ${machine.warning}.`;
    const text = sectionMarkdown(section, `\`${command}\`: ${machine.description}.${warning}`);
    console.log(`## ${part.title}\n\n${text}\n`);
    if (write) await writeSection(part.name, text);
    if (write && section.chart.length > 0) await writeChart(barChart(section.chart));
  }
  return 0;
}

function readChoice(args: string[]): Choice | null {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        rounds: { type: "string", default: "5" },
        long: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
      },
    });
    const parts = PARTS.filter(({ name }) => positionals.includes(name));
    const rounds = Number(values.rounds);
    if (parts.length < positionals.length || !Number.isInteger(rounds) || rounds < 1) return null;
    return { ...values, rounds, parts: positionals.length === 0 ? PARTS : parts };
  } catch {
    return null;
  }
}
