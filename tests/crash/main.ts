// The whole of what `deno task crash` does: crash exploration, storage faults, kills.
//
//   deno task crash [--seed N] [--modes wal,delete] [--sessions 3,13] [--kills N] [--skip faults,kills]

import { parseArgs } from "node:util";
import { Random } from "../support/random.ts";
import { describeCounts, explore } from "./explore.ts";
import { FAULTS, injectFaults } from "./inject_faults.ts";
import { killProcesses } from "./kill_processes.ts";
import { exampleMigrations, SESSION_MODES, type SessionMode } from "./migration_session.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    seed: { type: "string", default: "1" },
    modes: { type: "string", default: SESSION_MODES.join(",") },
    sessions: { type: "string", default: "" },
    kills: { type: "string", default: "200" },
    skip: { type: "string", default: "" },
  },
});
const seed = Number(options.seed);
const migrations = await exampleMigrations();
const started = performance.now();
let failures = 0;

say(`seed ${seed}`);
for (const mode of SESSION_MODES.filter((each) => listOf(options.modes).includes(each))) {
  await exploreMode(mode);
}
if (!listOf(options.skip).includes("faults")) await injectAllFaults();
if (!listOf(options.skip).includes("kills")) await kill(Number(options.kills));
say(failures === 0 ? "nothing was lost" : `${failures} problems`);
Deno.exit(failures === 0 ? 0 : 1);

async function exploreMode(mode: SessionMode): Promise<void> {
  const sessions = listOf(options.sessions).map(Number);
  const { counts, violations } = await explore({
    mode,
    migrations,
    ...(sessions.length === 0 ? {} : { sessions: new Set(sessions) }),
    outcomes: { randomSubsets: 16, singles: true, seed },
    crashInRecovery: true,
    onSession: (sofar) => progress(`${mode}: ${describeCounts(sofar)}`),
  });
  say(`${mode}: ${describeCounts(counts)}: ${violations.length} violations`);
  for (const { session, change, outcome, problem } of violations) {
    failures += 1;
    console.log(`  session ${session}, change ${change}, ${outcome}: ${problem.slice(0, 500)}`);
    console.log(`  again: deno task crash --seed ${seed} --modes ${mode} --sessions ${session}`);
  }
}

async function injectAllFaults(): Promise<void> {
  const total = { faults: 0, succeeded: 0, undecided: 0 };
  for (const { version } of migrations) {
    const report = await injectFaults(migrations, version, FAULTS);
    total.faults += report.faults;
    total.succeeded += report.succeeded;
    total.undecided += report.undecided;
    failures += report.problems.length;
    progress(`faults: ${total.faults}, up to version ${version}`);
    for (const problem of report.problems) console.log(`  ${problem}`);
  }
  say(
    `faults: ${total.faults} requests, ${total.succeeded} succeeded all the same, ` +
      `${total.undecided} failed in COMMIT and were found done`,
  );
}

async function kill(count: number): Promise<void> {
  const report = await killProcesses(migrations, count, new Random(seed), (kills) => {
    if (kills % 20 === 0) progress(`kills: ${kills}`);
  });
  failures += report.problems.length;
  say(`kills: ${report.kills}, of which ${report.recoveries} left a log to recover from`);
  for (const problem of report.problems) console.log(`  ${problem}`);
}

function listOf(option: string): readonly string[] {
  return option === "" ? [] : option.split(",");
}

function say(text: string): void {
  console.log(`[${((performance.now() - started) / 1000).toFixed(0)} s] ${text}`);
}

function progress(text: string): void {
  if (Deno.stdout.isTerminal()) say(text);
  else console.error(`  ${text}`);
}
