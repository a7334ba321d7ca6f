// The same requests, on Deno and in a browser, have the same replies, byte for byte apart from times.

import { leastRequest } from "../../support/least_request.ts";
import * as assert from "uvu/assert";
import type { Reply } from "../../../lib/message/any_reply.ts";
import { type Verb, verbs } from "../../../lib/message/verbs.ts";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { currentVersionIn } from "../../support/current_version.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { suite } from "../../support/suite.ts";
import { type Files, Workspace } from "../../support/workspace.ts";

const replies = suite("same replies");

let browser: TestBrowser;
let server: SandboxServer;
let tab: SandboxTab;

replies.before(async () => {
  server = await SandboxServer.start({ files: BLANK_PAGE });
  browser = await openChromium();
  tab = await SandboxTab.open(browser, server.url);
});

replies.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** A plugin's files, and requests that are sent one after the other. */
interface Scenario {
  readonly name: string;
  readonly files: Files;
  readonly requests: readonly (readonly [Verb, unknown])[];
}

const THERE_AND_BACK: Scenario["requests"] = [
  ["status", {}],
  ["apply", { dry_run: true, applied_by: "reviewer" }],
  ["plan", {}],
  ["apply", { target_version: 1, applied_by: "mira" }],
  ["plan", { rows: 20 }],
  ["status", {}],
  ["apply", {}],
  ["apply", {}],
  ["rollback", { dry_run: true }],
  ["plan", { direction: "rollback", rows: 3, omit: ["statements"] }],
  ["rollback", {}],
  ["status", { limit: 2, offset: 1 }],
  ["rollback", { target_version: 0 }],
  ["apply", { target_version: "latest" }],
  ["history", {}],
  ["history", { limit: 1, offset: 2 }],
];

const BAD_REQUESTS: Scenario["requests"] = [
  ["apply", { dryrun: true }],
  ["apply", { target_version: 99 }],
  ["apply", { plan_hash: "0".repeat(64) }],
  ["rollback", { target_version: 5 }],
  ["rollback", {}],
  ["status", { limit: 0 }],
  ["plan", { direction: "rollback", target_version: "latest" }],
  ["apply", []],
];

const SCENARIOS: readonly Scenario[] = [
  example("quote-db", "examples/plugins/quote-db/migrations"),
  example("trivia", "examples/plugins/trivia/migrations"),
  example("library", "examples/migrations"),
  {
    name: "bad-requests",
    files: { "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") },
    requests: BAD_REQUESTS,
  },
  {
    name: "fails-halfway",
    files: {
      "001_a.sql": migrationFile(
        "CREATE TABLE t (a NOT NULL); INSERT INTO t VALUES (1), (2);",
        "DROP TABLE t;",
      ),
      "002_b.sql": migrationFile(
        "CREATE TABLE kept (a);\nINSERT INTO t SELECT CASE a WHEN 2 THEN NULL ELSE a END FROM t;",
        "DROP TABLE kept;",
      ),
    },
    requests: [["apply", {}], ["status", {}], ["rollback", {}], ["status", {}]],
  },
  {
    name: "refused",
    files: {
      "001_a.sql": migrationFile(
        "ATTACH 'x' AS y; PRAGMA journal_mode=OFF; BEGIN; SELEC 1;",
        "VACUUM;",
      ),
      "002_a.sql": "-- UP\nCREATE TABLE t (a);\n",
      "02_bad_name.sql": "-- UP\n-- DOWN\n",
      "003_bytes.sql": new Uint8Array([0x2d, 0x2d, 0x20, 0xff]),
      "004_a.sql": migrationFile("CREATE TABLE plugin_schema_migrations (a);", "SELECT 1;"),
      "004_b.sql": migrationFile("ALTER TABLE t DROP COLUMN a;", ""),
    },
    requests: [["status", {}], ["apply", {}], ["apply", { dry_run: true }], ["rollback", {}]],
  },
  { name: "empty", files: { "001_nothing.sql": "" }, requests: [["status", {}], ["apply", {}]] },
];

function example(name: string, directory: string): Scenario {
  const root = new URL(`../../../${directory}/`, import.meta.url);
  const files = Object.fromEntries(
    [...Deno.readDirSync(root)].filter((entry) => entry.name.endsWith(".sql"))
      .map((entry) => [entry.name, Deno.readFileSync(new URL(entry.name, root))]),
  );
  return { name, files, requests: THERE_AND_BACK };
}

// On a busy machine a status may not rehearse to the end, here or there.
async function unhurried(ask: () => Promise<Reply>): Promise<Reply> {
  for (let attempt = 1;; attempt++) {
    const reply = await ask();
    const isHurried = JSON.stringify(reply).includes("takes longer than status waits");
    if (!isHurried || attempt === 10) return reply;
  }
}

replies("of the sandbox are those of the server", async () => {
  await using workspace = new Workspace();
  let compared = 0;
  for (const { name, files, requests } of SCENARIOS) {
    workspace.write(name, files);
    await tab.save(name, files);
    for (const [verb, body] of requests) {
      const ofServer = await unhurried(() => workspace.ask(verb, name, body));
      const there = maskTimes(ofServer, `${workspace.dataDir}/`);
      const here = maskTimes(await unhurried(() => tab.ask(verb, name, body)), "/");
      assert.is(here, there, `${name} ${verb} ${JSON.stringify(body)}`);
      compared += 1;
    }
  }
  assert.ok(compared > 40, "there is something to compare");
});

replies("to a request that names a tenant are refusals: a browser has none", async () => {
  await tab.save("p", { "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;") });
  // A rollout is about every tenant and names none.
  for (const verb of verbs().filter((each) => each !== "rollout")) {
    const reply = await tab.ask(verb, "p", { tenant: "acme", ...leastRequest(verb) });
    const tenant = "tenant" in reply ? reply.tenant : undefined;
    assert.equal([reply.success || reply.error_code, tenant], ["INVALID_REQUEST", "acme"]);
    assert.match(
      reply.success ? "" : reply.message,
      "A browser keeps one database for each plugin",
    );
  }
  assert.is(currentVersionIn(await tab.ask("status", "p", {})), 0);
});

// Times, ids, the stamp in a backup's name, and the directory that it is in.
function maskTimes(reply: unknown, dataDir: string): string {
  return JSON.stringify(reply, (key, value: unknown) => {
    if (key.endsWith("_time_ms") && typeof value === "number") return "<ms>";
    if (key === "run_id") return "<id>";
    if (typeof value !== "string") return value;
    if (key === "backup") {
      return value.replace(dataDir, "").replace(/\d{8}T\d{9}Z/, "<time>");
    }
    return value.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<time>");
  });
}

replies.run();
