// Rollouts over nodes with real databases, on a real nats-server with JetStream.

import * as assert from "uvu/assert";
import type { RolloutRecord } from "../../lib/fleet/rollout_record.ts";
import { FLEET_NAMES } from "../../lib/nats/fleet_buckets.ts";
import { doneBefore } from "../../lib/rollout/node_databases.ts";
import { startRollout } from "../../lib/rollout/start_rollout.ts";
import { sleep } from "../../lib/deadline.ts";
import { aRollout } from "../fleet/fleet_facts.ts";
import { migrationFile } from "../support/migration_file.ts";
import { withJetStream } from "../support/nats_cluster.ts";
import { until } from "../support/service_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { type Files, Workspace } from "../support/workspace.ts";
import {
  begin,
  bundleOf,
  DEFAULTS,
  give,
  openStore,
  settle,
  startNode,
  type TestNode,
} from "./test_fleet.ts";

const fleet = suite("a rollout over nodes");

const server = withJetStream();
await server.start();
const store = await openStore(server);

const FIRST = { "001_scores.sql": migrationFile("CREATE TABLE scores (a);", "DROP TABLE scores;") };
const SECOND = {
  ...FIRST,
  "002_best.sql": migrationFile(
    "ALTER TABLE scores ADD COLUMN best;",
    "ALTER TABLE scores DROP COLUMN best;",
    "-- requires: sqlite >= 3.35.0",
  ),
};
const LOSSY = {
  ...FIRST,
  "002_best.sql": migrationFile("DELETE FROM scores WHERE a > 1;", "SELECT 1;"),
};
const TENANTS = ["x", "y"];

// Three nodes for all tests; each test has a plugin of its own on some of them.
const NODES = new Map<string, TestNode>();
for (const name of ["a", "b", "c"]) {
  const labels = { canary: name === "a" ? "yes" : "no" };
  NODES.set(name, await startNode(name, server, { labels }));
}
let plugins = 0;

interface Game {
  readonly plugin: string;
  readonly nodes: ReadonlyMap<string, TestNode>;
}

/** A plugin with two tenants on each node, at version 1 with the rows 1 and 2. */
async function game(names: readonly string[]): Promise<Game> {
  const plugin = `game-${++plugins}`;
  const nodes = new Map([...NODES].filter(([name]) => names.includes(name)));
  for (const node of nodes.values()) {
    node.workspace.write(plugin, FIRST);
    for (const tenant of TENANTS) {
      await node.workspace.succeed("apply", plugin, { tenant });
      sqliteShell(node.workspace.database(plugin, tenant), "INSERT INTO scores VALUES (1), (2)");
    }
    await node.stop();
    await node.start();
  }
  return { plugin, nodes };
}

function databasesOf({ plugin, nodes }: Game): readonly string[] {
  return [...nodes.values()].flatMap(({ workspace }) =>
    TENANTS.map((tenant) => workspace.database(plugin, tenant))
  );
}

/** How often version 2 was applied to each database, by its own log. */
function appliedOnce(made: Game): readonly string[] {
  return databasesOf(made).map((path) =>
    sqliteShell(
      path,
      "SELECT count(*) FROM plugin_schema_migration_log WHERE version = 2 AND outcome = 'applied'",
    )
  );
}

function block({ plugin, nodes }: Game, node: string, tenant: string): void {
  const path = nodes.get(node)?.workspace.database(plugin, tenant);
  sqliteShell(path ?? "", "ALTER TABLE scores ADD COLUMN best");
}

async function bundle({ plugin }: Game, files: Files): ReturnType<typeof bundleOf> {
  return await bundleOf(plugin, files);
}

function whyOf({ state }: RolloutRecord): string {
  return state.why.map(({ message }) => message).join("; ");
}

fleet("migrates every database once, in waves, and the state agrees with each", async () => {
  const made = await game(["a", "b", "c"]);
  await begin(await bundle(made, SECOND), store, { waves: "1,100%" });
  const done = await settle(made.plugin, store);
  assert.equal([done.state.phase, done.state.open, done.state.why], ["done", 2, []]);
  assert.equal(appliedOnce(made), ["1", "1", "1", "1", "1", "1"]);
  await using reports = await store.reports.follow(`*.${made.plugin}`, () => {});
  for (const { value } of reports.entries.values()) {
    assert.equal(value.versions, { "2": 2 });
    assert.ok(Date.parse(value.last_run ?? "") > 0, "the node says when it was migrated");
    assert.equal(value.progress?.counts, { applied: 2, unchanged: 0, failed: 0, rows_lost: 0 });
  }
});

fleet("a node reports how many databases have other migrations than its files", async () => {
  const made = await game(["a"]);
  const report = async (): Promise<number | null | undefined> =>
    (await store.reports.get(`a.${made.plugin}`))?.value.drifted;
  assert.is(await report(), 0);
  const node = made.nodes.get("a");
  const changed = migrationFile("CREATE TABLE scores (a, b);", "DROP TABLE scores;");
  node?.workspace.write(made.plugin, { "001_scores.sql": changed });
  await node?.stop();
  await node?.start();
  assert.is(await report(), 2);
});

fleet("a node replaces a report of its own that it cannot read", async () => {
  const made = await game(["a"]);
  const node = made.nodes.get("a");
  await node?.stop();
  const key = `a.${made.plugin}`;
  const kv = await (await server.connect()).jetstream().views.kv(FLEET_NAMES.nodes);
  await kv.put(key, JSON.stringify({ colour: "red" }));
  await node?.start();
  assert.equal((await store.reports.get(key))?.value.versions, { "1": 2 });
});

fleet("a new database is reported while the records of others change all the time", async () => {
  await using node = await startNode("busy", server, { lookAgainMs: 200 });
  let isOver = false;
  const change = async (): Promise<void> => {
    const record = aRollout(["other"]);
    let revision = await store.rollouts.put("other", record, 0);
    while (!isOver && revision !== null) {
      revision = await store.rollouts.put("other", record, revision);
      await sleep(20);
    }
  };
  const changes = change();
  try {
    node.workspace.write("late", FIRST);
    await node.workspace.succeed("apply", "late", { tenant: "x" });
    await until("it is reported", async () => await store.reports.get("busy.late") !== null);
  } finally {
    isOver = true;
    await changes;
  }
});

fleet("a failure halts it before its wave, and an undo brings the rows back", async () => {
  const made = await game(["a", "b", "c"]);
  const bad = await bundle(made, LOSSY);
  block(made, "b", "y");
  await begin(bad, store, { canary: { canary: "yes" } });
  const halted = await settle(made.plugin, store);
  assert.equal([halted.state.phase, halted.state.open], ["halted", 1]);
  assert.match(whyOf(halted), "1 node would run a plan that the first wave did not have");
  assert.equal(appliedOnce(made), ["1", "1", "0", "0", "0", "0"]);
  const [first = ""] = databasesOf(made);
  assert.is(sqliteShell(first, "SELECT count(*) FROM scores"), "1");
  await give(made.plugin, store, { kind: "undo", method: "restore" });
  assert.is((await settle(made.plugin, store)).state.phase, "undone");
  assert.is(sqliteShell(first, "SELECT count(*) FROM scores"), "2");
  assert.equal(appliedOnce(made), ["0", "0", "0", "0", "0", "0"]);
});

fleet("an undo can roll back, where the sections bring it back", async () => {
  const made = await game(["a"]);
  await begin(await bundle(made, SECOND), store);
  assert.is((await settle(made.plugin, store)).state.phase, "done");
  await give(made.plugin, store, { kind: "undo", method: "roll-back" });
  assert.is((await settle(made.plugin, store)).state.phase, "undone");
  for (const path of databasesOf(made)) {
    assert.is(sqliteShell(path, "SELECT count(*) FROM pragma_table_info('scores')"), "1");
  }
});

fleet("a database that cannot be read is not brought back, and the undo says so", async () => {
  const made = await game(["a"]);
  const record = await begin(await bundle(made, SECOND), store);
  assert.is((await settle(made.plugin, store)).state.phase, "done");
  const [, second = ""] = databasesOf(made);
  Deno.writeTextFileSync(second, "no database ".repeat(1_000));
  const { context } = await (made.nodes.get("a")?.workspace ?? new Workspace()).migrator();
  const done = await doneBefore({ plugin: made.plugin, tenant: "y" }, record, context);
  assert.is(done.kind, "failed");
  await give(made.plugin, store, { kind: "undo", method: "roll-back" });
  const { state } = await settle(made.plugin, store);
  assert.is(state.phase, "undone");
  assert.equal(state.why.map(({ message }) => message), [
    "1 database could not be brought back",
  ]);
  const report = await store.reports.get(`a.${made.plugin}`);
  assert.equal(report?.value.progress?.failures.map(({ tenant }) => tenant), ["y"]);
});

fleet("a failure is tried again when the rollout is resumed", async () => {
  const made = await game(["a"]);
  block(made, "a", "y");
  await begin(await bundle(made, SECOND), store);
  const halted = await settle(made.plugin, store);
  assert.match(whyOf(halted), "1 database failed, and max_failures allows 0");
  const [, second = ""] = databasesOf(made);
  sqliteShell(second, "ALTER TABLE scores DROP COLUMN best");
  await give(made.plugin, store, {
    kind: "resume",
    limits: {},
    accept: { plans: [], findings: [] },
    without: [],
  });
  const done = await settle(made.plugin, store);
  assert.equal([done.state.phase, done.state.attempt], ["done", 1]);
  assert.equal(appliedOnce(made), ["1", "1"]);
});

fleet("rows halt it before any is lost", async () => {
  const made = await game(["a", "b"]);
  const limits = { ...DEFAULTS.limits, max_rows_lost: 1 };
  await begin(await bundle(made, LOSSY), store, { limits });
  const halted = await settle(made.plugin, store);
  assert.match(whyOf(halted), "4 rows would be lost, and max_rows_lost allows 1");
  assert.equal(appliedOnce(made), ["0", "0", "0", "0"]);
});

fleet("a node that was offline catches up when it is back", async () => {
  const made = await game(["a", "b"]);
  const late = made.nodes.get("b");
  await late?.stop();
  await begin(await bundle(made, SECOND), store);
  assert.is((await settle(made.plugin, store)).state.phase, "done");
  assert.equal(appliedOnce(made), ["1", "1", "0", "0"]);
  await late?.start();
  await until("it has caught up", async () => {
    const report = await store.reports.get(`b.${made.plugin}`);
    return report?.value.progress?.stage === "applied";
  });
  assert.equal(appliedOnce(made), ["1", "1", "1", "1"]);
});

fleet("a node whose process ends in the middle goes on, and nothing is applied twice", async () => {
  const made = await game(["a"]);
  await begin(await bundle(made, SECOND), store);
  const node = made.nodes.get("a");
  const settled = settle(made.plugin, store);
  for (let restart = 0; restart < 3; restart++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await node?.stop();
    await node?.start();
  }
  assert.is((await settled).state.phase, "done");
  assert.equal(appliedOnce(made), ["1", "1"]);
  await using reports = await store.reports.follow(`*.${made.plugin}`, () => {});
  const [report] = [...reports.entries.values()];
  assert.is(report?.value.progress?.counts.applied, 2);
});

fleet("two coordinators at once lead it once", async () => {
  const made = await game(["a", "b"]);
  await begin(await bundle(made, SECOND), store, { waves: "1,100%" });
  const other = await openStore(server);
  const both = await Promise.all([settle(made.plugin, store), settle(made.plugin, other)]);
  assert.equal(both.map(({ state }) => [state.phase, state.open]), [["done", 2], ["done", 2]]);
  assert.equal(appliedOnce(made), ["1", "1", "1", "1"]);
});

fleet("a clock that is an hour off changes nothing", async () => {
  const made = await game(["a"]);
  const now = Date.now;
  Date.now = () => now() + 3_600_000;
  try {
    const limits = { ...DEFAULTS.limits, answer_within_ms: 10_000 };
    await begin(await bundle(made, SECOND), store, { limits });
    const { state } = await settle(made.plugin, store);
    assert.equal([state.phase, state.why], ["done", []]);
  } finally {
    Date.now = now;
  }
});

fleet("what cannot be rolled out is refused with a reason", async () => {
  const made = await game(["a"]);
  const files = await bundle(made, SECOND);
  const refused = async (given: Partial<Parameters<typeof startRollout>[0]>): Promise<string> => {
    const started = await startRollout({ ...DEFAULTS, bundle: files, ...given }, store);
    return started.ok ? "started" : started.message;
  };
  assert.match(await refused({ target: 9 }), /no migration 9 in the bundle .* it has 1 to 2/);
  assert.match(await refused({ waves: "10%" }), "--wave: expected counts and shares that grow");
  assert.match(await refused({ startedBy: "x".repeat(201) }), /--by: .* at most 200 characters/);
  const many = [...Array.from({ length: 100 }, (_, index) => index + 1), "100%"].join(",");
  assert.match(await refused({ waves: many }), "--wave: a rollout has at most 100 waves");
  assert.match(await refused({ select: { region: "moon" } }), /No node .* label region=moon/);
  assert.match(await refused({ canary: { canary: "x" } }), /No node .* label canary=x of --canary/);
  const unknown = await bundleOf("nobody-has-it", SECOND);
  assert.match(await refused({ bundle: unknown }), /No node has a database of "nobody-has-it"/);
  assert.is(await refused({}), "started");
  assert.match(await refused({}), /A rollout of .* that ann has started is running/);
  await settle(made.plugin, store);
});

fleet("a name that another node has is refused", async () => {
  await using twin = await startNode("a", server);
  const end = await twin.ended;
  assert.is(end.kind, "refused");
  assert.match(end.kind === "refused" ? end.message : "", /Another node is online under the name/);
});

fleet.after(async () => {
  for (const node of NODES.values()) await node[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
fleet.run();
