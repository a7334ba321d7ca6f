// The whole of what `deno task crash` does: crash exploration, storage faults, kills.
//
//   deno task crash [--seed N] [--modes wal,delete] [--sessions 3,13] [--kills N] [--rounds N]
//     [--skip faults,kills,changes,stress]

import { parseArgs } from "node:util";
import { killAtEachWrite } from "../beside/kill_at_each_write.ts";
import { JOURNAL_MODES } from "../beside/native_states.ts";
import { stress } from "../beside/stress.ts";
import { Random } from "../support/random.ts";
import { describeCounts, explore } from "./explore.ts";
import { FAULTS, injectFaults } from "./inject_faults.ts";
import { exploreRestore, RESTORE_MODES } from "./explore_restore.ts";
import { killRestores } from "./kill_restores.ts";
import { killProcesses } from "./kill_processes.ts";
import { exampleMigrations, SESSION_MODES, type SessionMode } from "./migration_session.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    seed: { type: "string", default: "1" },
    modes: { type: "string", default: SESSION_MODES.join(",") },
    sessions: { type: "string", default: "" },
    kills: { type: "string", default: "200" },
    "restore-kills": { type: "string", default: "25" },
    rounds: { type: "string", default: "300" },
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
if (!listOf(options.skip).includes("restores")) await exploreRestores();
if (!listOf(options.skip).includes("faults")) await injectAllFaults();
if (!listOf(options.skip).includes("kills")) await kill(Number(options.kills));
if (!listOf(options.skip).includes("changes")) await killAtChanges();
if (!listOf(options.skip).includes("stress")) await stressModes(Number(options.rounds));
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

async function exploreRestores(): Promise<void> {
  for (const mode of RESTORE_MODES) {
    for (const versions of [{ from: 3, to: 8 }, { from: 9, to: 10 }]) {
      const outcomes = { randomSubsets: 16, singles: true, seed };
      const report = await exploreRestore(mode, migrations, versions, outcomes);
      failures += report.violations.length;
      say(
        `restore from version ${versions.to} to ${versions.from}, ${mode}: ${report.crashPoints} ` +
          `crash points, ${report.outcomes} outcomes (${report.before} as before, ` +
          `${report.after} as after): ${report.violations.length} violations`,
      );
      for (const violation of report.violations) console.log(`  ${violation.slice(0, 500)}`);
    }
  }
  for (const journalMode of JOURNAL_MODES) {
    const report = await killRestores({
      kills: Number(options["restore-kills"]),
      sizeBytes: 200_000_000,
      journalMode,
      mostDelayMs: 30_000,
    }, new Random(seed));
    failures += report.problems.length;
    say(`kills in restores of 200 MB, ${journalMode}: ${report.kills}, found ${report.found}`);
    for (const problem of report.problems) console.log(`  ${problem}`);
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

async function killAtChanges(): Promise<void> {
  for (const mode of JOURNAL_MODES) {
    for (const cache of ["default", "4 pages"] as const) {
      for (const native of ["idle", "alone"] as const) {
        const name = `killed before each change, ${mode}, cache ${cache}, native program ${native}`;
        const settings = { mode, cache, native, from: 1, every: 1 };
        const { kills, done, reported, problems } = await killAtEachWrite(settings);
        failures += problems.length;
        say(`${name}: ${kills} kills, ${done} found done, ${reported} after it was reported`);
        for (const problem of problems) console.log(`  ${problem}`);
      }
    }
  }
}

async function stressModes(rounds: number): Promise<void> {
  for (const mode of JOURNAL_MODES) {
    const report = await stress(mode, rounds, new Random(seed));
    failures += report.problems.length + report.lost.length;
    say(
      `beside native writers, ${mode}: ${report.rounds} requests, ${report.kills} kills, ` +
        `${report.acknowledged} rows acknowledged, ${report.lost.length} lost`,
    );
    for (const problem of [...report.problems, ...report.lost]) console.log(`  ${problem}`);
  }
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
