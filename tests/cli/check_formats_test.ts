// What `check` writes for pipelines: annotations, SARIF, JUnit.

import sarifSchema from "@microsoft/jest-sarif/sarif-2.1.0.json" with { type: "json" };
import { type Schema, Validator } from "@cfworker/json-schema";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import * as v from "valibot";
import type { PluginReport } from "../../lib/cli/check_report.ts";
import { renderAnnotations } from "../../lib/cli/render/annotations.ts";
import { pathsFrom } from "../../lib/cli/render/finding_place.ts";
import { renderJunit } from "../../lib/cli/render/junit.ts";
import { renderSarif } from "../../lib/cli/render/sarif.ts";
import type { FindingMessage } from "../../lib/message/reply.ts";
import { openMigrator } from "../../lib/migrator.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { run } from "./cli_setting.ts";

const formats = suite("check --format");

const BROKEN: FindingMessage = {
  level: "ERROR",
  code: "broken-query",
  category: "sqlite",
  message: "50% <of>, this:\r\nthat & \u0007",
  migration_version: 2,
  migration_name: "x",
  file: "002_x.sql",
  line: 4,
  column: 7,
  excerpt: "DROP TABLE t;",
  query: {
    file: "queries/a b.sql",
    line: 9,
    column: 1,
    excerpt: "SELECT 1",
    statement: "SELECT 1",
  },
};

const REPORT: PluginReport = {
  plugin_name: "quotes",
  migrations: 3,
  query_files: 1,
  errors: [BROKEN],
  warnings: [
    {
      level: "INFO",
      code: "drop-table",
      category: "destructive",
      message: "Accepted, because it is empty: Drops the table",
      accepted: "it is empty",
      migration_version: 3,
      migration_name: "y",
      file: "003_y.sql",
      line: 2,
      column: 1,
    },
    {
      level: "WARNING",
      code: "stale-schema",
      category: "file",
      message: "Files and schema.sql differ",
      migration_version: null,
      migration_name: null,
      file: "schema.sql",
    },
    {
      level: "WARNING",
      code: "no-migrations",
      category: "file",
      message: "Nothing",
      migration_version: null,
      migration_name: null,
    },
  ],
};

const pathOf = pathsFrom("/repo", "/repo/my plugins");

formats("github: a line for each place, with what would end it escaped", () => {
  assert.equal(renderAnnotations([REPORT], pathOf).split("\n"), [
    "::error file=my plugins/quotes/migrations/002_x.sql,line=4,col=7," +
    "title=broken-query (quotes)::50%25 <of>, this:%0D%0Athat & \u0007",
    "::error file=my plugins/quotes/queries/a b.sql,line=9,col=1," +
    "title=broken-query (quotes)::50%25 <of>, this:%0D%0Athat & \u0007",
    "::notice file=my plugins/quotes/migrations/003_y.sql,line=2,col=1,title=drop-table (quotes)" +
    "::Accepted, because it is empty: Drops the table",
    "::warning file=my plugins/quotes/schema.sql,title=stale-schema (quotes)" +
    "::Files and schema.sql differ",
    "::warning title=no-migrations (quotes)::Nothing",
  ]);
});

formats("a path outside of the repository stays whole", () => {
  assert.is(
    pathsFrom("/repo", "/srv/plugins")("p", "001_x.sql"),
    "/srv/plugins/p/migrations/001_x.sql",
  );
  assert.is(pathsFrom("/repo", "plugins")("p", "schema.sql"), "plugins/p/schema.sql");
});

const Sarif = v.object({
  runs: v.tuple([v.object({
    results: v.array(v.object({
      ruleId: v.string(),
      level: v.string(),
      locations: v.tuple([v.object({
        physicalLocation: v.object({
          artifactLocation: v.object({ uri: v.string() }),
          region: v.optional(v.object({ startLine: v.number(), startColumn: v.number() })),
        }),
      })]),
      relatedLocations: v.optional(v.array(v.unknown())),
      suppressions: v.optional(v.array(v.object({ justification: v.string() }))),
    })),
  })]),
});

/** What is wrong with SARIF, by the schema of its version. */
function faultsOf(document: unknown): readonly string[] {
  // An identifier would be resolved, and is an address.
  const { id: _, ...schema } = sarifSchema;
  const { errors } = new Validator(schema as Schema, "4", false).validate(document);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

function assertSarif(text: string): v.InferOutput<typeof Sarif>["runs"][0]["results"] {
  const document: unknown = JSON.parse(text);
  assert.equal(faultsOf(document), []);
  return v.parse(Sarif, document).runs[0].results;
}

formats("sarif: is of version 2.1.0, with lines, acceptances and related places", () => {
  const results = assertSarif(renderSarif([REPORT], pathOf));
  assert.equal(results.map(({ ruleId, level }) => `${level} ${ruleId}`), [
    "error broken-query",
    "note drop-table",
    "warning stale-schema",
    "warning no-migrations",
  ]);
  const [broken, accepted] = results;
  const { artifactLocation, region } = broken?.locations[0].physicalLocation ?? {};
  assert.is(artifactLocation?.uri, "my%20plugins/quotes/migrations/002_x.sql");
  assert.is(region?.startLine, 4);
  assert.is(region?.startColumn, 7);
  assert.is(broken?.relatedLocations?.length, 1);
  assert.is(accepted?.suppressions?.[0]?.justification, "it is empty");
});

formats("sarif: what is no SARIF fails", () => {
  const faults = faultsOf({ version: "2.1.0", runs: [{ results: [] }] });
  assert.match(faults.at(-1) ?? "", 'does not have required property "tool"');
});

/** Reads XML with Python's parser, which refuses what is not well-formed. */
async function parseXml(xml: string): Promise<unknown> {
  const script = `import json, sys, xml.etree.ElementTree as tree
def read(e): return {"tag": e.tag, **e.attrib, "text": e.text or "", "in": [read(c) for c in e]}
print(json.dumps(read(tree.fromstring(sys.stdin.buffer.read()))))`;
  const child = new Deno.Command("python3", {
    args: ["-c", script],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(xml));
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await child.output()).stdout));
}

const Failure = v.object({ tag: v.string(), type: v.string(), text: v.string() });
const Suites = v.object({
  in: v.tuple([v.object({
    tests: v.string(),
    failures: v.string(),
    in: v.array(v.object({
      tag: v.string(),
      name: v.optional(v.string()),
      text: v.string(),
      in: v.array(Failure),
    })),
  })]),
});

formats("junit: a case for each file, that fails where it has an error", async () => {
  const xml = renderJunit([{
    report: REPORT,
    files: ["001_a.sql", "002_x.sql", "003_y.sql"],
    at: new Date("2026-01-02T03:04:05.678Z"),
    seconds: 1.5,
  }], pathOf);
  const { in: [quotes] } = v.parse(Suites, await parseXml(xml));
  assert.is(quotes.tests, "5");
  assert.is(quotes.failures, "1");
  const cases = quotes.in.filter(({ tag }) => tag === "testcase");
  assert.equal(cases.map(({ name }) => name), [
    "001_a.sql",
    "002_x.sql",
    "003_y.sql",
    "schema.sql",
    "plugin",
  ]);
  const [failure] = cases[1]?.in ?? [];
  assert.is(failure?.type, "broken-query");
  assert.match(failure?.text ?? "", "my plugins/quotes/migrations/002_x.sql:4:7: error");
  assert.match(failure?.text ?? "", "50% <of>, this:\nthat & \uFFFD");
  assert.match(xml, 'timestamp="2026-01-02T03:04:05"');
  assert.match(quotes.in.find(({ tag }) => tag === "system-out")?.text ?? "", "[stale-schema]");
});

formats("the example plugins make valid SARIF and JUnit", async () => {
  const plugins = fileURLToPath(new URL("../../examples/plugins", import.meta.url));
  const data = Deno.makeTempDirSync();
  await using migrator = await openMigrator({ plugins, data });
  const reports: PluginReport[] = [];
  for (const name of ["quote-db", "trivia"]) {
    const reply = await migrator.check(name);
    assert.ok(reply.success);
    const { migrations, query_files, warnings } = reply;
    reports.push({ plugin_name: name, migrations, query_files, errors: [], warnings });
  }
  const paths = pathsFrom(plugins, plugins);
  assert.ok(assertSarif(renderSarif(reports, paths)).length > 0);
  const checked = reports.map((report) => ({ report, files: [], at: new Date(), seconds: 0 }));
  await parseXml(renderJunit(checked, paths));
});

formats("as a command: exit status, the format alone on standard output", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", { "001_x.sql": migrationFile("CREATE TABLE t (a;") });
  const github = await run(workspace, "check", "--format", "github");
  assert.is(github.code, 1);
  assert.match(github.stdout, /^::error file=\S+\/quotes\/migrations\/001_x\.sql,line=2,col=18,/);
  const [json, format] = await Promise.all([
    run(workspace, "check", "--json"),
    run(workspace, "check", "--format", "json"),
  ]);
  assert.is(format.code, 1);
  assert.is(format.stdout, json.stdout);
});

formats.run();
