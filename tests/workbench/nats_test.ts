// The page's NATS panel in a real Chromium with a real server: serving, offline, and no login left behind.

import { connect } from "nats.ws";
import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { NatsServer } from "../support/nats_server.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const FILES = {
  "001_create_notes.sql": migrationFile("CREATE TABLE notes (body TEXT);", "DROP TABLE notes;"),
};

const nats = suite("the page's NATS panel");

let browser: TestBrowser;
let site: SandboxServer;
let server: NatsServer;
// Starting SQLite takes longer than most cases, so all of them are in one tab, each with a plugin.
let sandbox: SandboxPage;

nats.before(async () => {
  server = await NatsServer.start();
  site = await SandboxServer.start({
    files: await publishedPlugins({
      served: FILES,
      away: FILES,
      secret: FILES,
      strange: FILES,
      failed: {
        ...FILES,
        "002_unique_bodies.sql": migrationFile(
          "CREATE UNIQUE INDEX notes_body ON notes (body);",
          "DROP INDEX notes_body;",
        ),
      },
    }),
  });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "served");
});

nats.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

nats.after.each(async () => {
  await disconnect();
  // The browser itself says that a WebSocket could not be opened.
  browser.assertQuiet(/WebSocket connection to .* failed/);
});

/** Opens the panel and connects without a login. */
async function connectTo(url: string): Promise<void> {
  await sandbox.page.getByRole("button", { name: /^NATS: / }).click();
  await sandbox.dialog.getByLabel("Address").fill(url);
  await sandbox.button("Connect").click();
  await sandbox.dialog.getByText(`Online at ${url}`).waitFor();
  await sandbox.button("Close").click();
}

/** Goes back to no connection, whatever a case left open. */
async function disconnect(): Promise<void> {
  if (await sandbox.dialog.count() === 0) {
    await sandbox.page.getByRole("button", { name: /^NATS: / }).click();
  }
  const button = sandbox.button("Disconnect");
  if (await button.count() > 0) await button.click();
  await sandbox.dialog.getByText("Not connected").waitFor();
  await sandbox.button("Close").click();
}

nats(
  "a request of a Deno client is answered by the tab, and stands among its messages",
  async () => {
    await connectTo(server.url);
    const client = await connect({ servers: server.url });
    const payload = JSON.stringify({ applied_by: "deno client" });
    const answer = await client.request("db.migrate.served.apply", payload, { timeout: 10_000 });
    await sandbox.state("served").getByText("Version 1").waitFor();
    await sandbox.entry("001").getByText("by deno client").waitFor();
    const { request, reply } = await sandbox.newestMessage("apply");
    assert.equal(JSON.parse(request), { applied_by: "deno client" });
    assert.equal(JSON.parse(reply), answer.json());
    const entry = sandbox.page.getByRole("listitem").filter({ hasText: "db.migrate.served.apply" });
    await entry.getByText("nats", { exact: true }).waitFor();
    await client.close();
  },
);

nats("what strangers send is shown as it is written", async () => {
  await sandbox.choose("strange");
  await connectTo(server.url);
  const client = await connect({ servers: server.url });
  const hostile = "<img src=x onerror='globalThis.ran=1'>";
  const ask = (verb: string, payload: string): Promise<unknown> =>
    client.request(`db.migrate.strange.${verb}`, payload, { timeout: 10_000 });
  await ask("apply", JSON.stringify({ applied_by: hostile }));
  await sandbox.entry("001").getByText(`by ${hostile}`).waitFor();
  await ask("rollback", hostile);
  const { request, reply } = await sandbox.newestMessage("rollback");
  assert.is(request, hostile);
  assert.is(JSON.parse(reply).error_code, "INVALID_REQUEST");
  assert.is(await sandbox.page.locator("img").count(), 0);
  assert.is(await sandbox.page.evaluate(() => "ran" in globalThis), false);
  await client.close();
});

nats("a migration that fails without a dry run before it is shown as failed, and why", async () => {
  await sandbox.choose("failed");
  await connectTo(server.url);
  await sandbox.applyTo("001");
  await sandbox.view("Data");
  await sandbox.page.getByRole("switch", { name: "Allow writing" }).check();
  await sandbox.runSql("INSERT INTO notes VALUES ('same'), ('same')");
  await sandbox.page.getByText("2 rows changed").waitFor();
  await sandbox.view("Migrations");
  const client = await connect({ servers: server.url });
  await client.request("db.migrate.failed.apply", "{}", { timeout: 10_000 });
  await sandbox.entry("002").getByText("Failed").waitFor();
  await sandbox.step("002");
  const step = sandbox.page.getByRole("article");
  await step.getByText("UNIQUE constraint failed: notes.body").first().waitFor();
  await step.getByText(/^attempted /).waitFor();
  await sandbox.page.getByRole("link", { name: "failed" }).getByText("has problems").waitFor();
  await client.close();
});

nats("a tab whose server goes away says that it is offline, works on, and comes back", async () => {
  await sandbox.choose("away");
  await connectTo(server.url);
  await sandbox.button("NATS: online").waitFor();
  await server.stop();
  await sandbox.button("NATS: offline").waitFor();
  await sandbox.applyTo("001");
  await sandbox.button("NATS: offline").click();
  await sandbox.dialog.getByText(/Offline, trying again: .*cannot be reached/).waitFor();
  await server.start();
  await sandbox.dialog.getByText(`Online at ${server.url}`).waitFor();
  await sandbox.button("Disconnect").click();
  await sandbox.dialog.getByText("Not connected").waitFor();
});

nats("a connection without a login comes back after a reload, and in the next tab", async () => {
  await connectTo(server.url);
  await sandbox.page.reload();
  await sandbox.button("NATS: online").waitFor();
  const guest = await SandboxPage.open(browser, site.url, "away");
  await guest.page.getByText("Open in another tab.").waitFor();
  await sandbox.page.close();
  sandbox = guest;
  await guest.page.getByText("Open in another tab.").waitFor({ state: "detached" });
  await guest.button("NATS: online").waitFor();
  const client = await connect({ servers: server.url });
  const answer = await client.request("db.migrate.away.status", "{}", { timeout: 10_000 });
  assert.is(answer.json<{ success: boolean }>().success, true);
  await client.close();
  await guest.button("NATS: online").click();
  await guest.button("Disconnect").click();
  await guest.dialog.getByText("Not connected").waitFor();
  await guest.page.reload();
  await guest.untilShown("away");
  await guest.button("NATS: not connected").waitFor();
});

nats("an address with a login is refused with the way out, and a login stays nowhere", async () => {
  await using guarded = await NatsServer.start({
    config: `authorization { user: "godwit", password: "s3cret" }`,
  });
  await sandbox.choose("secret");
  await sandbox.button("NATS: not connected").click();
  const address = sandbox.dialog.getByLabel("Address");
  await address.fill(guarded.url.replace("ws://", "ws://godwit:s3cret@"));
  await sandbox.button("Connect").click();
  await sandbox.dialog.getByRole("alert").getByText("choose a login below").waitFor();
  await address.fill(guarded.url);
  await sandbox.dialog.getByRole("combobox", { name: "Login" }).selectOption("User and password");
  await sandbox.dialog.getByLabel("User", { exact: true }).fill("godwit");
  await sandbox.dialog.getByRole("textbox", { name: "Password" }).fill("wr0ng");
  await sandbox.button("Connect").click();
  await sandbox.dialog.getByText(/^Refused by/).waitFor();
  await sandbox.dialog.getByRole("textbox", { name: "Password" }).fill("s3cret");
  await sandbox.button("Connect").click();
  await sandbox.dialog.getByText(`Online at ${guarded.url}`).waitFor();
  const found = await sandbox.page.evaluate(() =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      location.href,
      document.documentElement.outerHTML,
      performance.getEntries().map(({ name }) => name),
    ])
  );
  assert.ok(found.includes(guarded.url.slice(-5)), "the address is remembered");
  assert.not.match(found, /s3cret|wr0ng/);

  await sandbox.page.reload();
  await sandbox.button("NATS: login needed").click();
  await sandbox.dialog.getByText("the last connection had a login, which is not kept").waitFor();
  assert.is(await address.inputValue(), guarded.url);
  assert.is(await sandbox.dialog.getByRole("combobox", { name: "Login" }).inputValue(), "none");
});

nats.run();
