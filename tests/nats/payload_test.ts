// A server with a small max_payload: replies that do not fit, and events that do not fit.

import * as assert from "uvu/assert";
import * as v from "valibot";
import { currentVersionIn } from "../support/current_version.ts";
import { suite } from "../support/suite.ts";
import { NatsServer } from "../support/nats_server.ts";
import { Workspace } from "../support/workspace.ts";
import { askOnce, serveHere } from "./nats_setting.ts";

const payload = suite("max_payload");

const COUNT = 60;
// So many versions that the first event does not fit.
const LONG_RUN = 250;

function manyMigrations(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const version = String(index + 1).padStart(3, "0");
      return [
        `${version}_create_a_table_with_a_name_that_takes_room.sql`,
        `-- UP\nCREATE TABLE t${version} (x);\n-- DOWN\nDROP TABLE t${version};\n`,
      ];
    }),
  );
}

payload("a status that does not fit is refused, and pages give everything", async () => {
  await using server = await NatsServer.start({ config: "max_payload: 4096" });
  await using workspace = new Workspace();
  workspace.write("many", manyMigrations(COUNT));
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  const { reply, message } = await askOnce(client, "db.migrate.many.status");
  assert.ok(!reply.success);
  assert.is(reply.error_code, "RESPONSE_TOO_LARGE");
  assert.match(reply.message, /4096; page with limit and offset/);
  assert.is(message.headers?.get("Nats-Service-Error-Code"), "500");
  const { data } = await client.request("$SRV.STATS.godwit");
  const { endpoints } = JSON.parse(new TextDecoder().decode(data));
  const { data: counted } = endpoints.find(({ name }: { name: string }) => name === "status");
  assert.is(counted.failed, 1);
  assert.is(counted.last_error_code, "RESPONSE_TOO_LARGE");

  const seen: number[] = [];
  for (let offset = 0; offset < COUNT; offset += 10) {
    const page = await askOnce(
      client,
      "db.migrate.many.status",
      JSON.stringify({ limit: 10, offset }),
    );
    assert.ok(page.reply.success && page.reply.verb === "status");
    assert.is(page.reply.pending_count, COUNT);
    seen.push(...page.reply.pending_migrations.map(({ version }) => version));
  }
  assert.equal(seen, Array.from({ length: COUNT }, (_, index) => index + 1));
});

payload("a plan that does not fit says what to leave out, and fits without it", async () => {
  await using server = await NatsServer.start({ config: "max_payload: 20000" });
  await using workspace = new Workspace();
  workspace.write("many", manyMigrations(COUNT));
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  const { reply } = await askOnce(client, "db.migrate.many.plan");
  assert.ok(!reply.success);
  assert.is(reply.error_code, "RESPONSE_TOO_LARGE");
  assert.match(reply.message, /20000; leave out statements or schemas with omit/);
  const parts = JSON.stringify({ omit: ["schemas", "statements"] });
  const smaller = await askOnce(client, "db.migrate.many.plan", parts);
  assert.ok(smaller.reply.success && smaller.reply.verb === "plan");
  assert.is(smaller.reply.steps.length, COUNT);
});

payload(
  "an apply whose reply does not fit is done, says so, and is not failed by its events",
  async () => {
    await using server = await NatsServer.start({ config: "max_payload: 1500" });
    await using workspace = new Workspace();
    workspace.write("many", manyMigrations(LONG_RUN));
    await using service = await serveHere(workspace, server);
    const client = await server.connect();
    const { reply } = await askOnce(
      client,
      "db.migrate.many.apply",
      JSON.stringify({ applied_by: "é".repeat(200), tenant: "acme" }),
    );
    assert.ok(!reply.success);
    assert.is(reply.error_code, "RESPONSE_TOO_LARGE");
    assert.match(reply.message, /The run is over/);
    assert.is(reply.current_version, LONG_RUN);
    assert.is(reply.tenant, "acme");
    const status = await askOnce(
      client,
      "db.migrate.many.status",
      '{"limit":1,"tenant":"acme"}',
    );
    assert.ok(status.reply.success && currentVersionIn(status.reply) === LONG_RUN);
    assert.ok(service.logs.some((line) => line.includes("An event could not be published")));
    assert.ok(service.logs.some((line) => line.includes("exceeds max_payload")));
    assert.not(service.logs.some((line) => line.startsWith("error")), service.logs.join("\n"));
  },
);

payload("suggestions are left out of a reply that does not fit with them", async () => {
  await using server = await NatsServer.start({ config: "max_payload: 3500" });
  await using workspace = new Workspace();
  const columns = Array.from({ length: 40 }, (_, index) => `a_column_with_a_name_${index} TEXT`);
  workspace.write("many", {
    "001_t.sql": `-- UP\nCREATE TABLE t (${columns.join(", ")}, x TEXT);\n-- DOWN\nDROP TABLE t;\n`,
    "002_x.sql": "-- UP\nALTER TABLE t DROP COLUMN x;\n-- DOWN\nALTER TABLE t ADD COLUMN x TEXT;\n",
  });
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  for (const verb of ["apply", "status"]) {
    const { reply } = await askOnce(client, `db.migrate.many.${verb}`);
    const findings = reply.success && reply.verb === "status"
      ? reply.pending_warnings
      : reply.success
      ? []
      : reply.errors;
    assert.is(findings[0]?.code, "alter-drop-column");
    assert.is(findings[0]?.suggestion, undefined);
    assert.ok("suggestions_omitted" in reply && reply.suggestions_omitted === true);
  }
  const whole = await workspace.refused("apply", "many");
  assert.ok(whole.errors[0]?.suggestion !== undefined);
  assert.is(whole.suggestions_omitted, undefined);
});

payload("a reply is serialised once, and its size is that of the bytes that are sent", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("many", manyMigrations(3));
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  const { stringify } = JSON;
  let count = 0;
  JSON.stringify = new Proxy(stringify, {
    apply(target, self, args: unknown[]) {
      if (v.is(v.object({ pending_count: v.number() }), args[0])) count += 1;
      return Reflect.apply(target, self, args);
    },
  });
  try {
    const { reply } = await askOnce(client, "db.migrate.many.status");
    assert.is(reply.success, true);
  } finally {
    JSON.stringify = stringify;
  }
  assert.is(count, 1);
});

payload("a history that does not fit is refused, and pages give everything", async () => {
  await using server = await NatsServer.start({ config: "max_payload: 8192" });
  await using workspace = new Workspace();
  workspace.write("many", manyMigrations(20));
  await workspace.apply("many");
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  const subject = "db.migrate.many.history";
  const { reply } = await askOnce(client, subject);
  assert.ok(!reply.success);
  assert.is(reply.error_code, "RESPONSE_TOO_LARGE");
  assert.match(reply.message, /8192; page with limit and offset/);
  const page = await askOnce(client, subject, JSON.stringify({ limit: 5, offset: 15 }));
  assert.ok(page.reply.success && page.reply.verb === "history");
  assert.equal(page.reply.entries.map(({ version }) => version), [5, 4, 3, 2, 1]);
});

payload.run();
