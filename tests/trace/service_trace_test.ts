// A trace of a run: a real service exports it over OTLP, within the trace of its client.

import { headers, type MsgHdrs } from "nats.ws";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { migrationFile } from "../support/migration_file.ts";
import { NatsServer } from "../support/nats_server.ts";
import { GodwitProcess, until } from "../support/service_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { whereabouts } from "../nats/nats_setting.ts";

const traces = suite("traces");

const Attribute = v.object({ key: v.string(), value: v.record(v.string(), v.unknown()) });
const Export = v.object({
  resourceSpans: v.array(v.object({
    scopeSpans: v.array(v.object({
      scope: v.object({ name: v.string() }),
      spans: v.array(v.object({
        traceId: v.string(),
        spanId: v.string(),
        parentSpanId: v.string(),
        name: v.string(),
        attributes: v.array(Attribute),
      })),
    })),
  })),
});

interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const received: ReceivedSpan[] = [];
const collector = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  if (new URL(request.url).pathname !== "/v1/traces") return new Response();
  const { resourceSpans } = v.parse(Export, await request.json());
  for (const { scope, spans } of resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)) {
    if (scope.name !== "godwit") continue;
    received.push(...spans.map((span) => ({
      ...span,
      attributes: Object.fromEntries(
        span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]),
      ),
    })));
  }
  return Response.json({});
});

const nats = await NatsServer.start();
const workspace = new Workspace();
workspace.write("quotes", {
  "001_quotes.sql": migrationFile(
    "CREATE TABLE quotes (id INTEGER PRIMARY KEY, body TEXT);",
    "DROP TABLE quotes;",
  ),
  "002_fewer.sql": migrationFile("DELETE FROM quotes WHERE body = 'secret';", "SELECT 1;"),
});
const TELEMETRY = {
  OTEL_DENO: "true",
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
  OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  OTEL_BSP_SCHEDULE_DELAY: "50",
  OTEL_DENO_CONSOLE: "ignore",
};
const client = await nats.connect();
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CLIENT_SPAN = "b7ad6b7169203331";

async function request(verb: string, body: object, given: MsgHdrs = headers()) {
  return await client.request(`db.migrate.quotes.${verb}`, JSON.stringify(body), {
    timeout: 20_000,
    headers: given,
  });
}

function traced(): MsgHdrs {
  const given = headers();
  given.set("traceparent", `00-${TRACE}-${CLIENT_SPAN}-01`);
  return given;
}

/** The names of a span and of those within it, by indentation, in the order of their ids' arrival. */
function tree(parent: string, depth = 0): readonly string[] {
  return received.filter(({ parentSpanId }) => parentSpanId === parent)
    .flatMap(({ name, spanId }) => [`${" ".repeat(depth)}${name}`, ...tree(spanId, depth + 1)]);
}

traces("a run is one tree, from the client's span to each migration", async () => {
  await using service = await GodwitProcess.serve(
    [...whereabouts(workspace, nats), "--json"],
    { env: TELEMETRY },
  );
  await request("apply", { target_version: 1 });
  sqliteShell(workspace.database("quotes"), "INSERT INTO quotes VALUES (1, 'secret'), (2, 'b')");
  const events: (string | undefined)[] = [];
  client.subscribe("db.migrate.quotes.events", {
    callback: (_error, message) => events.push(message.headers?.get("traceparent")),
  });
  const reply = await request("apply", {}, traced());
  const { plan_hash, run_id } = reply.json<{ plan_hash: string; run_id: string }>();
  const isOurs = ({ traceId }: ReceivedSpan): boolean => traceId === TRACE;
  await until(
    "the request's span",
    () => received.some((span) => isOurs(span) && span.name === "apply"),
  );
  assert.equal(
    [...tree(CLIENT_SPAN)].sort(),
    [
      "  execute",
      "   backup",
      "   migration",
      "  prepare",
      "   rehearse",
      " run",
      "apply",
    ].sort(),
  );
  const of = (name: string): Readonly<Record<string, unknown>> =>
    received.find((span) => isOurs(span) && span.name === name)?.attributes ?? {};
  assert.is(of("run")["godwit.run_id"], run_id);
  assert.is(of("run")["godwit.plugin"], "quotes");
  for (const name of ["run", "prepare", "rehearse", "execute"]) {
    assert.is(of(name)["godwit.plan_hash"], plan_hash, name);
  }
  assert.is(String(of("migration")["godwit.version"]), "2");
  assert.is(of("migration")["godwit.name"], "fewer");
  assert.ok(Number(of("backup")["godwit.bytes"]) > 0);
  assert.not(JSON.stringify(received).includes("secret"));

  const requestSpan = received.find((span) => isOurs(span) && span.name === "apply")?.spanId;
  const expected = `00-${TRACE}-${requestSpan}-01`;
  assert.is(reply.headers?.get("traceparent"), expected);
  await client.flush();
  assert.ok(events.length > 3);
  assert.equal([...new Set(events)], [expected]);
  const [answered, ended] = ["Answered", "Run ended"].map((message) =>
    service.stderr.split("\n").filter((line) => line.includes(`"${message}"`)).map((line) =>
      JSON.parse(line)
    ).at(-1)
  );
  assert.is(answered.trace_id, TRACE);
  assert.is(ended.trace_id, TRACE);
  assert.is(ended.run_id, run_id);
});

traces("a failure ends its spans with the error code", async () => {
  await using _service = await GodwitProcess.serve(whereabouts(workspace, nats), {
    env: TELEMETRY,
  });
  received.length = 0;
  await request("apply", { plan_hash: "0".repeat(64) }, traced());
  await until("the request's span", () => received.some(({ name }) => name === "apply"));
  for (const { attributes, name } of received.filter(({ name }) => name !== "prepare")) {
    assert.is(attributes["error.type"], "PLAN_CHANGED", name);
  }
});

traces("without telemetry the client's trace is passed on, and logged", async () => {
  await using service = await GodwitProcess.serve([...whereabouts(workspace, nats), "--json"]);
  received.length = 0;
  const reply = await request("status", {}, traced());
  assert.is(reply.headers?.get("traceparent"), `00-${TRACE}-${CLIENT_SPAN}-01`);
  const wrong = headers();
  wrong.set("traceparent", `00-${"0".repeat(32)}-${CLIENT_SPAN}-01`);
  assert.is((await request("status", {}, wrong)).headers?.get("traceparent") ?? "", "");
  assert.is((await request("status", {})).headers, undefined);
  assert.equal(received, []);
  assert.match(service.stderr, `"trace_id":"${TRACE}"`);
});

traces.after(async () => {
  await nats[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
  await collector.shutdown();
});
traces.run();
