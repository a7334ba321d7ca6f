// history as a command: a table of what was done, and its reply.

import { join } from "node:path";
import * as assert from "uvu/assert";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { ask, assertTidy, QUOTES, run } from "./cli_setting.ts";

const histories = suite("godwit history");

histories("prints the attempts with their losses, runs and plans", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const none = await run(workspace, "history", "quotes");
  assert.is(none.stdout, "quotes: nothing was applied or rolled back yet\n");
  const { run_id, plan_hash } = await workspace.apply("quotes", { applied_by: "Ann\u0301" });
  workspace.write("quotes", {
    "003_bad.sql": "-- UP\nINSERT INTO quotes (id) VALUES (9);\n-- DOWN\n",
  });
  await workspace.ask("apply", "quotes");
  Deno.removeSync(join(workspace.pluginsDir, "quotes"), { recursive: true });
  const { code, stdout } = await run(workspace, "history", "quotes");
  assert.is(code, 0);
  assertTidy(stdout);
  assert.match(stdout, /^quotes: 3 attempts, newest first\nversion {2}migration/);
  assert.match(stdout, / 3 {2}bad {12}failed .*\n {9}error NOT NULL constraint failed/);
  assert.match(stdout, / 2 {2}drop_mood {6}applied .* Ann\u0301 /);
  assert.match(stdout, "- column quotes.mood, 1 value lost\n         backup quotes-v1-");
  assert.ok(stdout.includes(`run ${run_id}, plan ${plan_hash.slice(0, 12)}\n`));
  const page = await run(workspace, "history", "quotes", "--limit", "1", "--offset", "2");
  assert.match(page.stdout, /^quotes: 3 attempts, 1 shown, newest first\n.*\n +1 {2}create_quotes/);
  const { reply } = await ask(workspace, "history", "quotes", "--limit", "2");
  assert.ok(reply.success && reply.verb === "history");
  assert.equal(reply.entries.map(({ version }) => version), [3, 2]);
});

histories("names a row of the log that it cannot show", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  await workspace.apply("quotes");
  sqliteShell(
    workspace.database("quotes"),
    "UPDATE plugin_schema_migration_log SET plan_hash = x'ff' WHERE version = 1",
  );
  const { code, stdout } = await run(workspace, "history", "quotes");
  assert.is(code, 0);
  assert.match(stdout, /^quotes: 2 attempts, newest first\n.*\n +2 {2}drop_mood/);
  assert.match(stdout, /✗ row 1 of plugin_schema_migration_log cannot be read,[^]*plan_hash/);
});

histories("is refused where there is no plugin", async () => {
  await using workspace = new Workspace();
  const { code, stderr } = await run(workspace, "history", "nothing");
  assert.is(code, 1);
  assert.match(stderr, "PLUGIN_NOT_FOUND");
});

histories.run();
