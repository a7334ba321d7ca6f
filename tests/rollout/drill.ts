// The drill of a fleet: node processes with many databases each, three nats-servers, and kills of
// coordinators, servers and nodes while a rollout runs. Prints what it measured; ends with 1 where
// a promise is broken. The arguments are nodes, databases of each, and the seed.

import { migrationFile } from "../support/migration_file.ts";
import { Random } from "../support/random.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { DrillFleet, pause } from "./drill_fleet.ts";

const [nodeCount = "10", databaseCount = "100", seed = "1"] = Deno.args;
const DATABASES = Number(databaseCount);
const KILLS = { coordinator: 10, server: 5, node: 5 };
// So that the kills are spread over the whole of the first rollout.
const LONGEST_PAUSE_MS = 1_000 + Number(nodeCount) * DATABASES * 3;

const FIRST = {
  "001_scores.sql": migrationFile(
    "CREATE TABLE scores (a); INSERT INTO scores VALUES (1), (2), (3);",
    "DROP TABLE scores;",
  ),
};
const SECOND = {
  "002_best.sql": migrationFile("DELETE FROM scores WHERE a > 2;", "SELECT 1;"),
};
const THIRD = {
  "003_third.sql": migrationFile("ALTER TABLE scores ADD COLUMN c;", "SELECT 1;"),
};
const FOURTH = {
  "004_fourth.sql": migrationFile(
    "CREATE UNIQUE INDEX once ON scores (a); DELETE FROM scores WHERE a > 1;",
    "DROP INDEX once;",
  ),
};

const random = new Random(Number(seed));
let broken = 0;

await using fleet = await DrillFleet.start(Number(nodeCount), DATABASES, FIRST);
say(`${nodeCount} nodes with ${databaseCount} databases each, seed ${seed}`);
await withKills();
await offlineNode();
await badDatabase();
const memory = fleet.residentMiB();
say(`memory of a node: ${Math.min(...memory)} to ${Math.max(...memory)} MiB`);
say(broken === 0 ? "every promise was kept" : `${broken} promises were broken`);
if (broken > 0) Deno.exitCode = 1;

/** A canary and three waves, during which everything is killed. */
async function withKills(): Promise<void> {
  fleet.write(SECOND);
  const measured = await measure();
  const args = ["--wave", "20%,50%,100%", "--canary", "canary=yes", "--answer-within-ms", "60000"];
  const start = await fleet.rollout("start", ...args, "--detach");
  check("the rollout has started", start.code === 0, start.stderr);
  const killing = killThings();
  let coordinators = 0;
  let { state } = await fleet.record();
  while (state.phase === "running" || state.phase === "halted") {
    if (state.phase === "halted") {
      // A machine that is busy with other things may take longer than a node may.
      say(`halted: ${state.why.map(({ message }) => message).join("; ")}; resuming it`);
      for (const node of state.why.flatMap(({ nodes }) => nodes)) say(fleet.lastWordsOf(node));
      await fleet.rollout("resume", "--detach");
    }
    coordinators += 1;
    await fleet.rollout("lead", "--json");
    ({ state } = await fleet.record());
  }
  await killing.stop();
  check("the rollout is done", state.phase === "done", state.phase);
  const late = await fleet.untilReported(({ versions, progress }) =>
    versions["2"] === DATABASES && progress?.counts.applied === DATABASES
  );
  check("the reports agree with the databases", late.length === 0, JSON.stringify(late));
  say(
    `killed ${killing.count("coordinator")} coordinators, ${killing.count("server")} servers and ` +
      `${killing.count("node")} nodes; ${coordinators} coordinators; ${await measured()}`,
  );
  checkDatabases("after the kills", 2, 2);
  const early = await fleet.early(2);
  check("no database was migrated before its wave", early.length === 0, JSON.stringify(early));
}

/** A node that is offline during a whole rollout. */
async function offlineNode(): Promise<void> {
  fleet.write(THIRD);
  const late = fleet.nodes.at(-1)?.name ?? "";
  await fleet.stopNode(late);
  const measured = await measure();
  await startAndLead("done", "--wave", "1,100%");
  say(`without kills and without one node: ${await measured()}`);
  await fleet.startNode(late);
  const caughtUp = await measure();
  await fleet.untilReported(({ versions }) => versions["3"] === DATABASES);
  say(`the node that was offline caught up after it was back: ${await caughtUp()}`);
  checkDatabases("after it caught up", 3, 2);
}

/** A database that cannot be migrated, in the second wave; then an undo. */
async function badDatabase(): Promise<void> {
  fleet.write(FOURTH);
  const halting = await measure();
  const start = await fleet.rollout(
    "start",
    ...["--canary", "canary=yes", "--wave", "30%,60%,100%", "--detach"],
  );
  check("the rollout has started", start.code === 0, start.stderr);
  const waves = await fleet.waves();
  const bad = fleet.nodes.find(({ name }) => waves.get(name) === 1)?.name ?? "";
  // The node may be measuring it at this moment.
  const insert = "PRAGMA busy_timeout = 60000; INSERT INTO scores (a) VALUES (1)";
  sqliteShell(fleet.databaseOf(bad), insert);
  await leadTo("halted");
  say(`halted by a bad database of the second wave: ${await halting()}`);
  const touched = fleet.applied(4).filter(({ times }) => times > 0);
  const inWave = (wave: number): number =>
    touched.filter(({ node }) => waves.get(node.name) === wave).length;
  check("the canary was migrated", inWave(0) === DATABASES, `${inWave(0)} databases`);
  check("later waves were not touched", inWave(2) + inWave(3) === 0, `${touched.length} databases`);
  say(`migrated in the first wave ${inWave(0)}, in the second ${inWave(1)}, and no others`);
  const undoing = await measure();
  await fleet.rollout("undo", "--detach");
  await leadTo("undone");
  say(`undone: ${await undoing()}`);
  const after = fleet.applied(4);
  check("no database has the version", after.every(({ times }) => times === 0), "");
  const rows = after.filter((each) => each.rows !== 2);
  check("all rows but the bad one are back", rows.length === 1 && rows[0]?.rows === 3, "");
}

type Killed = keyof typeof KILLS;

/** Kills one thing after another, by the seed, until the rollout is over. */
function killThings(): { count(what: Killed): number; stop(): Promise<void> } {
  const order = random.shuffled<Killed>([
    ...Array.from({ length: KILLS.coordinator }, () => "coordinator" as const),
    ...Array.from({ length: KILLS.server }, () => "server" as const),
    ...Array.from({ length: KILLS.node }, () => "node" as const),
  ]);
  const killed: Killed[] = [];
  let isOver = false;
  const kill = async (what: Killed): Promise<boolean> => {
    switch (what) {
      case "coordinator":
        return fleet.killCoordinator();
      case "server": {
        const server = random.pickFrom(fleet.cluster.servers);
        if (server !== undefined) await fleet.killServer(server);
        return true;
      }
      case "node":
        fleet.killNode(random.pickFrom(fleet.nodes)?.name ?? "");
        return true;
    }
    return what satisfies never;
  };
  const ended = (async () => {
    for (const what of order) {
      await pause(random.integer(100, LONGEST_PAUSE_MS));
      while (!isOver && !await kill(what)) await pause(50);
      if (isOver) return;
      killed.push(what);
    }
  })();
  return {
    count: (what) => killed.filter((each) => each === what).length,
    async stop() {
      isOver = true;
      await ended;
    },
  };
}

async function startAndLead(phase: string, ...args: readonly string[]): Promise<void> {
  const start = await fleet.rollout("start", ...args, "--detach");
  check("the rollout has started", start.code === 0, start.stderr);
  await leadTo(phase);
}

async function leadTo(phase: string): Promise<void> {
  const led = await fleet.rollout("lead");
  const { state } = await fleet.record();
  check(`the rollout is ${phase}`, state.phase === phase, `${state.phase}: ${led.stdout}`);
}

/** Every database has the version once, and the rows that it should have. */
function checkDatabases(when: string, version: number, rows: number): void {
  const wrong = fleet.applied(version).filter((each) => each.times !== 1 || each.rows !== rows);
  check(
    `${when}, every database has version ${version} once`,
    wrong.length === 0,
    `${JSON.stringify(wrong)}`,
  );
}

/** Seconds and messages from now on, in words. */
async function measure(): Promise<() => Promise<string>> {
  const before = await fleet.messages();
  const startedMs = performance.now();
  return async () => {
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    return `${seconds} s, ${await fleet.messages() - before} messages`;
  };
}

function check(what: string, holds: boolean, seen: string): void {
  if (holds) return;
  broken += 1;
  say(`BROKEN: ${what}: ${seen.slice(0, 2_000)}`);
}

function say(line: string): void {
  const load = Deno.loadavg()[0]?.toFixed(1);
  console.log(`${new Date().toISOString().slice(11, 19)} load ${load}: ${line}`);
}
