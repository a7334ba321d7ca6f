// A nats-server that is not there yet, goes away, and comes back.

import * as assert from "uvu/assert";
import { currentVersionIn } from "../support/current_version.ts";
import { suite } from "../support/suite.ts";
import { NatsServer } from "../support/nats_server.ts";
import { GodwitProcess, until } from "../support/service_process.ts";
import { Workspace } from "../support/workspace.ts";
import { askOnce, whereabouts } from "./nats_setting.ts";
import { versionOf, writeSlowPlugin } from "./slow_plugin.ts";

// However slow the machine is, a short migration may end.
const PATIENT = ["--grace-ms", "120000"];

const outage = suite("outages of nats-server");

outage("a service waits for a server that is not there yet", async () => {
  await using server = NatsServer.prepare();
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "001_a.sql": "-- UP\nCREATE TABLE a (x);\n-- DOWN\nDROP TABLE a;\n",
  });
  await using service = new GodwitProcess(["serve", ...whereabouts(workspace, server)]);
  await service.logs("NATS cannot be reached yet; trying again", 2);
  await server.start();
  await service.logs("Serving");
  const client = await server.connect();
  const { reply } = await askOnce(client, "db.migrate.quotes.apply");
  assert.is(reply.success, true);
});

outage("SIGTERM ends a service that still waits", async () => {
  await using server = NatsServer.prepare();
  await using workspace = new Workspace();
  await using service = new GodwitProcess(["serve", ...whereabouts(workspace, server)]);
  await service.logs("NATS cannot be reached yet");
  service.signal("SIGTERM");
  assert.is((await service.finished()).code, 0);
});

outage("a restart during an apply loses neither the database nor the reply", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  await writeSlowPlugin(workspace, "sums", "a moment");
  await using service = await GodwitProcess.serve(whereabouts(workspace, server));
  const client = await server.connect();
  const events: string[] = [];
  client.subscribe("db.migrate.sums.events", {
    callback: (_, message) => events.push(message.json<{ event: string }>().event),
  });
  const answer = askOnce(client, "db.migrate.sums.apply");
  await until("the migration", () => events.includes("migration_started"));
  await server.stop();
  await service.logs("Lost the NATS server");
  // The run ends while there is nobody to tell.
  await service.logs("Answered verb=apply");
  assert.is(versionOf(workspace, "sums"), "2");
  await server.start();
  await service.logs("Reconnected to NATS");
  const { reply } = await answer;
  assert.is(reply.success, true, JSON.stringify(reply));
  assert.is(currentVersionIn(reply), 2);
  const { reply: status } = await askOnce(client, "db.migrate.sums.status");
  assert.ok(status.success && status.verb === "status" && !status.locked);
  assert.is(status.current_version, 2);
});

outage("SIGTERM ends a service whose server is away, after what runs", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  await writeSlowPlugin(workspace, "sums", "a moment");
  await using service = await GodwitProcess.serve([...whereabouts(workspace, server), ...PATIENT]);
  const client = await server.connect({ reconnect: false });
  client.publish("db.migrate.sums.apply", "", { reply: "nobody" });
  await until("the migration", async () => {
    const { reply } = await askOnce(client, "db.migrate.sums.status");
    return reply.success && reply.verb === "status" && reply.progress?.version === 2;
  });
  await server.stop();
  await service.logs("Lost the NATS server");
  service.signal("SIGTERM");
  const { code, stderr } = await service.finished();
  assert.is(code, 0, stderr);
  assert.match(stderr, /Replies are lost because the NATS server cannot be reached replies=1/);
  assert.is(versionOf(workspace, "sums"), "2");
});

outage.run();
