// The drill of a fleet: node processes with many databases each, three nats-servers, and kills of
// coordinators, servers and nodes while a rollout runs. Prints what it measured; ends with 1 where
// a promise is broken. The arguments are nodes, databases of each, and the seed.

import { join } from "node:path";
import type { Outcome } from "../../lib/outcome.ts";
import { migrationFile } from "../support/migration_file.ts";
import { type NatsCluster, startCluster } from "../support/nats_cluster.ts";
import { Random } from "../support/random.ts";
import { godwit, GodwitProcess } from "../support/service_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { Workspace } from "../support/workspace.ts";

const [nodeCount = "10", databaseCount = "100", seed = "1"] = Deno.args;
const NODES = Array.from({ length: Number(nodeCount) }, (_, index) => `node-${index}`);
const TENANTS = Array.from({ length: Number(databaseCount) }, (_, index) => `tenant-${index}`);
const KILLS = { coordinator: 10, server: 5, node: 5 };
const PLUGIN = "game";

const FIRST = {
  "001_scores.sql": migrationFile(
    "CREATE TABLE scores (a); INSERT INTO scores VALUES (1), (2), (3);",
    "DROP TABLE scores;",
  ),
};
const SECOND = {
  "002_best.sql": migrationFile("DELETE FROM scores WHERE a > 2;", "SELECT 1;"),
};

await using workspace = new Workspace();
await using cluster = await startCluster();
const random = new Random(Number(seed));
const processes = new Map<string, GodwitProcess>();
let failures = 0;

await makeDatabases();
for (const node of NODES) await startNode(node);
say(`${NODES.length} nodes with ${TENANTS.length} databases each, seed ${seed}`);

await withKills();
await offlineNode();
await badDatabase();
const memory = NODES.map((node) => residentMiB(processes.get(node)?.pid ?? 0));
say(`memory of a node: ${Math.min(...memory)} to ${Math.max(...memory)} MiB`);

for (const process of processes.values()) await process[Symbol.asyncDispose]();
if (failures > 0) Deno.exitCode = 1;
say(failures === 0 ? "every promise was kept" : `${failures} promises were broken`);

/** A rollout during which everything is killed. */
async function withKills(): Promise<void> {
  workspace.write(PLUGIN, SECOND);
  const startedMs = performance.now();
  const args = ["--wave", "20%,50%,100%", "--canary", "canary=yes", "--answer-within-ms", "60000"];
  const start = await run("start", ...args, "--detach");
  check("the rollout has started", start.code === 0, start.stderr);
  const killing = killThings(cluster);
  let coordinators = 0;
  let phase = "running";
  while (phase === "running" && performance.now() - startedMs < 600_000) {
    coordinators += 1;
    await using coordinator = command("lead", "--json");
    processes.set("coordinator", coordinator);
    await coordinator.finished();
    phase = await phaseNow();
    if (phase === "halted") {
      say(`halted: ${(await run("status")).stdout}`);
      await run("resume", "--detach");
      phase = "running";
    }
  }
  processes.delete("coordinator");
  await killing.stop();
  check("the rollout is done", phase === "done", phase);
  await untilAll(({ versions }) => versions["2"] === TENANTS.length);
  say(
    `killed ${killing.count("coordinator")} coordinators, ${killing.count("server")} servers and ` +
      `${killing.count("node")} nodes: ${seconds(startedMs)} s, ${coordinators} coordinators`,
  );
  checkDatabases("after the kills", NODES, "1", "2");
  await checkReports();
}

/** A node that is offline during a whole rollout. */
async function offlineNode(): Promise<void> {
  workspace.write(PLUGIN, {
    "003_third.sql": migrationFile("ALTER TABLE scores ADD COLUMN c;", "SELECT 1;"),
  });
  const late = NODES.at(-1) ?? "";
  await stopNode(late);
  const startedMs = performance.now();
  const rollout = await startAndLead("--wave", "1,100%");
  check("a rollout without one node is done", rollout.includes(": done"), rollout);
  say(`without kills and without one node: ${seconds(startedMs)} s`);
  await startNode(late);
  const readyMs = performance.now();
  await untilAll(({ versions }) => versions["3"] === TENANTS.length);
  say(`the node that was offline caught up ${seconds(readyMs)} s after it was back`);
  checkDatabases("after it caught up", NODES, "1", "2", 3);
}

/** A database that cannot be migrated, in the second wave; then an undo. */
async function badDatabase(): Promise<void> {
  workspace.write(PLUGIN, {
    "004_fourth.sql": migrationFile(
      "CREATE UNIQUE INDEX once ON scores (a); DELETE FROM scores WHERE a > 1;",
      "DROP INDEX once;",
    ),
  });
  const bad = NODES[1] ?? "";
  sqliteShell(databaseOf(bad, TENANTS[0] ?? ""), "INSERT INTO scores (a) VALUES (1)");
  const [first = ""] = NODES;
  const halted = await startAndLead("--canary", "canary=yes");
  check("the bad database halts it", halted.includes(": halted"), halted);
  check("the canary was migrated", versionIn(first) === "4", versionIn(first));
  check("the others were not touched", NODES.slice(1).every((node) => versionIn(node) === "3"), "");
  await run("undo", "--detach");
  const undone = await leadToRest();
  check("it was undone", undone.includes(": undone"), undone);
  check("the canary is back", versionIn(first) === "3", versionIn(first));
  const rows = sqliteShell(databaseOf(first, TENANTS[0] ?? ""), "SELECT count(*) FROM scores");
  check("its rows are back", rows === "2", rows);
  say("a bad database halted it before the second wave, and the undo brought the rows back");
}

type Killed = "coordinator" | "server" | "node";

/** Kills one thing after another, by the seed, until the rollout is over. */
function killThings({ servers }: NatsCluster): {
  count(what: Killed): number;
  stop(): Promise<void>;
} {
  const order: readonly Killed[] = random.shuffled([
    ...Array.from({ length: KILLS.coordinator }, () => "coordinator" as const),
    ...Array.from({ length: KILLS.server }, () => "server" as const),
    ...Array.from({ length: KILLS.node }, () => "node" as const),
  ]);
  const killed: Killed[] = [];
  let isOver = false;
  const kill = async (what: Killed): Promise<boolean> => {
    switch (what) {
      case "coordinator": {
        const coordinator = processes.get(what);
        processes.delete(what);
        try {
          coordinator?.signal("SIGKILL");
        } catch {
          // It has ended by itself.
          return false;
        }
        return coordinator !== undefined;
      }
      case "server": {
        const server = servers[random.integer(0, servers.length - 1)];
        await server?.stop();
        await server?.start();
        return true;
      }
      case "node": {
        const node = NODES[random.integer(0, NODES.length - 1)] ?? "";
        processes.get(node)?.signal("SIGKILL");
        launchNode(node);
        return true;
      }
    }
    return what satisfies never;
  };
  const ended = (async () => {
    for (const what of order) {
      await pause(random.integer(100, 1_500));
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function makeDatabases(): Promise<void> {
  workspace.write(PLUGIN, FIRST);
  await workspace.apply(PLUGIN, { tenant: "template" });
  for (const node of NODES) {
    for (const tenant of TENANTS) {
      const path = databaseOf(node, tenant);
      Deno.mkdirSync(join(workspace.root, node, PLUGIN), { recursive: true });
      Deno.copyFileSync(workspace.database(PLUGIN, "template"), path);
    }
  }
}

function databaseOf(node: string, tenant: string): string {
  return join(workspace.root, node, PLUGIN, `${tenant}.sqlite3`);
}

async function startNode(node: string): Promise<void> {
  await launchNode(node).logs("Serving as a node");
}

function launchNode(node: string): GodwitProcess {
  const process = new GodwitProcess([
    "serve",
    ...["--fleet", "--node", node, "--label", `canary=${node === NODES[0] ? "yes" : "no"}`],
    ...["--nats", cluster.url, "--data", join(workspace.root, node)],
    ...["--plugins", join(workspace.root, "none")],
  ]);
  processes.set(node, process);
  return process;
}

async function stopNode(node: string): Promise<void> {
  processes.get(node)?.signal("SIGTERM");
  await processes.get(node)?.finished();
}

function command(...[verb = "", ...rest]: readonly string[]): GodwitProcess {
  return new GodwitProcess([
    ...["rollout", verb, PLUGIN, ...rest],
    ...["--nats", cluster.url, ...(verb === "start" ? ["--plugins", workspace.pluginsDir] : [])],
  ]);
}

async function run(...args: readonly string[]): ReturnType<GodwitProcess["finished"]> {
  await using process = command(...args);
  return await process.finished();
}

/** A command that takes longer than tests wait is led on by the next one. */
async function leadToRest(): Promise<string> {
  for (;;) {
    const { stdout } = await run("lead");
    if (/: (done|halted|undone|aborted) /.test(stdout)) return stdout;
  }
}

async function startAndLead(...args: readonly string[]): Promise<string> {
  const start = await run("start", ...args, "--detach");
  check("the rollout has started", start.code === 0, start.stderr);
  return await leadToRest();
}

/** A server that has just been killed does not answer: then the rollout is looked at again. */
async function phaseNow(): Promise<string> {
  const { stdout } = await run("status", "--json");
  return stdout === "" ? "running" : JSON.parse(stdout).rollout.state.phase;
}

interface Reported {
  readonly node: string;
  readonly versions: Readonly<Record<string, number>>;
  readonly progress:
    | { readonly stage: string; readonly counts: { readonly applied: number } }
    | null;
}

async function reports(): Promise<Outcome<readonly Reported[]>> {
  const { stdout, stderr } = await godwit(["fleet", PLUGIN, "--json", "--nats", cluster.url]);
  return stdout === ""
    ? { ok: false, code: "none", message: stderr }
    : { ok: true, value: JSON.parse(stdout).nodes };
}

async function untilAll(holds: (node: Reported) => boolean): Promise<void> {
  const startedMs = performance.now();
  for (;;) {
    const listed = await reports();
    if (listed.ok && listed.value.length === NODES.length && listed.value.every(holds)) return;
    if (performance.now() - startedMs > 120_000) {
      check("every node has caught up", false, JSON.stringify(listed));
      return;
    }
    await pause(200);
  }
}

/** Every database has the version once, and the rows that it should have. */
function checkDatabases(
  when: string,
  nodes: readonly string[],
  times: string,
  rows: string,
  version = 2,
): void {
  let wrong = 0;
  for (const node of nodes) {
    for (const tenant of TENANTS) {
      const seen = sqliteShell(
        databaseOf(node, tenant),
        `SELECT (SELECT count(*) FROM plugin_schema_migration_log
           WHERE version = ${version} AND outcome = 'applied') || ' ' || (SELECT count(*) FROM scores)`,
      );
      if (seen !== `${times} ${rows}`) wrong += 1;
    }
  }
  check(`${when}, every database has version ${version} once`, wrong === 0, `${wrong} have not`);
}

/** The reports agree with the databases. */
async function checkReports(): Promise<void> {
  const listed = await reports();
  const agree = listed.ok &&
    listed.value.every(({ versions, progress }) =>
      versions["2"] === TENANTS.length && progress?.counts.applied === TENANTS.length
    );
  check("the reports agree with the databases", agree, JSON.stringify(listed));
}

function versionIn(node: string): string {
  return sqliteShell(
    databaseOf(node, TENANTS[0] ?? ""),
    "SELECT max(version) FROM plugin_schema_migrations WHERE status = 'applied'",
  );
}

function residentMiB(pid: number): number {
  const [, kib = "0"] = /VmRSS:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
  return Math.round(Number(kib) / 1024);
}

function check(what: string, holds: boolean, seen: string): void {
  if (holds) return;
  failures += 1;
  say(`BROKEN: ${what}: ${seen.slice(0, 2_000)}`);
}

function seconds(sinceMs: number): string {
  return ((performance.now() - sinceMs) / 1_000).toFixed(1);
}

function say(line: string): void {
  console.log(line);
}
