// Buckets that are deleted under a node and a coordinator that run.

import * as assert from "uvu/assert";
import { FLEET_NAMES } from "../../lib/nats/fleet_buckets.ts";
import { migrationFile } from "../support/migration_file.ts";
import { withJetStream } from "../support/nats_cluster.ts";
import { until } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";
import { begin, bundleOf, lead, openStore, settle, startNode } from "./test_fleet.ts";

const PLUGIN = "game";
const FIRST = { "001_scores.sql": migrationFile("CREATE TABLE scores (a);", "DROP TABLE scores;") };
const SECOND = {
  ...FIRST,
  "002_best.sql": migrationFile("CREATE TABLE best (a);", "DROP TABLE best;"),
};

const server = withJetStream();
await server.start();
const manager = await (await server.connect()).jetstreamManager();
const store = await openStore(server);
const node = await startNode("a", server, { lookAgainMs: 200 });
node.workspace.write(PLUGIN, FIRST);
await node.workspace.succeed("apply", PLUGIN, { tenant: "x" });

const deleted = suite("a bucket that is deleted");

async function reported(): Promise<string> {
  const report = await store.reports.get(`a.${PLUGIN}`);
  return JSON.stringify(report?.value.versions);
}

/** Follows are begun anew after an outage; without one they notice within seconds. */
async function restartServer(): Promise<void> {
  await server.stop();
  await server.start();
}

deleted("of reports: the node stores its report in the new one", async () => {
  await until("the node reports", async () => await reported() === '{"1":1}');
  await manager.streams.delete(`KV_${FLEET_NAMES.nodes}`);
  await using _again = await openStore(server);
  await until("it reports again", async () => await reported() === '{"1":1}');
});

deleted("of presence: the node is online in the new one", async () => {
  await manager.streams.delete(`KV_${FLEET_NAMES.presence}`);
  await using _again = await openStore(server);
  await until("it is online", async () => await store.presence.get("a") !== null);
});

deleted("of rollouts: node and coordinator say how to make it, and go on with it", async () => {
  node.workspace.write("idle", FIRST);
  await node.workspace.succeed("apply", "idle", { tenant: "x" });
  await until("both are known", async () => await store.reports.get("a.idle") !== null);
  const record = await begin(await bundleOf("idle", FIRST), store, { approval: "each" });
  const logged: string[] = [];
  const looked = Promise.withResolvers<void>();
  // Another coordinator has the lease, so that this one only looks.
  await store.leases.put("idle", { format: 1, process: crypto.randomUUID(), home: "x" }, 0);
  const led = lead("idle", store, {
    onLook: () => looked.resolve(),
    log: (_level, _message, { reason } = {}) => logged.push(String(reason)),
  });
  await looked.promise;
  await manager.streams.delete(`KV_${FLEET_NAMES.rollouts}`);
  await restartServer();
  const remedy = /A bucket of the fleet is missing .* godwit fleet --nats URL/;
  await until("the coordinator says so", () => logged.some((line) => remedy.test(line)));
  await until("the node says so", () => node.outages.some((line) => remedy.test(line)));
  assert.is(record.plugin, "idle");
  await using _again = await openStore(server);
  assert.is(await led, null, "the record is gone with its bucket");
  await begin(await bundleOf(PLUGIN, SECOND), store);
  assert.is((await settle(PLUGIN, store)).state.phase, "done");
  await until("it is migrated", async () => await reported() === '{"2":1}');
});

deleted.after(async () => {
  await node[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
deleted.run();
