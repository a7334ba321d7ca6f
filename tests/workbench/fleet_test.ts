// The page's fleet view in a real Chromium, on a real nats-server with JetStream: it says why it
// shows nothing, follows the nodes, and is open to all.

import * as assert from "uvu/assert";
import type { NodeReport } from "../../lib/fleet/node_report.ts";
import { FLEET_NAMES } from "../../lib/nats/fleet_buckets.ts";
import { RECORD_FORMAT } from "../../lib/fleet/rollout_record.ts";
import { aNode, aRollout, aState, someProgress } from "../fleet/fleet_facts.ts";
import { openStore } from "../rollout/test_fleet.ts";
import { barriersIn } from "../support/accessibility.ts";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { withJetStream } from "../support/nats_cluster.ts";
import { NatsServer } from "../support/nats_server.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const fleet = suite("the page's fleet view");

const plain = await NatsServer.start();
const server = withJetStream({
  config: `no_auth_user: operator
authorization {
  users: [
    { user: operator, password: o }
    { user: reader, password: r, permissions: { publish: { deny: "$JS.API.CONSUMER.>" } } }
  ]
}`,
});
await server.start();

let browser: TestBrowser;
let site: SandboxServer;
let sandbox: SandboxPage;

fleet.before(async () => {
  site = await SandboxServer.start({
    files: await publishedPlugins({
      game: { "001_a.sql": migrationFile("CREATE TABLE a (b);", "DROP TABLE a;") },
    }),
  });
  browser = await openChromium();
  sandbox = await SandboxPage.open(browser, `${site.url}#/-/fleet`);
});

fleet.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

fleet.after.each(() => browser.assertQuiet());

async function heading(name: string): Promise<void> {
  await sandbox.page.getByRole("heading", { name, exact: true }).waitFor();
}

/** Opens the panel of the connection and connects. */
async function connectTo(url: string, login: "none" | "reader" = "none"): Promise<void> {
  await sandbox.page.getByRole("button", { name: /^NATS: / }).click();
  await sandbox.dialog.getByLabel("Address").fill(url);
  if (login === "reader") {
    const kind = sandbox.dialog.getByRole("combobox", { name: "Login" });
    await kind.selectOption("User and password");
    await sandbox.dialog.getByLabel("User", { exact: true }).fill("reader");
    await sandbox.dialog.getByRole("textbox", { name: "Password" }).fill("r");
  }
  await sandbox.button("Connect").click();
  await sandbox.dialog.getByText(`Online at ${url}`).waitFor();
  await sandbox.button("Close").click();
}

/** Fails on what axe-core finds, and on a page that scrolls sideways. */
async function assertOpenToAll(): Promise<void> {
  const { page } = sandbox;
  const looks = [[1280, "light"], [1280, "dark"], [400, "dark"]] as const;
  for (const [width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    assert.equal(await barriersIn(page), [], `${width} ${colorScheme}`);
  }
  const beyond = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  assert.ok(beyond <= 0, `the page scrolls sideways by ${beyond} pixels`);
  await page.setViewportSize({ width: 1280, height: 800 });
}

fleet("says why it shows nothing, and its link is there only with a fleet", async () => {
  const link = sandbox.page.getByRole("link", { name: "Fleet", exact: true });
  await heading("Not connected to NATS");
  await assertOpenToAll();
  await connectTo(plain.url);
  await heading("The server has no JetStream");
  await connectTo(server.url);
  await heading("There is no fleet on this server");
  await sandbox.page.getByText("godwit fleet --nats URL").waitFor();
  assert.is(await link.count(), 0);
  await using _made = await openStore(server);
  await connectTo(server.url, "reader");
  await heading("This login may not read the fleet");
  await connectTo(server.url);
  await heading("No node has a database");
  await link.waitFor();
});

fleet("shows nodes and a rollout, and follows both", async () => {
  await using store = await openStore(server);
  const report = (name: string, given: Partial<NodeReport>): NodeReport =>
    aNode(name, null, given).report;
  const claim = { format: RECORD_FORMAT, process: crypto.randomUUID(), home: "x" } as const;
  await store.reports.put(
    "desk.game",
    report("desk", {
      databases: 3,
      versions: { "1": 1, "2": 2 },
      drifted: 1,
      labels: { region: "eu" },
      progress: someProgress({
        stage: "applied",
        counts: { applied: 2, unchanged: 0, failed: 1, rows_lost: 4 },
        failures: [{ tenant: "acme", error_code: "MIGRATION_FAILED", message: "no such table" }],
      }),
      last_run: "2026-01-02T03:04:05.000Z",
    }),
    0,
  );
  await store.reports.put("till.game", report("till", { versions: { "2": 1 } }), 0);
  await store.presence.put("desk", claim, 0);
  const halted = aState({
    phase: "halted",
    open: 1,
    why: [{ kind: "failures", message: "1 database failed", nodes: ["desk"] }],
  });
  await store.rollouts.put("game", aRollout(["desk", "till"], "100%", { state: halted }), 0);

  const row = (name: string): ReturnType<typeof sandbox.page.getByRole> =>
    sandbox.page.getByRole("row", { name });
  await row("desk online").getByText("1: 1, 2: 2").waitFor();
  await row("desk online").getByText("1 to 2", { exact: true }).waitFor();
  await row("desk online").getByText("1 database", { exact: true }).waitFor();
  await row("till offline").getByText("never").waitFor();
  await sandbox.page.getByText("2 nodes, 1 of them online").waitFor();
  const rollout = sandbox.page.getByRole("region", { name: "Rollout of game to 2" });
  await rollout.getByText("Halted", { exact: true }).waitFor();
  await rollout.getByText("1 database failed: desk").waitFor();
  await rollout.getByText("desk/acme: MIGRATION_FAILED: no such table").waitFor();
  await rollout.getByText("godwit rollout resume game").waitFor();
  await assertOpenToAll();

  const behind = sandbox.page.getByRole("checkbox", { name: "Behind" });
  await behind.focus();
  await sandbox.page.keyboard.press("Space");
  await row("till offline").waitFor({ state: "detached" });
  assert.match(sandbox.page.url(), /#\/-\/fleet\?behind$/);
  await sandbox.page.getByText("1 row, 1 behind").waitFor();

  // The node is at the version now, so nothing is behind.
  const stored = await store.reports.get("desk.game");
  await store.reports.put(
    "desk.game",
    report("desk", { databases: 3, versions: { "2": 3 } }),
    stored?.revision ?? 0,
  );
  await sandbox.page.getByText("No row matches.").waitFor();
  await sandbox.button("Show all").click();
  await row("desk online").waitFor();
});

fleet("its link leads there and a plugin's leads away, and Back returns", async () => {
  await sandbox.choose("game");
  await sandbox.page.getByRole("link", { name: "Fleet", exact: true }).click();
  await sandbox.page.getByRole("row", { name: "desk" }).waitFor();
  await sandbox.page.goBack();
  await sandbox.untilShown("game");
  await sandbox.page.goForward();
  await sandbox.page.getByRole("row", { name: "desk" }).waitFor();
});

fleet("the panel makes the tab a node, which the table marks, also after a reload", async () => {
  await sandbox.page.getByRole("button", { name: /^NATS: / }).click();
  await sandbox.dialog.getByText("Take part in rollouts of a fleet").click();
  await sandbox.dialog.getByLabel("Node name").fill("x");
  await sandbox.dialog.getByLabel("Node name").fill("");
  await sandbox.dialog.getByLabel("Node name").fill("phone");
  await sandbox.dialog.getByLabel("Labels").fill("kind=phone eu");
  await assertOpenToAll();
  await sandbox.button("Connect").click();
  await sandbox.dialog.getByText("The label eu: expected NAME=VALUE").waitFor();
  await sandbox.dialog.getByLabel("Labels").fill("kind=phone, region=eu");
  await sandbox.button("Connect").click();
  await sandbox.dialog.getByText("node phone of the fleet").waitFor();
  await sandbox.button("Close").click();
  const here = sandbox.page.getByRole("row", { name: "phone online this browser" });
  await here.getByText("kind=phone, region=eu").waitFor();
  await sandbox.page.reload();
  await here.waitFor();
});

fleet("another tab shows the fleet too, through the tab that is connected", async () => {
  const guest = await browser.open(`${site.url}#/-/fleet`);
  await guest.getByText("Open in another tab.").waitFor();
  await guest.getByRole("row", { name: "phone online this browser" }).waitFor();
});

fleet("says that a bucket was deleted, and follows the next one", async () => {
  const client = await server.connect();
  const manager = await client.jetstreamManager();
  await manager.streams.delete(`KV_${FLEET_NAMES.nodes}`);
  await heading("There is no fleet on this server");
  await using _made = await openStore(server);
  // A node stores its report again when it looks at its databases.
  await client.request("db.migrate-nodes.phone.game.apply", "{}", { timeout: 10_000 });
  await sandbox.page.getByRole("row", { name: "phone online this browser" }).waitFor();
});

fleet.run();
