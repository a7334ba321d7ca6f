// Who may connect: user and password, token, creds files, TLS; and what a refusal looks like.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { suite } from "../support/suite.ts";
import { NatsServer } from "../support/nats_server.ts";
import { type Finished, godwit, GodwitProcess } from "../support/service_process.ts";
import { Workspace } from "../support/workspace.ts";
import { newOperator } from "./operator.ts";
import { whereabouts } from "./nats_setting.ts";

const authentication = suite("authentication");

const PLUGIN = { "001_a.sql": "-- UP\nCREATE TABLE a (x);\n-- DOWN\nDROP TABLE a;\n" };
const SECRET = "s3cret-Passw0rd";

/** Serves with one environment, and asks for status from the command line with the same. */
async function serveAndAsk(
  server: NatsServer,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly asked: Finished; readonly log: string }> {
  await using workspace = new Workspace();
  workspace.write("quotes", PLUGIN);
  const where = whereabouts(workspace, server);
  await using service = await GodwitProcess.serve(where, { env });
  const asked = await godwit(["status", "quotes", "--json", ...where], { env });
  service.signal("SIGTERM");
  const { stderr, code } = await service.finished();
  assert.is(code, 0, stderr);
  return { asked, log: stderr };
}

/** Serves where that is refused; the service must end by itself. */
async function serveRefused(
  server: NatsServer,
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  await using workspace = new Workspace();
  return await godwit(["serve", ...whereabouts(workspace, server)], { env });
}

authentication("takes NATS_USER and NATS_PASSWORD", async () => {
  await using server = await NatsServer.start({
    config: `authorization { user: alice, password: "${SECRET}" }`,
  });
  const env = { NATS_USER: "alice", NATS_PASSWORD: SECRET };
  const { asked, log } = await serveAndAsk(server, env);
  assert.is(asked.code, 0, asked.stderr);
  assert.not(log.includes(SECRET));

  const refused = await serveRefused(server, { ...env, NATS_PASSWORD: "wrong-Passw0rd" });
  assert.is(refused.code, 3);
  assert.match(refused.stderr, /ERROR NATS refused this service/);
  assert.not(refused.stderr.includes("wrong-Passw0rd"));
  assert.is(refused.stdout, "");
});

authentication("takes user and password from the URL, and never logs them", async () => {
  await using server = await NatsServer.start({
    config: `authorization { user: alice, password: "${SECRET}" }`,
  });
  await using workspace = new Workspace();
  workspace.write("quotes", PLUGIN);
  const url = server.url.replace("ws://", `ws://alice:${SECRET}@`);
  const where = ["--plugins", workspace.pluginsDir, "--data", workspace.dataDir, "--nats", url];
  await using service = await GodwitProcess.serve(where);
  const asked = await godwit(["status", "quotes", ...where]);
  assert.is(asked.code, 0, asked.stderr);
  const refused = await godwit([
    ...["status", "quotes", "--nats", url.replace("alice", "bob")],
  ]);
  assert.is(refused.code, 3);
  assert.match(refused.stderr, /Authorization/i);
  for (const text of [service.stderr, asked.stderr, refused.stderr]) {
    assert.not(text.includes(SECRET));
  }
});

authentication("takes NATS_TOKEN", async () => {
  await using server = await NatsServer.start({ config: `authorization { token: "${SECRET}" }` });
  const { asked, log } = await serveAndAsk(server, { NATS_TOKEN: SECRET });
  assert.is(asked.code, 0, asked.stderr);
  assert.not(log.includes(SECRET));
  const refused = await serveRefused(server, {});
  assert.is(refused.code, 3);
  assert.match(refused.stderr, /NATS refused this service/);
});

authentication("takes a creds file by NATS_CREDS", async () => {
  const operator = newOperator();
  await using server = await NatsServer.start({ config: operator.config });
  await using workspace = new Workspace();
  const file = join(workspace.root, "user.creds");
  Deno.writeTextFileSync(file, operator.creds);
  const { asked, log } = await serveAndAsk(server, { NATS_CREDS: file });
  assert.is(asked.code, 0, asked.stderr);
  assert.not(log.includes(operator.seed));

  Deno.writeTextFileSync(file, newOperator().creds);
  const refused = await serveRefused(server, { NATS_CREDS: file });
  assert.is(refused.code, 3);
  assert.match(refused.stderr, /NATS refused this service/);

  for (const nonsense of ["", "no keys in here"]) {
    Deno.writeTextFileSync(file, nonsense);
    const unusable = await serveRefused(server, { NATS_CREDS: file });
    assert.is(unusable.code, 3, unusable.stderr);
    assert.match(unusable.stderr, /is not a creds file/);
  }
  const missing = await serveRefused(server, { NATS_CREDS: join(workspace.root, "none.creds") });
  assert.is(missing.code, 3);
  assert.match(
    missing.stderr,
    /Cannot read the file that NATS_CREDS names: .*none\.creds \(ENOENT\)/,
  );
});

authentication("takes wss: with an authority of its own, and no other", async () => {
  await using server = await NatsServer.start({ tls: true });
  const { asked } = await serveAndAsk(server, { DENO_CERT: server.caFile });
  assert.is(asked.code, 0, asked.stderr);
  const refused = await godwit(["status", "quotes", "--nats", server.url]);
  assert.is(refused.code, 3);
  assert.match(refused.stderr, /certificate/i);
  assert.not(refused.stderr.includes("\n    at "));
});

authentication("a service that may not subscribe says so and ends with 3", async () => {
  await using server = await NatsServer.start({
    config: `authorization {
      users: [{ user: alice, password: a, permissions: { subscribe: ["_INBOX.>", "$SRV.>"] } }]
    }`,
  });
  const refused = await serveRefused(server, { NATS_USER: "alice", NATS_PASSWORD: "a" });
  assert.is(refused.code, 3, refused.stderr);
  assert.match(refused.stderr, /NATS refused this service.*db\.migrate/);
});

authentication.run();
