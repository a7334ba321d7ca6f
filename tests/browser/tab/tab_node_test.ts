// A tab is a node of a fleet: real Chromium, a real nats-server with JetStream, and a node in Deno
// that goes before it.

import * as assert from "uvu/assert";
import type { FleetStore } from "../../../lib/fleet/fleet_store.ts";
import { isUnfinished, type RolloutRecord } from "../../../lib/fleet/rollout_record.ts";
import type { NodeReport } from "../../../lib/fleet/node_report.ts";
import { createPublisherKey, type PublisherKey, sign } from "../../../lib/nats/publisher_key.ts";
import { bundleBytes } from "../../../lib/source/bundle_bytes.ts";
import { signedBytes } from "../../../lib/source/bundle_signature.ts";
import type { Bundle } from "../../../lib/source/plugin_manifest.ts";
import {
  begin,
  bundleOf,
  give,
  openStore,
  settle,
  startNode,
  type TestNode,
} from "../../rollout/test_fleet.ts";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { withJetStream } from "../../support/nats_cluster.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { until } from "../../support/service_process.ts";
import { suite } from "../../support/suite.ts";

const nodes = suite("a tab in a fleet");

const FIRST = {
  "001_scores.sql": migrationFile(
    "CREATE TABLE scores (a); INSERT INTO scores VALUES (1), (2);",
    "DROP TABLE scores;",
  ),
};
const LOSSY = {
  ...FIRST,
  "002_best.sql": migrationFile("DELETE FROM scores WHERE a > 1;", "SELECT 1;"),
};

// Nodes of the example, whose permissions are the same for a tab.
const NODE = "node-a";
const OTHER = "node-b";
const PASSWORDS = { [NODE]: "a", [OTHER]: "b" };
const PERMISSIONS = new URL("../../../examples/nats/fleet/permissions.conf", import.meta.url);

const publisher = createPublisherKey();
Deno.env.set("OPERATOR_PASSWORD", "o");
Deno.env.set("NODE_A_PASSWORD", PASSWORDS[NODE]);
Deno.env.set("NODE_B_PASSWORD", PASSWORDS[OTHER]);
const server = withJetStream({
  config: `no_auth_user: operator\n${Deno.readTextFileSync(PERMISSIONS)}`,
});
await server.start();
const store = await openStore(server);

let site: SandboxServer;
let browser: TestBrowser;
let desk: TestNode;
let tab: SandboxTab;

nodes.before(async () => {
  site = await SandboxServer.start({ files: BLANK_PAGE });
  browser = await openChromium();
  const trust = [publisher.publicKey];
  desk = await startNode(OTHER, server, { labels: { canary: "yes" }, trust });
  desk.workspace.write("game", FIRST);
  await desk.workspace.succeed("apply", "game");
  await desk.stop();
  await desk.start();
  tab = await SandboxTab.open(browser, site.url);
  await tab.save("game", FIRST);
  await tab.ask("apply", "game");
});

nodes.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  await desk?.[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

function signed(bundle: Bundle, key: PublisherKey): Bundle {
  const signature = { key: key.publicKey, signature: sign(key, signedBytes(bundle)) };
  return { ...bundle, signatures: [signature] };
}

/** Connects a tab as a node, with the login that the example gives it. */
async function join(
  joining: SandboxTab,
  node: keyof typeof PASSWORDS = NODE,
): Promise<void> {
  const outcome = await joining.handle.evaluate(({ sandbox }, fleet) =>
    sandbox.connectNats({
      url: fleet.url,
      prefix: "db.migrate",
      login: { kind: "user", user: fleet.node, password: fleet.password },
      fleet: { node: fleet.node, labels: { kind: "browser" }, trust: [fleet.key] },
    }), { url: server.url, node, password: PASSWORDS[node], key: publisher.publicKey });
  assert.ok(outcome.ok, outcome.ok ? "" : outcome.message);
}

async function untilJoined(joining: SandboxTab): Promise<void> {
  await until(
    "the tab takes part",
    async () => (await joining.state())?.node.kind === "joined",
  );
}

async function report(): Promise<NodeReport | undefined> {
  return (await store.reports.get(`${NODE}.game`))?.value;
}

/** Waits until the tab refuses the rollout, and says why. */
async function untilRefused(id: string): Promise<string> {
  await until("the tab has refused it", async () => {
    const progress = (await report())?.progress;
    return progress?.rollout === id && progress.refused !== null;
  });
  return (await report())?.progress?.refused ?? "";
}

async function rows(of: SandboxTab): Promise<number> {
  const read = await of.handle.evaluate(({ sandbox }) =>
    sandbox.query("game", {
      sql: "SELECT count(*) FROM scores",
      access: "read",
      limit: 1,
    })
  );
  return read.ok ? Number(read.value.rows[0]?.[0]) : -1;
}

/** Starts a rollout in which the node in Deno goes first, and leads it until it rests. */
async function rollOut(
  bundle: Bundle,
  given: Parameters<typeof begin>[2] = {},
  used: FleetStore = store,
): Promise<RolloutRecord> {
  await begin(bundle, used, { canary: { canary: "yes" }, ...given });
  return await settle("game", store);
}

nodes("a tab reports its databases, and serves them under its own name", async () => {
  await join(tab);
  await untilJoined(tab);
  await until("it has reported", async () => (await report())?.versions["1"] === 1);
  const { labels, databases, drifted } = await report() ?? {};
  assert.equal([labels, databases, drifted], [{ kind: "browser" }, 1, 0]);
  // What the page does is reported as it happens.
  await tab.ask("rollback", "game", { target_version: 0 });
  await until("it has reported again", async () => (await report())?.versions["0"] === 1);
  await tab.ask("apply", "game");
  await until("it has reported again", async () => (await report())?.versions["1"] === 1);
  const client = await server.connect();
  const answer = await client.request(`db.migrate-nodes.${NODE}.game.status`, "{}");
  assert.is(answer.json<{ current_version: number }>().current_version, 1);
});

nodes("a bundle of another publisher is refused, and so is a changed byte", async () => {
  const bundle = await bundleOf("game", LOSSY);
  const stranger = await rollOut(signed(bundle, createPublisherKey()));
  assert.is(stranger.state.phase, "halted");
  assert.match(await untilRefused(stranger.id), /none of the trusted publishers/);
  await give("game", store, { kind: "abort" });

  const changed = { ...bundle, files: bundle.files.toReversed() };
  const forged = await rollOut({ ...changed, signatures: signed(bundle, publisher).signatures });
  assert.is(forged.state.phase, "halted");
  assert.match(await untilRefused(forged.id), /does not have what its publisher/);
  await give("game", store, { kind: "abort" });

  // The store has other bytes under the digest, as after another program has written there.
  const fresh = signed(await bundleOf("game", { ...LOSSY, "003_x.sql": FILE }), publisher);
  const other = bundleBytes(signed(bundle, publisher));
  const replaced = await rollOut(fresh, { canary: null }, {
    ...store,
    putBundle: (digest) => store.putBundle(digest, other),
  });
  assert.is(replaced.state.phase, "halted");
  assert.match(await untilRefused(replaced.id), /was changed: it has another digest/);
  await give("game", store, { kind: "abort" });
  assert.is(await rows(tab), 2);
});
const FILE = migrationFile("CREATE TABLE x (a);", "DROP TABLE x;");

nodes("a tab that is closed during the rollout catches up when it is opened again", async () => {
  const bundle = signed(await bundleOf("game", LOSSY), publisher);
  const waiting = await rollOut(bundle, { approval: "first" });
  assert.equal([waiting.state.phase, waiting.state.open], ["awaiting", 1]);
  await until("the tab has measured", async () => (await report())?.progress?.stage === "measured");
  assert.equal([(await report())?.progress?.rows_at_stake, await rows(tab)], [1, 2]);
  await tab.page.close();
  await until("it is gone", async () => await store.presence.get(NODE) === null);
  await give("game", store, { kind: "approve" });
  const done = await settle("game", store);
  assert.equal([done.state.phase, isUnfinished(done.state)], ["done", false]);

  tab = await SandboxTab.open(browser, site.url);
  await join(tab);
  await until("it has caught up", async () => (await report())?.progress?.stage === "applied");
  const { versions, progress } = await report() ?? {};
  assert.equal([versions, progress?.counts.rows_lost], [{ "2": 1 }, 1]);
  assert.is(await rows(tab), 1);
  const history = await tab.ask("history", "game");
  assert.ok(history.success && history.verb === "history");
  assert.is(history.entries.filter(({ version }) => version === 2).length, 1);
});

nodes("the tab that takes over is the same node, and an undo restores its backup", async () => {
  const next = await SandboxTab.open(browser, site.url);
  await next.untilRole("guest");
  await join(next);
  await next.untilNats("standby");
  await tab.page.close();
  tab = next;
  await untilJoined(tab);
  await give("game", store, { kind: "undo", method: "restore" });
  const undone = await settle("game", store);
  assert.equal([undone.state.phase, undone.state.why], ["undone", []]);
  await until("it is undone", async () => (await report())?.progress?.stage === "undone");
  assert.equal([(await report())?.versions, await rows(tab)], [{ "1": 1 }, 2]);
});

nodes("a rollout goes through an open tab", async () => {
  const bundle = signed(await bundleOf("game", LOSSY), publisher);
  const done = await rollOut(bundle);
  assert.equal([done.state.phase, done.state.open, done.state.why], ["done", 2, []]);
  assert.equal([(await report())?.versions, await rows(tab)], [{ "2": 1 }, 1]);
});

nodes("a name that another node has is refused, and the tab serves nothing", async () => {
  await join(tab, OTHER);
  const refused = await tab.untilNats("refused");
  assert.match(
    refused.kind === "refused" ? refused.reason : "",
    /cannot be a node of the fleet: Another node is online under the name node-b/,
  );
  await tab.handle.evaluate(({ sandbox }) => sandbox.disconnectNats());
  assert.equal((await tab.state())?.node, { kind: "off" });
});

nodes.run();
