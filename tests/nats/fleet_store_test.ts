// The state of a fleet on a real nats-server with JetStream.

import * as assert from "uvu/assert";
import { type Claim, FleetStoreError } from "../../lib/fleet/fleet_store.ts";
import { RECORD_FORMAT } from "../../lib/fleet/rollout_record.ts";
import { sha256Hex } from "../../lib/migration/sha256_hex.ts";
import { openFleetStore } from "../../lib/nats/fleet_store.ts";
import { FLEET_NAMES, fleetEventSubject } from "../../lib/nats/fleet_buckets.ts";
import { aNode, aRollout, aState } from "../fleet/fleet_facts.ts";
import { withJetStream } from "../support/nats_cluster.ts";
import { NatsServer } from "../support/nats_server.ts";
import { until } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";

const stores = suite("openFleetStore()");

const server = withJetStream();
await server.start();
const connection = await server.connect();
const store = await openFleetStore(connection, { leaseMs: 1_000 });

const CLAIM: Claim = { format: RECORD_FORMAT, process: crypto.randomUUID(), home: "x" };

stores("a key is stored only where it has the revision that was read", async () => {
  const record = aRollout(["a"]);
  const first = await store.rollouts.put("one", record, 0);
  assert.ok(first !== null);
  assert.is(await store.rollouts.put("one", record, 0), null);
  const second = await store.rollouts.put("one", { ...record, databases: 7 }, first);
  assert.ok(second !== null && second > first);
  assert.is(await store.rollouts.put("one", record, first), null);
  const stored = await store.rollouts.get("one");
  assert.equal([stored?.value.databases, stored?.revision], [7, second]);
  assert.is(await store.rollouts.get("unknown"), null);
});

stores("a copy follows its keys, and no others", async () => {
  let changes = 0;
  await store.reports.put("a.game", aNode("a").report, 0);
  await using copy = await store.reports.follow("*.game", () => changes += 1);
  assert.equal([...copy.entries.keys()], ["a.game"]);
  await store.reports.put("a.other", aNode("a").report, 0);
  const revision = await store.reports.put("b.game", aNode("b").report, 0);
  await until("the copy has b", () => copy.entries.size === 2);
  await store.reports.remove("b.game", revision ?? 0);
  await until("the copy has lost b", () => copy.entries.size === 1);
  assert.ok(changes >= 3);
});

stores("a lease ends where it is not renewed, and another program can take it", async () => {
  assert.is(store.leases.ttlMs, 1_000);
  const revision = await store.leases.put("game", CLAIM, 0);
  assert.is(await store.leases.put("game", CLAIM, 0), null);
  await until("the lease is free", async () => await store.leases.put("game", CLAIM, 0) !== null);
  assert.is(await store.leases.put("game", CLAIM, revision ?? 0), null);
});

stores("a bundle of several chunks comes back, and is stored once while it is whole", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  const large = new Uint8Array(1_200_000).map((_, index) => bytes[index % bytes.length] ?? 0);
  const digest = await sha256Hex(large);
  const objects = await connection.jetstream().views.os(FLEET_NAMES.bundles);
  await store.putBundle(digest, large);
  const first = await objects.info(digest);
  await store.putBundle(digest, large);
  assert.is((await objects.info(digest))?.nuid, first?.nuid);
  assert.equal(await store.bundle(digest), large);
  assert.is(await store.bundle("e".repeat(64)), null);
  await objects.putBlob({ name: digest }, new Uint8Array([1]));
  await store.putBundle(digest, large);
  assert.equal(await store.bundle(digest), large);
});

stores("an event is in the stream once", async () => {
  const event = {
    event: "rollout_state",
    rollout: CLAIM.process,
    plugin: "game",
    phase: "running",
    open: 0,
    attempt: 0,
    why: [],
  } as const;
  await store.announce(event, "1");
  await store.announce(event, "1");
  const manager = await connection.jetstreamManager();
  const { state } = await manager.streams.info(FLEET_NAMES.events);
  assert.is(state.messages, 1);
  const message = await manager.streams.getMessage(FLEET_NAMES.events, {
    last_by_subj: fleetEventSubject("game"),
  });
  assert.equal(message.json(), event);
});

stores("an entry of another version of godwit is refused by name", async () => {
  const kv = await connection.jetstream().views.kv(FLEET_NAMES.rollouts);
  await kv.put("odd", JSON.stringify({ ...aRollout(["a"]), colour: "red" }));
  await refused("unreadable", /odd cannot be read: colour/, () => store.rollouts.get("odd"));
  await kv.put("odd", "{");
  await refused("unreadable", /odd is not JSON/, () => store.rollouts.get("odd"));
});

stores("an entry that cannot be read has a revision, by which it is replaced", async () => {
  const kv = await connection.jetstream().views.kv(FLEET_NAMES.nodes);
  const revision = await kv.put("old.game", "{");
  assert.is(await store.reports.revision("old.game"), revision);
  assert.ok(await store.reports.put("old.game", aNode("old").report, revision) !== null);
  assert.is((await store.reports.get("old.game"))?.value.node, "old");
  assert.is(await store.reports.revision("unknown.game"), 0);
});

stores("what no program could read is refused, and the entry stays as it was", async () => {
  const revision = await store.rollouts.put("bound", aRollout(["a"]), 0);
  const plans = Array.from({ length: 401 }, (_, index) => index.toString(16).padStart(64, "0"));
  const record = { ...aRollout(["a"]), state: aState({ plans }) };
  await refused(
    "unreadable",
    /bound is not stored, because it could not be read: state.plans/,
    () => store.rollouts.put("bound", record, revision ?? 0),
  );
  assert.is((await store.rollouts.get("bound"))?.revision, revision);
});

stores("a report without the fields that were added later is read", async () => {
  const kv = await connection.jetstream().views.kv(FLEET_NAMES.nodes);
  const { drifted: _drifted, last_run: _lastRun, ...old } = aNode("early").report;
  await kv.put("early.game", JSON.stringify(old));
  const { drifted, last_run } = (await store.reports.get("early.game"))?.value ?? {};
  assert.equal([drifted, last_run], [null, null]);
});

stores("what exceeds a bucket is refused with a remedy", async () => {
  const long = { ...aRollout(["a"]), wave_ends: ["x".repeat(300_000)] };
  await refused("too-large", /exceeds/, () => store.rollouts.put("long", long, 0));
});

stores("a bundle that exceeds the object store is refused, and leaves nothing behind", async () => {
  const manager = await connection.jetstreamManager();
  const stream = `OBJ_${FLEET_NAMES.bundles}`;
  await manager.streams.update(stream, { max_bytes: 2_000_000 });
  const before = (await manager.streams.info(stream)).state.bytes;
  const large = new Uint8Array(3_000_000);
  await refused(
    "too-large",
    /exceeds what the bucket/,
    () => store.putBundle("d".repeat(64), large),
  );
  assert.is((await manager.streams.info(stream)).state.bytes, before);
  assert.is(await store.bundle("d".repeat(64)), null);
});

stores("without JetStream the message has the configuration that enables it", async () => {
  await using plain = await NatsServer.start();
  const other = await plain.connect();
  await refused("no-jetstream", /jetstream \{ store_dir/, () => openFleetStore(other));
});

stores("a bucket that was deleted is missed, and made again when the store is opened", async () => {
  const manager = await connection.jetstreamManager();
  await manager.streams.delete(`KV_${FLEET_NAMES.rollouts}`);
  await assertFails(() => store.rollouts.put("again", aRollout(["a"]), 0));
  const again = await openFleetStore(await server.connect());
  assert.ok(await again.rollouts.put("again", aRollout(["a"]), 0) !== null);
});

stores.after(() => server[Symbol.asyncDispose]());
stores.run();

async function refused(
  code: string,
  words: RegExp,
  work: () => Promise<unknown>,
): Promise<void> {
  const error = await assertFails(work);
  assert.is(error.code, code);
  assert.match(error.message, words);
}

async function assertFails(work: () => Promise<unknown>): Promise<FleetStoreError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof FleetStoreError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}
