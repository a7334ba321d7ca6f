// --nats: the same commands, answered by a running service.

import type { Msg } from "nats.ws";
import * as assert from "uvu/assert";
import { requestRemotely } from "../../lib/nats/remote_request.ts";
import { suite } from "../support/suite.ts";
import { NatsServer } from "../support/nats_server.ts";
import { serveHere } from "../nats/nats_setting.ts";
import { versionOf, writeSlowPlugin } from "../nats/slow_plugin.ts";
import { GodwitProcess, until } from "../support/service_process.ts";
import { Workspace } from "../support/workspace.ts";
import { ask, QUOTES, run } from "./cli_setting.ts";

const remote = suite("--nats");

/** A reply as text, without times and ids, which differ from run to run. */
function timeless(value: unknown): string {
  return JSON.stringify(value, (key, part) => /(_ms|_at|run_id)$/.test(key) ? "a time" : part)
    .replaceAll(/\d{8}T\d{9}Z/g, "a time");
}

remote("gives the reply that a local run gives, apart from times", async () => {
  await using server = await NatsServer.start();
  await using here = new Workspace();
  await using there = new Workspace();
  for (const workspace of [here, there]) workspace.write("quotes", QUOTES);
  await using _service = await serveHere(there, server);
  const commands = [
    ["status", "quotes"],
    ["apply", "quotes", "--dry-run"],
    ["plan", "quotes", "--rows", "2"],
    ["apply", "quotes", "--to", "1", "--by", "Ann"],
    ["apply", "quotes"],
    ["apply", "quotes", "--to", "9"],
    ["status", "quotes"],
    ["status", "nothing"],
    ["status", "a.b"],
    ["plan", "quotes", "--down", "--to", "0"],
    ["rollback", "quotes"],
    ["rollback", "quotes", "--to", "0"],
    ["history", "quotes"],
    ["history", "quotes", "--limit", "1", "--offset", "1"],
    ["apply", "quotes", "--tenant", "acme", "--to", "1"],
    ["status", "quotes", "--tenant", "acme"],
    ["status", "quotes", "--tenant", "../acme"],
  ];
  for (const command of commands) {
    const local = await ask(here, ...command);
    const answered = await ask(there, ...command, "--nats", server.url);
    assert.is(answered.code, local.code);
    const expected = timeless(local.reply).replaceAll(here.root, there.root);
    assert.is(timeless(answered.reply), expected, command.join(" "));
  }
});

remote("speaks another prefix", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await using _service = await serveHere(workspace, server, "rosey.db.migrate");
  const options = ["--nats", server.url, "--prefix", "rosey.db.migrate"];
  assert.is((await run(workspace, "apply", "quotes", ...options)).code, 0);
});

remote("without a reply exits with 3 and says what to do", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  const nobody = await run(workspace, "status", "quotes", "--json", "--nats", server.url);
  assert.is(nobody.code, 3);
  assert.is(nobody.stdout, "");
  assert.match(nobody.stderr, /^✗ No godwit service answers db\.migrate\.quotes\.status/);

  const client = await server.connect();
  client.subscribe("db.migrate.quotes.apply");
  const silent = await requestRemotely(
    { url: server.url, credentials: { kind: "none" } },
    { prefix: "db.migrate", plugin: "quotes", verb: "apply", body: {}, timeoutMs: 50 },
  );
  assert.equal(silent, {
    ok: false,
    message: "No reply on db.migrate.quotes.apply within 50 ms; ask for status before trying again",
  });

  client.subscribe("db.migrate.quotes.status", {
    callback: (_, message) => message.respond("not godwit"),
  });
  const foreign = await run(workspace, "status", "quotes", "--nats", server.url);
  assert.is(foreign.code, 3);
  await server.stop();
  const gone = await run(workspace, "status", "quotes", "--nats", server.url);
  assert.is(gone.code, 3);
  assert.match(gone.stderr, /no server listens there/);
});

remote("Ctrl-C lets the service cancel the run, and prints its reply", async () => {
  await using server = await NatsServer.start();
  await using there = new Workspace();
  await writeSlowPlugin(there, "sums", "for ever");
  await using _service = await serveHere(there, server);
  await using process = new GodwitProcess(["apply", "sums", "--nats", server.url]);
  await until("the migration", async () => (await there.status("sums")).progress?.version === 2);
  process.signal("SIGINT");
  const { code, stderr } = await process.finished();
  assert.is(code, 1);
  assert.match(stderr, /^Cancelling; .*\n✗ CANCELLED /);
  assert.not.ok((await there.status("sums")).locked);
  assert.is(versionOf(there, "sums"), "1");
});

remote("Ctrl-C cancels its own run alone, and again until that has ended", async () => {
  await using server = await NatsServer.start();
  const service = await server.connect();
  const received = Promise.withResolvers<Msg>();
  service.subscribe("db.migrate.quotes.apply", {
    callback: (_, message) => received.resolve(message),
  });
  const cancels: unknown[] = [];
  service.subscribe("db.migrate.quotes.cancel", {
    callback: async (_, message) => {
      cancels.push(message.json());
      // The first comes before the run has begun.
      message.respond("{}");
      if (cancels.length === 2) (await received.promise).respond("{}");
    },
  });
  await using process = new GodwitProcess(["apply", "quotes", "--nats", server.url]);
  const { run_id, ...request } = (await received.promise).json<{ readonly run_id: string }>();
  assert.equal(request, {});
  process.signal("SIGINT");
  await process.finished();
  assert.equal(cancels, [{ run_id }, { run_id }]);
});

remote.run();
