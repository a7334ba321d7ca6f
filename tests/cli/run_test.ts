// apply, rollback and status as commands: replies, tables and exit statuses.

import * as assert from "uvu/assert";
import { currentVersionIn } from "../support/current_version.ts";
import { suite } from "../support/suite.ts";
import { godwit, GodwitProcess, until } from "../support/service_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { Workspace } from "../support/workspace.ts";
import { versionOf, writeSlowPlugin } from "../nats/slow_plugin.ts";
import { ask, assertTidy, QUOTES, run } from "./cli_setting.ts";

const json = suite("--json");

json("prints the reply of every verb, alone, and exits with 0", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const dry = await ask(workspace, "apply", "quotes", "--dry-run");
  assert.ok(dry.reply.success && dry.reply.verb === "apply" && dry.reply.dry_run);
  const one = await ask(workspace, "apply", "quotes", "--to", "1", "--by", "Ann");
  assert.ok(one.reply.success && one.reply.verb === "apply");
  assert.is(one.reply.current_version, 1);
  const planned = await ask(workspace, "apply", "quotes", "--dry-run");
  assert.ok(planned.reply.success && planned.reply.verb === "apply");
  const two = await ask(
    workspace,
    "apply",
    "quotes",
    "--to",
    "latest",
    "--plan-hash",
    planned.reply.plan_hash,
  );
  assert.is(two.code, 0, JSON.stringify(two.reply));
  const status = await ask(workspace, "status", "quotes");
  assert.ok(status.reply.success && status.reply.verb === "status");
  assert.equal(status.reply.applied_migrations.map((each) => each.applied_by), ["Ann", "system"]);
  const back = await ask(workspace, "rollback", "quotes");
  assert.is(currentVersionIn(back.reply), 1);
  const all = await ask(workspace, "rollback", "quotes", "--to", "0", "--timeout-ms", "60000");
  assert.is(currentVersionIn(all.reply), 0);
  for (const { code, stderr } of [dry, one, status, back, all]) {
    assert.is(code, 0);
    assert.is(stderr, "");
  }
});

json("prints a failure reply, alone, and exits with 1", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const cases = [
    [["apply", "quotes", "--to", "9"], "INVALID_REQUEST"],
    [["apply", "quotes", "--by", ""], "INVALID_REQUEST"],
    [["rollback", "quotes", "--plan-hash", "x"], "INVALID_REQUEST"],
    [["apply", "quotes", "--plan-hash", "0".repeat(64)], "PLAN_CHANGED"],
    [["status", "../quotes"], "PLUGIN_NOT_FOUND"],
    [["status", "nothing"], "PLUGIN_NOT_FOUND"],
  ] as const;
  for (const [args, errorCode] of cases) {
    const { code, reply } = await ask(workspace, ...args);
    assert.is(code, 1);
    assert.ok(!reply.success);
    assert.is(reply.error_code, errorCode);
  }
});

json.run();

const human = suite("output for people");

human("apply --all-tenants migrates every tenant, with an outcome of each", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  for (const tenant of ["acme", "globex"]) {
    await workspace.apply("quotes", { tenant, target_version: 1 });
  }
  Deno.writeTextFileSync(workspace.database("quotes", "torn"), "no database");
  const { code, stdout } = await run(workspace, "apply", "quotes", "--all-tenants", "--json");
  assert.is(code, 1);
  const reply = JSON.parse(stdout);
  assert.equal([reply.verb, reply.databases, reply.waves.length], ["rollout", 3, 1]);
  assert.equal(reply.failed.map(({ tenant }: { tenant: string }) => tenant), ["torn"]);
  Deno.removeSync(workspace.database("quotes", "torn"));
  const again = await run(workspace, "apply", "quotes", "--all-tenants");
  assert.is(again.code, 0);
  const status = await run(workspace, "status", "quotes", "--all-tenants");
  assert.match(status.stdout, /\n {6}2 {8}0 {10}2\n/);
});

human("names a tenant's database with the plugin", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const tenant = ["--tenant", "acme"];
  const applied = await run(workspace, "apply", "quotes", ...tenant);
  assert.match(applied.stdout, /^✓ quotes\/acme: applied 2 migrations/);
  const status = await run(workspace, "status", "quotes", ...tenant);
  assert.match(status.stdout, /^quotes\/acme: version 2, nothing pending\n/);
  assert.match(
    (await run(workspace, "status", "quotes")).stdout,
    /^quotes: version 0, 2 pending\n/,
  );
  workspace.write("quotes", { "003_wrong.sql": "-- UP\nSELEC 1;\n-- DOWN\n" });
  const refused = await run(workspace, "apply", "quotes", ...tenant);
  assert.match(refused.stderr, /quotes\/acme: 1 error, nothing has run/);
});

human("shows runs and status as tables that fit a terminal", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const pending = await run(workspace, "status", "quotes");
  assertTidy(pending.stdout);
  assert.match(pending.stdout, /^quotes: version 0, 2 pending\n[^]*create_quotes {2}pending\n/);
  const applied = await run(workspace, "apply", "quotes");
  assert.is(applied.code, 0, applied.stderr);
  assert.is(applied.stderr, "");
  assertTidy(applied.stdout);
  assert.match(applied.stdout, /^✓ quotes: applied 2 migrations, version 0 → 2 \(\d+ ms\)\n/);
  assert.match(applied.stdout, /\nversion {2}migration {6}statements {2,}ms\n/);
  assert.match(applied.stdout, /\n {9}\+ table quotes\n/);
  assert.match(applied.stdout, /\n {9}- column quotes\.mood, 1 value lost\n/);
  assert.match(applied.stdout, /\nBackup: /);

  const status = await run(workspace, "status", "quotes");
  assertTidy(status.stdout);
  assert.match(status.stdout, /^quotes: version 2, nothing pending\nversion .*applied at \(UTC\)/);
  assert.match(
    status.stdout,
    /2 {2}drop_mood {6}applied {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}system/,
  );

  const dry = await run(workspace, "rollback", "quotes", "--to", "0", "--dry-run");
  assertTidy(dry.stdout);
  assert.match(dry.stdout, /^○ quotes: a dry run would roll back 2 migrations/);
  assert.match(dry.stdout, /table quotes, 2 rows lost/);
  assert.match(dry.stdout, /--plan-hash [0-9a-f]{64}\n$/);
  const nothing = await run(workspace, "apply", "quotes");
  assert.is(nothing.stdout, "✓ quotes: nothing to apply, at version 2\n");
});

human("shows an error with its file, its line and a caret under its column", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "001_create.sql": "-- UP\nCREATE TABLE a (\n\tx TEXT NOT NULL,,\n);\n-- DOWN\nDROP TABLE a;\n",
  });
  const { code, stdout, stderr } = await run(workspace, "apply", "quotes");
  assert.is(code, 1);
  assert.is(stdout, "");
  assertTidy(stderr);
  assert.match(stderr, /^✗ VALIDATION_FAILED quotes: 1 error, nothing has run\n/);
  assert.match(stderr, /\nerror \[syntax-error\] /);
  const lines = stderr.trimEnd().split("\n");
  const at = lines.findIndex((line) => line.startsWith("  at "));
  assert.is(lines[at], "  at 001_create.sql:3:18");
  const [excerpt = "", caret = ""] = lines.slice(at + 1);
  assert.is(excerpt, "  3 | \tx TEXT NOT NULL,,");
  // The same number of characters and the same tabs before both.
  assert.is(caret, `${" ".repeat("  3 | ".length)}\t${" ".repeat(16)}^`);
  assert.is(excerpt[caret.indexOf("^")], ",");
});

human("cuts a long line around the column", async () => {
  await using workspace = new Workspace();
  const padding = "1 + ".repeat(100);
  workspace.write("quotes", {
    "001_create.sql": `-- UP\nSELECT ${padding} nonsense( + 1;\n-- DOWN\nSELECT 1;\n`,
  });
  const { stderr } = await run(workspace, "apply", "quotes");
  const lines = stderr.trimEnd().split("\n");
  const caretAt = lines.findIndex((line) => line.trim() === "^");
  const excerpt = lines[caretAt - 1] ?? "";
  assert.ok(excerpt.length <= 84, excerpt);
  assert.match(excerpt, /…/);
  const column = lines[caretAt]?.indexOf("^") ?? -1;
  assert.ok(column > 0 && column < excerpt.length, stderr);
});

human("shows what cannot be printed as what it is", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    "001_create.sql": "-- UP\nSELECT 1 \u001b[2J nonsense;\n-- DOWN\nSELECT 1;\n",
  });
  const { stderr } = await run(workspace, "apply", "quotes");
  assert.not(stderr.includes("\u001b"));
  assert.match(stderr, /\\x1b/);
});

human("a failed migration tells what was done, and status tells why it failed", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    ...QUOTES,
    "003_unique.sql":
      "-- UP\nCREATE TABLE one (id INTEGER UNIQUE);\nINSERT INTO one SELECT 1 FROM quotes;\n-- DOWN\nDROP TABLE one;\n",
  });
  await workspace.apply("quotes", { target_version: 2 });
  const { code, stderr } = await run(workspace, "apply", "quotes");
  assert.is(code, 1);
  assertTidy(stderr);
  assert.match(stderr, /^✗ MIGRATION_FAILED /);
  assert.match(stderr, /The database is at version 2\n$/);
  const status = await run(workspace, "status", "quotes");
  assert.match(status.stdout, /3 {2}unique {9}failed/);
  assert.match(status.stdout, /3 unique failed: .*UNIQUE/);
});

human.run();

const environment = suite("environment and signals");

environment("GODWIT_PLUGINS and GODWIT_DATA are used, and options win", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const env = { GODWIT_PLUGINS: workspace.pluginsDir, GODWIT_DATA: workspace.dataDir };
  assert.is((await godwit(["apply", "quotes"], { env })).code, 0);
  assert.is(sqliteShell(workspace.database("quotes"), "SELECT count(*) FROM quotes"), "2");
  const elsewhere = await godwit(["status", "quotes", "--data", workspace.root], { env });
  assert.match(elsewhere.stdout, /version 0, 2 pending/);
  const byDefault = await godwit(["status", "quotes"], { cwd: workspace.root });
  assert.match(byDefault.stdout, /version 2, nothing pending/);
});

environment("Ctrl-C rolls a long apply back, says so and exits with 1", async () => {
  await using workspace = new Workspace();
  await writeSlowPlugin(workspace, "sums", "for ever");
  await using process = new GodwitProcess([
    ...["apply", "sums", "--plugins", workspace.pluginsDir, "--data", workspace.dataDir],
  ]);
  await until("the migration", async () => {
    const status = await workspace.status("sums");
    return status.progress?.version === 2;
  });
  // Twice at once, as a terminal and `deno task` send it.
  process.signal("SIGINT");
  process.signal("SIGINT");
  const { code, stderr } = await process.finished();
  assert.is(code, 1);
  assert.match(
    stderr,
    /^Cancelling; migrations that are not committed are rolled back\n✗ CANCELLED /,
  );
  assert.match(stderr, /The database is at version 1\n$/);
  assert.is(versionOf(workspace, "sums"), "1");
});

environment.run();
