// SIGTERM, SIGINT and SIGKILL, idle and in the middle of a migration.

import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { NatsServer } from "../support/nats_server.ts";
import { GodwitProcess, until } from "../support/service_process.ts";
import { Workspace } from "../support/workspace.ts";
import { askOnce, insist, whereabouts } from "./nats_setting.ts";
import { versionOf, writeSlowPlugin } from "./slow_plugin.ts";

// However slow the machine is, a short migration may end.
const PATIENT = ["--grace-ms", "120000"];

const shutdown = suite("stopping the service");

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  shutdown(`${signal} ends an idle service with status 0`, async () => {
    await using server = await NatsServer.start();
    await using workspace = new Workspace();
    await using service = await GodwitProcess.serve(whereabouts(workspace, server));
    service.signal(signal);
    const { code, stdout, stderr } = await service.finished();
    assert.is(code, 0, stderr);
    assert.is(stdout, "");
    assert.match(stderr, /INFO {2}Stopped\n$/);
  });
}

shutdown("SIGTERM lets a short migration finish, replies and takes nothing new", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  await writeSlowPlugin(workspace, "sums", "a moment");
  await using service = await GodwitProcess.serve([...whereabouts(workspace, server), ...PATIENT]);
  const client = await server.connect();
  const events: string[] = [];
  client.subscribe("db.migrate.sums.events", {
    callback: (_, message) => events.push(message.json<{ event: string }>().event),
  });
  const answer = askOnce(client, "db.migrate.sums.apply");
  await until("the migration", () => events.includes("migration_started"));
  service.signal("SIGTERM");
  await service.logs("Stopping");
  const { reply } = await answer;
  assert.is(reply.success, true, JSON.stringify(reply));
  const { code, stderr } = await service.finished();
  assert.is(code, 0, stderr);
  assert.is(events.at(-1), "run_finished");
  assert.is(versionOf(workspace, "sums"), "2");
});

shutdown("a second SIGTERM rolls a long migration back, says so, and ends with 0", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  await writeSlowPlugin(workspace, "sums", "for ever");
  await using service = await GodwitProcess.serve(whereabouts(workspace, server));
  const client = await server.connect();
  const events: string[] = [];
  client.subscribe("db.migrate.sums.events", {
    callback: (_, message) => events.push(message.json<{ event: string }>().event),
  });
  const answer = askOnce(client, "db.migrate.sums.apply");
  await until("the migration", () => events.includes("migration_started"));
  service.signal("SIGTERM");
  await service.logs("Stopping");
  await insist(service);
  const { reply } = await answer;
  assert.ok(!reply.success);
  assert.is(reply.error_code, "CANCELLED");
  assert.is(reply.errors[0]?.code, "interrupted");
  assert.is(reply.current_version, 1);
  const { code, stderr } = await service.finished();
  assert.is(code, 0, stderr);
  assert.match(stderr, /Rolling back the runs that have not ended/);
  assert.is(versionOf(workspace, "sums"), "1");
});

shutdown("after SIGKILL another process applies", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  await writeSlowPlugin(workspace, "sums", "for ever");
  await using killed = await GodwitProcess.serve(whereabouts(workspace, server));
  const client = await server.connect();
  client.publish("db.migrate.sums.apply", "", { reply: "nobody" });
  await until("the migration", async () => {
    const { reply } = await askOnce(client, "db.migrate.sums.status");
    return reply.success && reply.verb === "status" && reply.progress?.version === 2;
  });
  killed.signal("SIGKILL");
  await killed.finished();

  workspace.write("sums", {
    "002_slow.sql":
      "-- UP\nCREATE TABLE before_slow (id INTEGER);\n-- DOWN\nDROP TABLE before_slow;\n",
  });
  await using _next = await GodwitProcess.serve(whereabouts(workspace, server));
  const { reply: status } = await askOnce(client, "db.migrate.sums.status");
  assert.ok(status.success && status.verb === "status");
  assert.is(status.locked, false);
  assert.is(status.current_version, 1);
  const { reply } = await askOnce(client, "db.migrate.sums.apply");
  assert.is(reply.success, true, JSON.stringify(reply));
  assert.is(versionOf(workspace, "sums"), "2");
});

shutdown.run();
