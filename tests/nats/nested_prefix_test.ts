// Two services of which one has the other's prefix and more: each answers its own requests.

import * as assert from "uvu/assert";
import { NatsServer } from "../support/nats_server.ts";
import { migrationFile } from "../support/migration_file.ts";
import { until } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { askOnce, type LocalService, serveHere } from "./nats_setting.ts";

const FILES = { "001_first.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") };

// The service's user of the example, once for each prefix.
const [, example = ""] = /user: godwit\s+password: \S+\s+permissions: (\{[^}]*\})/.exec(
  Deno.readTextFileSync("examples/nats/permissions.conf"),
) ?? [];
const user = (name: string, permissions: string): string =>
  `{ user: ${name}, password: g, permissions: ${permissions} }`;

const server = await NatsServer.start({
  config: `authorization { users: [
    ${user("inner", example)}
    ${user("outer", example.replaceAll("db.migrate.", "db."))}
    ${user("silent", example.replaceAll(', "$SRV.INFO.godwit"', ""))}
    { user: client, password: g }
  ] }`,
});
const as = (name: string): { readonly url: string } => ({
  url: server.url.replace("//", `//${name}:g@`),
});
const workspaces = [new Workspace(), new Workspace()] as const;
const [innerFiles, outerFiles] = workspaces;
innerFiles.write("quotes", FILES);
outerFiles.write("migrate", FILES);
const inner = await serveHere(innerFiles, as("inner"), "db.migrate");
const outer = await serveHere(outerFiles, as("outer"), "db");
const client = await server.connect({ user: "client", pass: "g" });

const nested = suite("services under nested prefixes");

function warnings({ logs }: LocalService): readonly string[] {
  return logs.filter((line) => line.startsWith("warn"));
}

nested("answer each request once, and each its own", async () => {
  for (let round = 0; round < 10; round++) {
    const inside = await askOnce(client, "db.migrate.quotes.status");
    assert.ok(inside.reply.success && inside.reply.plugin_name === "quotes");
    const outside = await askOnce(client, "db.migrate.status");
    assert.ok(outside.reply.success && outside.reply.plugin_name === "migrate");
  }
});

nested("refuse dotted names, the innermost one alone", async () => {
  const { reply } = await askOnce(client, "db.migrate.a.b.status");
  assert.ok(!reply.success && reply.error_code === "PLUGIN_NOT_FOUND");
  assert.is(reply.plugin_name, "a.b");
  const other = await askOnce(client, "db.other.a.status");
  assert.ok(!other.reply.success && other.reply.error_code === "PLUGIN_NOT_FOUND");
  assert.is(other.reply.plugin_name, "other.a");
});

nested("hear neither events nor requests to quiesce of each other", async () => {
  const { reply } = await askOnce(client, "db.migrate.quotes.apply");
  assert.ok(reply.success);
  const outcome = await client.request("db.migrate.quotes.quiesce", "{}", { timeout: 5_000 })
    .then(() => "answered", ({ code }) => code);
  assert.is(outcome, "503", "no subscriber");
  assert.equal([warnings(inner), warnings(outer)], [[], []]);
});

nested("form queue groups of their own", async () => {
  const groups: string[] = [];
  for await (const info of await client.services.client().info("godwit")) {
    groups.push(...info.endpoints?.map(({ queue_group }) => queue_group ?? "") ?? []);
  }
  assert.equal([...new Set(groups)].sort(), ["godwit.db", "godwit.db.migrate"]);
});

nested("leave a dotted name where the user may not ask for others", async () => {
  await using workspace = new Workspace();
  await using alone = await serveHere(workspace, as("silent"), "db.migrate");
  const isWarned = (line: string): boolean => line.includes("allow this user to publish");
  // The two instances form one group, so that either gets it.
  for (let tries = 0; !alone.logs.some(isWarned) && tries < 20; tries++) {
    client.publish("db.migrate.a.b.status", "{}", { reply: "_INBOX.nowhere" });
    await client.flush();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await until("the remedy", () => alone.logs.some(isWarned));
});

nested.after(async () => {
  for (const service of [inner, outer]) await service[Symbol.asyncDispose]();
  for (const workspace of workspaces) await workspace[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
nested.run();
