// The documented cluster of three servers: operators start rollouts, a node reads them and writes
// its own reports.

import { connect, type NatsConnection } from "nats.ws";
import * as assert from "uvu/assert";
import { openFleetStore } from "../../lib/nats/fleet_store.ts";
import { FleetStoreError } from "../../lib/fleet/fleet_store.ts";
import { begin, bundleOf, DEFAULTS, settle } from "../rollout/test_fleet.ts";
import { aNode, aRollout } from "../fleet/fleet_facts.ts";
import { until } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";
import { RepositoryCopy } from "./repository_copy.ts";

const PASSWORDS = "OPERATOR_PASSWORD=o NODE_A_PASSWORD=a NODE_B_PASSWORD=b";

const copy = await RepositoryCopy.make();
const URLS = copy.localize("ws://127.0.0.1:8081,ws://127.0.0.1:8082,ws://127.0.0.1:8083");
for (const server of [1, 2, 3]) {
  await copy.start(`env ${PASSWORDS} nats-server -c examples/nats/fleet/server-${server}.conf`);
}
const operator = await login("operator", "o");
const store = await openStore();
const nodeA = await login("node-a", "a");

const permissions = suite("examples/nats/fleet");

permissions("a node of the example takes part in a rollout", async () => {
  await copy.shell(
    "deno task godwit apply quote-db --to 2 --plugins examples/plugins --data data/a",
  );
  await copy.start(
    `env NATS_USER=node-a NATS_PASSWORD=a deno task serve --fleet --node node-a ` +
      `--nats ${URLS} --data data/a --plugins data/none`,
  );
  const report = (): ReturnType<typeof store.reports.get> => store.reports.get("node-a.quote-db");
  await until("the node is there", async () => await report() !== null);
  const files = Object.fromEntries(
    [...Deno.readDirSync(`${copy.root}/examples/plugins/quote-db/migrations`)]
      .map(({ name }) => name).sort().slice(0, 4).map((name) => [
        name,
        Deno.readTextFileSync(`${copy.root}/examples/plugins/quote-db/migrations/${name}`),
      ]),
  );
  await begin(await bundleOf("quote-db", files), store, {
    limits: { ...DEFAULTS.limits, max_rows_lost: null },
  });
  const { state } = await settle("quote-db", store);
  assert.equal([state.phase, state.why], ["done", []]);
});

permissions("everything is stored on three servers", async () => {
  const manager = await operator.jetstreamManager();
  for await (const { config } of manager.streams.list()) {
    assert.is(config.num_replicas, 3, config.name);
  }
});

permissions("a node can neither start a rollout nor end one", async () => {
  const a = await openFleetStore(nodeA);
  await forbidden(() => a.rollouts.put("game", aRollout(["a"]), 0));
  await forbidden(() => a.rollouts.remove("quote-db", 1));
  await forbidden(() => a.leases.put("quote-db", CLAIM, 0));
  await forbidden(() => a.putBundle("a".repeat(64), new Uint8Array([1])));
});

permissions(
  "a node writes its own reports, and can neither read nor write those of others",
  async () => {
    const a = await openFleetStore(nodeA);
    assert.ok(await a.reports.put("node-a.game", aNode("node-a").report, 0) !== null);
    await forbidden(() => a.reports.put("node-b.game", aNode("node-b").report, 0));
    await forbidden(() => a.reports.get("node-b.game"));
    await forbidden(() => a.presence.put("node-b", CLAIM, 0));
  },
);

const CLAIM = { format: 1, process: crypto.randomUUID(), home: "x" } as const;

permissions.after(async () => {
  await store[Symbol.asyncDispose]();
  await operator.close();
  await nodeA.close();
  await copy[Symbol.asyncDispose]();
});
permissions.run();

function login(user: string, pass: string): Promise<NatsConnection> {
  return connect({ servers: URLS.split(","), user, pass, inboxPrefix: `_INBOX.${user}` });
}

/** The servers have to find a leader first. */
async function openStore(): ReturnType<typeof openFleetStore> {
  for (let tries = 0;; tries++) {
    try {
      const connection = await login("operator", "o");
      return await openFleetStore(connection, { leaseMs: 3_000, presenceMs: 9_000 });
    } catch (error) {
      if (!(error instanceof FleetStoreError) || tries > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function forbidden(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof FleetStoreError);
    assert.is(error.code, "forbidden", error.message);
    return;
  }
  throw new Error("it is allowed");
}
