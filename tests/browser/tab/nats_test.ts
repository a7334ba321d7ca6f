// The sandbox answers over NATS from a tab, as one more instance of the service. Real Chromium, real server.

import { connect, type NatsConnection } from "nats.ws";
import * as assert from "uvu/assert";
import type { NatsChoice } from "../../../lib/browser/sandbox.ts";
import type { Reply } from "../../../lib/message/any_reply.ts";
import { serveHere } from "../../nats/nats_setting.ts";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { currentVersionIn } from "../../support/current_version.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { NatsServer } from "../../support/nats_server.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { suite } from "../../support/suite.ts";
import { Workspace } from "../../support/workspace.ts";

const nats = suite("NATS from a tab");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so there is one tab for all of them.
let tab: SandboxTab;

nats.before(async () => {
  site = await SandboxServer.start({ files: BLANK_PAGE });
  browser = await openChromium();
  tab = await SandboxTab.open(browser, site.url);
});

nats.after(async () => {
  await browser[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

nats.after.each(() => tab.handle.evaluate(({ sandbox }) => sandbox.disconnectNats()));

const FILES = {
  "001_a.sql": migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1);", "DROP TABLE t;"),
  "002_b.sql": migrationFile("CREATE TABLE u (b);", "DROP TABLE u;"),
};

function choose(server: NatsServer, login: NatsChoice["login"] = { kind: "none" }): NatsChoice {
  return { url: server.url, prefix: "db.migrate", login };
}

async function connectTab(tab: SandboxTab, choice: NatsChoice): Promise<void> {
  const outcome = await tab.handle.evaluate(
    ({ sandbox }, choice) => sandbox.connectNats(choice),
    choice,
  );
  assert.ok(outcome.ok);
}

async function ask(client: NatsConnection, subject: string, body: unknown = {}): Promise<Reply> {
  const message = await client.request(subject, JSON.stringify(body), { timeout: 20_000 });
  return message.json<Reply>();
}

nats(
  "requests of a Deno client are answered by the tab, and its events are published",
  async () => {
    await using server = await NatsServer.start();
    await tab.save("served", FILES);
    await connectTab(tab, choose(server));
    await tab.untilNats("online");

    const client = await connect({ servers: server.url });
    const events = client.subscribe("db.migrate.served.events");
    const applied = await ask(client, "db.migrate.served.apply", { applied_by: "deno" });
    assert.is(applied.success && currentVersionIn(applied), 2);
    const status = await ask(client, "db.migrate.served.status");
    assert.is(status.success && status.verb === "status" && status.pending_count, 0);
    const here = await tab.ask("status", "served");
    assert.equal(here, status);

    const names: unknown[] = [];
    for await (const message of events) {
      const { event } = message.json<{ event: string }>();
      names.push(event);
      if (event === "run_finished") break;
    }
    assert.is(names[0], "run_requested");
    assert.is(names.filter((name) => name === "migration_applied").length, 2);

    const unknown = await ask(client, "db.migrate.served.apply", { dryrun: true });
    assert.is(unknown.success ? "" : unknown.error_code, "INVALID_REQUEST");
    await client.close();
  },
);

nats("the tab is an instance of the micro-service beside a server's", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  await using _service = await serveHere(workspace, server);
  await connectTab(tab, choose(server));
  await tab.untilNats("online");
  const client = await connect({ servers: server.url });
  const inbox = client.subscribe("test.inbox", { max: 2 });
  client.publish("$SRV.INFO.godwit", "", { reply: "test.inbox" });
  const found: { id: string; endpoints: { subject: string }[] }[] = [];
  for await (const message of inbox) found.push(message.json());
  assert.is(new Set(found.map(({ id }) => id)).size, 2);
  const [one, other] = found.map(({ endpoints }) => endpoints.map(({ subject }) => subject).sort());
  assert.equal(one, other);
  await client.close();
});

nats("a tab that is offline says so, works on, and answers again when it is online", async () => {
  await using server = await NatsServer.start();
  await tab.save("offline", FILES);
  await connectTab(tab, choose(server));
  await tab.untilNats("online");

  await server.stop();
  const lost = await tab.untilNats("offline");
  assert.match(lost.kind === "offline" ? lost.reason : "", /cannot be reached/);
  const applied = await tab.ask("apply", "offline");
  assert.is(applied.success && currentVersionIn(applied), 2);

  await server.start();
  await tab.untilNats("online");
  const client = await connect({ servers: server.url });
  const status = await ask(client, "db.migrate.offline.status");
  assert.is(status.success && currentVersionIn(status), 2);
  await client.close();
});

nats("a guest waits with its own login and serves once it owns the sandbox", async () => {
  await using server = await NatsServer.start();
  const owner = tab;
  const guest = await SandboxTab.open(browser, site.url);
  await owner.save("shared", FILES);
  await guest.untilRole("guest");
  await connectTab(guest, choose(server));
  await guest.untilNats("standby");
  await owner.page.close();
  await guest.untilNats("online");
  const client = await connect({ servers: server.url });
  const applied = await ask(client, "db.migrate.shared.apply");
  assert.is(applied.success && currentVersionIn(applied), 2);
  await client.close();
  tab = guest;
});

nats("of several connections and disconnections at once the last is in force, alone", async () => {
  await using server = await NatsServer.start();
  await tab.save("hasty", FILES);
  const client = await connect({ servers: server.url });
  const choices = ["one", "two", "three"].map((prefix) => ({ ...choose(server), prefix }));
  const answering = async (): Promise<readonly string[]> => {
    const asked = choices.map(async ({ prefix }) => {
      const reply = await ask(client, `${prefix}.hasty.status`).catch(() => null);
      return reply === null ? [] : [prefix];
    });
    return (await Promise.all(asked)).flat();
  };
  await connectTab(tab, { ...choose(server), prefix: "first" });
  await tab.untilNats("online");
  await tab.handle.evaluate(
    ({ sandbox }, choices) => Promise.all(choices.map((choice) => sandbox.connectNats(choice))),
    choices,
  );
  const online = await tab.untilNats("online");
  assert.is(online.kind === "online" && online.prefix, "three");
  assert.equal(await answering(), ["three"]);
  await tab.handle.evaluate(
    ({ sandbox }, choices) =>
      Promise.all([
        ...choices.map((choice) => sandbox.connectNats(choice)),
        sandbox.disconnectNats(),
      ]),
    choices,
  );
  assert.equal((await tab.state())?.nats, { kind: "off" });
  assert.equal(await answering(), []);
  await client.close();
});

nats("a login that is refused is said once, and not tried again", async () => {
  await using server = await NatsServer.start({
    config: `authorization { user: "godwit", password: "s3cret" }`,
  });
  const wrong = { kind: "user", user: "godwit", password: "wr0ng" } as const;
  await connectTab(tab, choose(server, wrong));
  const refused = await tab.untilNats("refused");
  assert.match(refused.kind === "refused" ? refused.reason : "", /does not accept this login/);
  await connectTab(tab, choose(server, { ...wrong, password: "s3cret" }));
  await tab.untilNats("online");
});

nats("no part of a login is in an address, in storage or in the console", async () => {
  await using server = await NatsServer.start({
    config: `authorization { user: "godwit", password: "s3cret" }`,
  });
  const said: string[] = [];
  tab.page.on("console", (message) => said.push(message.text()));
  const refused = await tab.handle.evaluate(
    ({ sandbox }, url) =>
      sandbox.connectNats({ url, prefix: "db.migrate", login: { kind: "none" } }),
    server.url.replace("ws://", "ws://godwit:s3cret@"),
  );
  assert.is(refused.ok, false);
  await connectTab(tab, choose(server, { kind: "user", user: "godwit", password: "s3cret" }));
  await tab.untilNats("online");
  await server.stop();
  await tab.untilNats("offline");
  const kept = await tab.handle.evaluate(async ({ events }) => {
    const names: string[] = [];
    const walk = async (directory: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of directory.entries()) {
        names.push(`${path}/${name}`);
        if (handle instanceof FileSystemDirectoryHandle) await walk(handle, `${path}/${name}`);
      }
    };
    await walk(await navigator.storage.getDirectory(), "");
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      location.href,
      names,
      events,
    ]);
  });
  assert.not.match(kept, /s3cret/);
  assert.not.match(said.join("\n"), /s3cret/);
});

nats.run();
