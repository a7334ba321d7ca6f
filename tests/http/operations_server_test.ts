// Health, readiness and metrics of a running service, and the dashboard that shows the metrics.

import { parser } from "@prometheus-io/lezer-promql";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { migrationFile } from "../support/migration_file.ts";
import { NatsServer } from "../support/nats_server.ts";
import { GodwitProcess, until } from "../support/service_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { namesUnder } from "../docs/page.ts";
import { readPage } from "../docs/pages.ts";
import { whereabouts } from "../nats/nats_setting.ts";
import { parseExposition, type Scrape } from "./parse_exposition.ts";

const http = suite("serve --http");

const nats = await NatsServer.start();
const workspace = new Workspace();
workspace.write("quotes", {
  "001_quotes.sql": migrationFile(
    "CREATE TABLE quotes (id INTEGER PRIMARY KEY, body TEXT, source TEXT);",
    "DROP TABLE quotes;",
  ),
  "002_no_source.sql": migrationFile(
    "-- as SQLite 3.35 can\nALTER TABLE quotes DROP COLUMN source;\nDELETE FROM quotes WHERE id > 2;",
    "ALTER TABLE quotes ADD COLUMN source TEXT;",
    "-- requires: sqlite >= 3.35.0",
  ),
});
workspace.write("pending", { "001_one.sql": migrationFile("CREATE TABLE one (id INTEGER);") });
const service = await GodwitProcess.serve([
  ...whereabouts(workspace, nats),
  "--json",
  "--http",
  "127.0.0.1:0",
]);
const url = /http:\/\/127\.0\.0\.1:\d+/.exec(service.stderr)?.[0] ?? "";
const client = await nats.connect();

const ReadyReply = v.object({ status: v.string(), checks: v.record(v.string(), v.string()) });

async function scrape(): Promise<Scrape> {
  return parseExposition(await (await fetch(`${url}/metrics`)).text());
}

/** Scrapes until the plugins were read, for which a scrape on a busy machine does not wait. */
async function scrapeWith(series: string, value: number): Promise<Scrape> {
  let scraped = await scrape();
  await until(`${series} ${value}`, async () => {
    if (scraped.value(series) === value) return true;
    scraped = await scrape();
    return false;
  });
  return scraped;
}

async function request(verb: string, plugin: string, body: unknown = {}): Promise<boolean> {
  const reply = await client.request(`db.migrate.${plugin}.${verb}`, JSON.stringify(body), {
    timeout: 20_000,
  });
  return reply.json<{ success: boolean }>().success;
}

http("answers /healthz and /readyz", async () => {
  const health = await fetch(`${url}/healthz`);
  assert.is(health.status, 200);
  assert.is((await health.json()).status, "ok");
  const ready = await fetch(`${url}/readyz`);
  assert.is(ready.status, 200);
  assert.equal(await ready.json(), {
    status: "ready",
    checks: { nats: "ok", data_directory: "ok", disk: "ok", threads: "ok" },
  });
});

http("leaves nothing in the data directory", () => {
  assert.equal([...Deno.readDirSync(workspace.dataDir)].map(({ name }) => name), []);
});

http("refuses other methods and addresses", async () => {
  for (
    const [path, method, status] of [
      ["/metrics", "POST", 405],
      ["/", "GET", 404],
      ["/healthz/", "GET", 404],
    ] as const
  ) {
    const response = await fetch(`${url}${path}`, { method });
    assert.is(response.status, status);
    assert.match(await response.text(), "/healthz, /readyz and /metrics");
  }
});

http("counts runs, losses, backups and what is pending", async () => {
  await scrapeWith('godwit_pending_migrations{plugin="quotes"}', 2);
  await request("apply", "quotes", { target_version: 1 });
  sqliteShell(
    workspace.database("quotes"),
    "INSERT INTO quotes VALUES (1, 'a', 'x'), (2, 'b', NULL), (3, 'c', 'y'), (4, 'd', 'z')",
  );
  assert.ok(await request("apply", "quotes", { dry_run: true }));
  assert.ok(await request("apply", "quotes"));
  assert.not(await request("apply", "quotes", { target_version: 1, plan_hash: "0".repeat(64) }));
  const metrics = await scrapeWith('godwit_backups{plugin="quotes"}', 1);
  const values = {
    'godwit_requests_total{verb="apply",outcome="success"}': 3,
    'godwit_requests_total{verb="apply",outcome="INVALID_REQUEST"}': 1,
    'godwit_runs_total{verb="apply",outcome="success",dry_run="false"}': 2,
    'godwit_runs_total{verb="apply",outcome="success",dry_run="true"}': 1,
    'godwit_run_duration_seconds_count{verb="apply",dry_run="false"}': 3,
    'godwit_migrations_total{verb="apply"}': 2,
    'godwit_rows_lost_total{plugin="quotes"}': 2,
    'godwit_values_lost_total{plugin="quotes"}': 3,
    'godwit_backups_made_total{verb="apply"}': 1,
    'godwit_backups{plugin="quotes"}': 1,
    'godwit_databases{plugin="quotes"}': 1,
    'godwit_pending_migrations{plugin="quotes"}': 0,
    'godwit_pending_migrations{plugin="pending"}': 1,
    'godwit_drifted_databases{plugin="quotes"}': 0,
    'godwit_requests_in_flight{verb="apply"}': 0,
    "godwit_nats_connected": 1,
    'godwit_threads{state="stuck"}': 0,
    'godwit_rehearsals_total{source="kept"}': 1,
  };
  const seen = Object.fromEntries(Object.keys(values).map((name) => [name, metrics.value(name)]));
  assert.equal(seen, values);
  const backup = [...Deno.readDirSync(`${workspace.dataDir}/backups/quotes`)]
    .find(({ name }) => name.endsWith(".sqlite3"));
  const { size } = Deno.statSync(`${workspace.dataDir}/backups/quotes/${backup?.name}`);
  assert.is(metrics.value('godwit_backup_bytes{plugin="quotes"}'), size);
  const last = metrics.value('godwit_last_success_timestamp_seconds{plugin="quotes",verb="apply"}');
  assert.ok(last !== undefined && Math.abs(last - Date.now() / 1000) < 60);
});

http("shows what drifted, failed, or cannot be read", async () => {
  workspace.write("quotes", {
    "001_quotes.sql": migrationFile("CREATE TABLE quotes (id INTEGER PRIMARY KEY);"),
  });
  workspace.write("pending", {
    "001_one.sql": migrationFile(
      "CREATE TABLE one (id INTEGER CHECK (id < 0));\n" +
        "INSERT INTO one SELECT count(*) FROM sqlite_schema;",
    ),
  });
  Deno.mkdirSync(`${workspace.dataDir}/quotes`);
  Deno.writeTextFileSync(workspace.database("quotes", "acme"), "no database".repeat(100));
  assert.not(await request("apply", "pending"));
  const metrics = await scrapeWith('godwit_failed_migrations{plugin="pending"}', 1);
  assert.is(metrics.value('godwit_drifted_databases{plugin="quotes"}'), 1);
  assert.is(metrics.value('godwit_unreadable_databases{plugin="quotes"}'), 1);
  assert.is(metrics.value('godwit_databases{plugin="quotes"}'), 2);
  assert.not(metrics.text.includes("acme"), "Tenants are no labels");
  Deno.removeSync(workspace.database("quotes", "acme"));
});

http("answers $SRV.STATS with the same numbers", async () => {
  const reply = await client.request("$SRV.STATS.godwit", "", { timeout: 10_000 });
  const { endpoints } = v.parse(
    v.object({
      endpoints: v.array(v.object({
        name: v.string(),
        data: v.nullish(v.object({ metrics: v.record(v.string(), v.number()) })),
      })),
    }),
    reply.json(),
  );
  const stats = Object.assign({}, ...endpoints.map(({ data }) => data?.metrics));
  const metrics = await scrape();
  const moves = /bytes|timestamp|memory|threads/;
  for (const series of metrics.series.filter((name) => !/_bucket|_seconds_sum/.test(name))) {
    assert.ok(series in stats, series);
    if (!moves.test(series)) assert.is(stats[series], metrics.value(series), series);
  }
});

const Dashboard = v.object({
  panels: v.array(v.object({
    title: v.string(),
    targets: v.optional(v.array(v.object({ expr: v.string(), legendFormat: v.string() })), []),
  })),
});

http("the dashboard asks for metrics and labels that there are", async () => {
  const path = fileURLToPath(
    new URL("../../examples/operations/grafana-dashboard.json", import.meta.url),
  );
  const { panels } = v.parse(Dashboard, JSON.parse(Deno.readTextFileSync(path)));
  const metrics = await scrape();
  // Prometheus adds these to every sample.
  const added = ["instance", "job"];
  const asked = new Set<string>();
  for (const { title, targets } of panels) {
    for (const { expr, legendFormat } of targets) {
      const { names, labels } = namesIn(expr);
      assert.ok(names.length > 0, `${title}: ${expr}`);
      for (const name of names) {
        asked.add(name);
        const known = metrics.labelsOf(name);
        assert.ok(known !== null, `${title}: ${name}`);
        const legend = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? "");
        for (const label of [...labels, ...legend]) {
          assert.ok([...known, ...added].includes(label), `${title}: ${label} of ${name}`);
        }
      }
    }
  }
  // What is measured is shown and documented.
  const documented = namesUnder(readPage("docs/OPERATIONS.md"), "Metrics");
  assert.equal([...documented].sort(), metrics.families.map(({ name }) => name).sort());
  for (const { name, type } of metrics.families) {
    assert.ok(asked.has(type === "histogram" ? `${name}_bucket` : name), `No panel has ${name}`);
  }
});

http("says which check fails", async () => {
  Deno.removeSync(workspace.dataDir, { recursive: true });
  Deno.writeTextFileSync(workspace.dataDir, "");
  await nats.stop();
  await until("the outage", () => service.stderr.includes("Lost the NATS server"));
  const ready = await fetch(`${url}/readyz`);
  assert.is(ready.status, 503);
  const { status, checks } = v.parse(ReadyReply, await ready.json());
  assert.is(status, "not ready");
  assert.match(checks.nats ?? "", /^the NATS server cannot be reached: /);
  assert.match(checks.data_directory ?? "", / cannot be written to: (EEXIST|ENOTDIR)/);
  assert.is(checks.threads, "ok");
  assert.is((await fetch(`${url}/healthz`)).status, 200);
  const metrics = await scrape();
  assert.is(metrics.value("godwit_nats_connected"), 0);
  assert.is(metrics.value("godwit_nats_outages_total"), 1);
});

http("an address that is taken ends serve", async () => {
  const taken = new URL(url).host;
  await using second = new GodwitProcess([
    "serve",
    ...whereabouts(workspace, nats),
    "--http",
    taken,
  ]);
  const { code, stderr } = await second.finished();
  assert.is(code, 1);
  assert.match(stderr, `Cannot listen on ${taken}`);
});

http.after(async () => {
  service.signal("SIGTERM");
  await service.finished();
  await nats[Symbol.asyncDispose]();
  await workspace[Symbol.asyncDispose]();
});

http.run();

/** The metrics of a query, and the labels that it names. */
function namesIn(query: string): { names: readonly string[]; labels: readonly string[] } {
  const names: string[] = [];
  const labels: string[] = [];
  parser.parse(query).iterate({
    enter({ name, from, to }) {
      const text = query.slice(from, to);
      assert.not(name === "⚠", `Not PromQL: ${query}`);
      if (name === "Identifier") names.push(text);
      if (name === "LabelName") labels.push(text);
    },
  });
  return { names, labels };
}
