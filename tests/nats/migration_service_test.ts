// The service over a real nats-server: verbs, bad requests, headers, the micro-service protocol.

import * as v from "valibot";
import * as assert from "uvu/assert";
import { headers, type Msg } from "nats.ws";
import { EventSchema } from "../../lib/message/event_schema.ts";
import type { RunEvent } from "../../lib/message/event.ts";
import { verbs } from "../../lib/message/verbs.ts";
import { serviceCounts } from "../../lib/nats/endpoint_counts.ts";
import { startMigrationService } from "../../lib/nats/migration_service.ts";
import { UNOBSERVED } from "../../lib/nats/service_observer.ts";
import { VERSION } from "../../lib/version.ts";
import { suite } from "../support/suite.ts";
import { NatsServer } from "../support/nats_server.ts";
import { until } from "../support/service_process.ts";
import { Workspace } from "../support/workspace.ts";
import { askOnce, serveHere } from "./nats_setting.ts";

const QUOTES = {
  "001_create_quotes.sql": "-- UP\nCREATE TABLE quotes (text TEXT);\n-- DOWN\nDROP TABLE quotes;\n",
  "002_add_author.sql":
    "-- UP\nALTER TABLE quotes ADD COLUMN author TEXT;\n-- DOWN\nDROP TABLE quotes;\nCREATE TABLE quotes (text TEXT);\n",
};

const overNats = suite("verbs over NATS");

overNats("answer apply, status and rollback, each with a reply of its schema", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();

  const dry = await askOnce(client, "db.migrate.quotes.apply", '{"dry_run":true}');
  assert.ok(dry.reply.success && dry.reply.verb === "apply" && dry.reply.dry_run);
  const applied = await askOnce(client, "db.migrate.quotes.apply", '{"applied_by":"bot"}');
  assert.ok(applied.reply.success && applied.reply.verb === "apply");
  assert.equal(applied.reply.applied_migrations.map(({ version }) => version), [1, 2]);
  assert.is(applied.message.headers?.get("Nats-Service-Error") ?? "", "");
  const status = await askOnce(client, "db.migrate.quotes.status");
  assert.ok(status.reply.success && status.reply.verb === "status");
  assert.is(status.reply.current_version, 2);
  assert.is(status.reply.applied_migrations[0]?.applied_by, "bot");
  const back = await askOnce(client, "db.migrate.quotes.rollback", '{"target_version":0}');
  assert.ok(back.reply.success && back.reply.verb === "rollback");
  assert.equal(back.reply.rolled_back_migrations.map(({ version }) => version), [2, 1]);
});

overNats("listen under another prefix, and under no other", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await using _service = await serveHere(workspace, server, "rosey.db.migrate");
  const client = await server.connect();
  const events: string[] = [];
  client.subscribe("rosey.db.migrate.*.events", {
    callback: (_, message) => events.push(message.subject),
  });
  const { reply } = await askOnce(client, "rosey.db.migrate.quotes.apply");
  assert.is(reply.success, true);
  await until("events", () => events.length === 7);
  assert.is(events[0], "rosey.db.migrate.quotes.events");
  const unanswered = await client.request("db.migrate.quotes.status", "", { timeout: 5_000 })
    .then(() => "answered", (error) => error.code);
  assert.is(unanswered, "503");
});

overNats("publish events in order, each of its schema", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  workspace.write("quotes", {
    "003_fails.sql":
      "-- UP\nCREATE TABLE one (id INTEGER CHECK (id < 2));\nINSERT INTO one SELECT 1 + count(*) FROM quotes;\n-- DOWN\nDROP TABLE one;\n",
  });
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  const events: RunEvent[] = [];
  client.subscribe("db.migrate.quotes.events", {
    callback: (_, message) => events.push(v.parse(EventSchema, message.json())),
  });
  await askOnce(client, "db.migrate.quotes.apply", '{"target_version":2,"applied_by":"bot"}');
  await until("the end of the first run", () => events.at(-1)?.event === "run_finished");
  // Migrations may share a commit, after which each is reported as applied.
  const eventsOf = (version: number | null): readonly string[] =>
    events.filter((each) => ("version" in each ? each.version : null) === version)
      .map(({ event }) => event);
  assert.equal(eventsOf(null), ["run_requested", "run_started", "run_finished"]);
  for (const version of [1, 2]) {
    assert.equal(eventsOf(version), ["migration_started", "migration_applied"]);
  }
  assert.is(new Set(events.map(({ run_id }) => run_id)).size, 1);
  events.length = 0;
  workspace.write("quotes", {
    "001_create_quotes.sql": QUOTES["001_create_quotes.sql"],
  });
  await askOnce(client, "db.migrate.quotes.rollback");
  await until("the end of the second run", () => events.at(-1)?.event === "run_finished");
  assert.equal(
    events.map(({ event }) => event),
    ["run_requested", "run_started", "migration_started", "migration_rolled_back", "run_finished"],
  );
});

overNats("carry nothing out where no reply is wanted", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await using service = await serveHere(workspace, server);
  const client = await server.connect();
  client.publish("db.migrate.quotes.apply");
  client.publish("db.migrate.some.dotted.apply");
  await client.flush();
  await until("the log line", () => service.logs.some((line) => line.includes("without a reply")));
  const { reply } = await askOnce(client, "db.migrate.quotes.status");
  assert.ok(reply.success && reply.verb === "status" && reply.pending_count === 2);
});

overNats("a request whose reply would go to others is refused and logged", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await using service = await serveHere(workspace, server);
  const client = await server.connect();
  const heard: string[] = [];
  client.subscribe("db.migrate.*.events", {
    callback: (_error, { data }) => heard.push(`${data}`),
  });
  const replies = ["db.migrate", "db.migrate.trivia.events", "$SYS.a", "$SRV.PING", "$JS.API.INFO"];
  for (const reply of replies) {
    client.publish("db.migrate.quotes.apply", "{}", { reply });
    client.publish("db.migrate.some.dotted.apply", "{}", { reply });
  }
  await client.flush();
  const refused = (): readonly string[] =>
    service.logs.filter((line) => line.includes("with a reply subject of others"));
  await until("the log lines", () => refused().length === 2 * replies.length);
  const { reply } = await askOnce(client, "db.migrate.quotes.status");
  assert.ok(reply.success && reply.verb === "status" && reply.pending_count === 2);
  assert.equal(heard, []);
});

overNats.run();

const bad = suite("bad requests over NATS");

const BAD: readonly (readonly [string, string, string | Uint8Array, string, string, string])[] = [
  ["not JSON", "quotes.apply", "{nope", "INVALID_REQUEST", "400", "not JSON"],
  ["not an object", "quotes.apply", "[1]", "INVALID_REQUEST", "400", "not a JSON object"],
  ["not UTF-8", "quotes.apply", new Uint8Array([0xff]), "INVALID_REQUEST", "400", "not UTF-8"],
  [
    "a wrong type",
    "quotes.apply",
    '{"target_version":"two"}',
    "INVALID_REQUEST",
    "400",
    "target_version",
  ],
  [
    "an unknown key",
    "quotes.apply",
    '{"dryrun":true}',
    "INVALID_REQUEST",
    "400",
    'unknown key "dryrun"',
  ],
  [
    "a key of another verb",
    "quotes.status",
    '{"dry_run":true}',
    "INVALID_REQUEST",
    "400",
    'unknown key "dry_run"',
  ],
  [
    "900 KB",
    "quotes.apply",
    `{"applied_by":"${"x".repeat(900 * 1024)}"}`,
    "INVALID_REQUEST",
    "400",
    "65536",
  ],
  [
    "a target beyond the newest",
    "quotes.apply",
    '{"target_version":9}',
    "INVALID_REQUEST",
    "400",
    "9",
  ],
  [
    "a rollback above the version",
    "quotes.rollback",
    '{"target_version":5}',
    "INVALID_REQUEST",
    "400",
    "5",
  ],
  ["no such plugin", "nothing.apply", "", "PLUGIN_NOT_FOUND", "404", "nothing"],
  ["a dotted name", "a.b.apply", "", "PLUGIN_NOT_FOUND", "404", "a.b"],
  ["a name of many dots", "...x.y.z.status".slice(3), "", "PLUGIN_NOT_FOUND", "404", "x.y.z"],
  ["upper case", "Quotes.apply", "", "PLUGIN_NOT_FOUND", "404", "Quotes"],
  ["a path", "a/b.apply", "", "PLUGIN_NOT_FOUND", "404", "a/b"],
  ["200 characters", `${"q".repeat(200)}.rollback`, "", "PLUGIN_NOT_FOUND", "404", "qqq..."],
];

bad("get one reply each, with code, headers and a way out, and change nothing", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await using service = await serveHere(workspace, server);
  const client = await server.connect();
  for (const [name, subject, payload, code, number, words] of BAD) {
    const { reply, message } = await askOnce(client, `db.migrate.${subject}`, payload);
    assert.ok(!reply.success, name);
    assert.is(reply.error_code, code, name);
    assert.is(reply.verb, subject.slice(subject.lastIndexOf(".") + 1), name);
    assert.ok(reply.message.includes(words), `${name}: ${reply.message}`);
    assert.is(message.headers?.get("Nats-Service-Error-Code"), number, name);
    assert.is(message.headers?.get("Nats-Service-Error"), reply.message.slice(0, 200), name);
  }
  const { reply } = await askOnce(client, "db.migrate.quotes.status");
  assert.ok(reply.success && reply.verb === "status" && reply.pending_count === 2);
  assert.not(service.logs.some((line) => line.startsWith("error")), service.logs.join("\n"));
});

bad("an unknown verb has no responders", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  for (const subject of ["db.migrate.quotes.aply", "db.migrate.a.b.aply"]) {
    const outcome = await client.request(subject, "", { timeout: 5_000 })
      .then(() => "answered", (error) => error.code);
    assert.is(outcome, "503", subject);
  }
});

bad("headers of a client are no obstacle", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  const extra = headers();
  extra.set("Traceparent", "00-1-2-01");
  const message = await client.request("db.migrate.quotes.status", "", {
    timeout: 30_000,
    headers: extra,
  });
  assert.is(message.json<{ success: boolean }>().success, true);
});

bad.run();

const micro = suite("the NATS micro-service protocol");

async function first(messages: AsyncIterable<Msg>): Promise<Msg> {
  for await (const message of messages) return message;
  throw new Error("nothing came");
}

micro("answers $SRV.PING, INFO and STATS for every endpoint", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await using _service = await serveHere(workspace, server);
  const client = await server.connect();
  await askOnce(client, "db.migrate.quotes.apply");
  await askOnce(client, "db.migrate.quotes.apply", '{"target_version":9}');

  const ping = await client.request("$SRV.PING", "", { timeout: 5_000 });
  const { name, version } = v.parse(
    v.object({ name: v.string(), version: v.string() }),
    ping.json(),
  );
  assert.equal([name, version], ["godwit", VERSION]);
  const monitor = client.services.client();
  const [info, stats] = [[], []] as [unknown[], unknown[]];
  for await (const each of await monitor.info("godwit")) info.push(each);
  for await (const each of await monitor.stats("godwit")) stats.push(each);
  const described = v.parse(
    v.tuple([v.object({
      metadata: v.object({ prefix: v.string() }),
      endpoints: v.array(
        v.object({
          name: v.string(),
          subject: v.string(),
          queue_group: v.string(),
          metadata: v.nullish(v.record(v.string(), v.string())),
        }),
      ),
    })]),
    info,
  );
  for (const verb of verbs()) {
    const endpoint = described[0].endpoints.find(({ name }) => name === verb);
    assert.equal(endpoint, {
      name: verb,
      subject: `db.migrate.*.${verb}`,
      queue_group: "godwit.db.migrate",
      metadata: { request_schema: `${verb}.request.json`, reply_schema: `${verb}.reply.json` },
    });
  }
  const measured = v.parse(
    v.tuple([v.object({
      endpoints: v.array(v.object({
        name: v.string(),
        num_requests: v.number(),
        data: v.nullish(
          v.looseObject({ succeeded: v.number(), failed: v.number(), in_flight: v.number() }),
        ),
      })),
    })]),
    stats,
  );
  const apply = measured[0].endpoints.find(({ name }) => name === "apply");
  assert.is(apply?.num_requests, 2);
  assert.is(apply?.data?.succeeded, 1);
  assert.is(apply?.data?.failed, 1);
  assert.is(apply?.data?.in_flight, 0);
  assert.is(apply?.data?.["stuck_threads"], 0);
  assert.is(apply?.data?.["last_error_code"], "INVALID_REQUEST");
});

micro("counts go on where the service has another connection", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const { context } = await workspace.migrator();
  const countsOf = serviceCounts();
  const client = await server.connect();
  for (const requests of [1, 2]) {
    const connection = await server.connect();
    const service = await startMigrationService({
      connection,
      link: { isUp: () => true, whenUp: () => Promise.resolve() },
      context,
      prefix: "db.migrate",
      countsOf,
      metricsOf: null,
      observer: UNOBSERVED,
    });
    await connection.flush();
    await askOnce(client, "db.migrate.quotes.status");
    const stats = await client.request("$SRV.STATS.godwit", "", { timeout: 5_000 });
    const { endpoints } = v.parse(
      v.object({
        endpoints: v.array(v.object({
          name: v.string(),
          data: v.nullish(v.object({ succeeded: v.number() })),
        })),
      }),
      stats.json(),
    );
    const status = endpoints.find(({ name }) => name === "status");
    assert.is(status?.data?.succeeded, requests);
    await service.drain();
    await connection.close();
  }
});

micro("says godwit and its prefix to a single instance's id", async () => {
  await using server = await NatsServer.start();
  await using workspace = new Workspace();
  await using _service = await serveHere(workspace, server, "rosey.db.migrate");
  const client = await server.connect();
  const pings = await client.requestMany("$SRV.PING.godwit", "", {
    maxMessages: 1,
    maxWait: 5_000,
  });
  const { id, metadata } = (await first(pings)).json<
    { id: string; metadata: { prefix: string } }
  >();
  assert.is(metadata.prefix, "rosey.db.migrate");
  const info = await client.request(`$SRV.INFO.godwit.${id}`, "", { timeout: 5_000 });
  assert.match(info.string(), /rosey\.db\.migrate\.\*\.apply/);
});

micro.run();
