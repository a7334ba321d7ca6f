// plan as a command: what reviewers read, the page, and the command that runs the plan.

import * as assert from "uvu/assert";
import pc from "picocolors";
import { renderRestore } from "../../lib/cli/render/restore.ts";
import type { RestoreReply } from "../../lib/message/backup_reply.ts";
import { applyCommand, type AskedAt, undoCommand } from "../../lib/cli/next_command.ts";
import { renderPlan } from "../../lib/cli/render/plan.ts";
import type { PlanReply } from "../../lib/message/plan_reply.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { ask, godwitHere, QUOTES, run } from "./cli_setting.ts";

const plans = suite("plan");

const HERE: AskedAt = {
  pluginsDir: "./plugins",
  dataDir: "./data",
  nats: undefined,
  prefix: "db.migrate",
};

const PLAN: PlanReply = {
  success: true,
  verb: "plan",
  plugin_name: "quotes",
  run_id: "1",
  direction: "apply",
  from: 1,
  to: 2,
  steps: [{
    version: 2,
    name: "drop_mood",
    file: "002_drop_mood.sql",
    statements: [{ sql: "ALTER TABLE quotes\n  DROP COLUMN mood; -- \u202e", line: 3 }],
    execution_time_ms: 4,
    changes: [{
      change: "removed",
      object: "column",
      table: "quotes",
      name: "mood",
      detail: null,
    }],
    data_loss: [
      {
        kind: "values",
        table: "quotes",
        column: "mood",
        values: 3,
        examples: {
          key: ["id"],
          values: [
            {
              key: [{ type: "integer", text: "1" }],
              before: { type: "text", text: "x\u001b[2J\ny" },
              after: null,
            },
            {
              key: [{ type: "integer", text: "2" }],
              before: { type: "blob", text: "00FF00FF00FF", length: 6 },
              after: null,
            },
          ],
        },
      },
      { kind: "rows", table: "quotes", rows: 4 },
    ],
  }],
  schema_diff: "--- version 1\n+++ version 2\n@@ -1,1 +1,1 @@\n-old\n+new\n",
  warnings: [],
  plan_hash: "a".repeat(64),
  total_time_ms: 9,
};

plans("renderPlan() shows losses, the difference, SQL by line, rows, and the command", () => {
  assert.is(
    renderPlan(PLAN, "godwit apply quotes", pc.createColors(false)),
    `○ quotes: would apply 1 migration, version 1 → 2 (9 ms)
! 3 values of quotes.mood lost
! 4 rows of quotes lost

--- version 1
+++ version 2
@@ -1,1 +1,1 @@
-old
+new

002_drop_mood.sql (4 ms)
  - column quotes.mood
     3 | ALTER TABLE quotes
     4 |   DROP COLUMN mood; -- \\u202e
  ! 3 values of quotes.mood lost
      id  mood
      1   x\\x1b[2J y
      2   x'00FF00FF...' (6 bytes)
      and 1 more
  ! 4 rows of quotes lost

Nothing was kept. To run exactly this plan:
  godwit apply quotes`,
  );
});

plans("renderPlan() paints a difference as git does", () => {
  const colors = pc.createColors(true);
  const text = renderPlan(PLAN, null, colors);
  assert.ok(text.includes(`${colors.red("-old")}\n${colors.green("+new")}`));
});

plans("renderPlan() cuts a statement of many lines, and a file of many statements", () => {
  const sql = Array.from({ length: 100 }, (_, at) => `(${at}),`).join("\n");
  const [step] = PLAN.steps;
  if (step === undefined) throw new Error("There is a step");
  const long = { ...PLAN, steps: [{ ...step, statements: [{ sql, line: 10 }] }] };
  const text = renderPlan(long, null, pc.createColors(false));
  assert.match(text, / {4}49 \| \(39\),\n {7}\| \.\.\. \(60 more lines\)/);
  const statements = Array.from({ length: 103 }, (_, at) => ({ sql: "SELECT 1;", line: at }));
  const many = { ...PLAN, steps: [{ ...step, statements }] };
  const shown = renderPlan(many, null, pc.createColors(false));
  assert.is(shown.split("SELECT 1;").length - 1, 100);
  assert.match(shown, /\n {2}\.\.\. \(3 more statements\)\n/);
});

plans("applyCommand() names what is not the default, quoted for a shell", () => {
  const hash = PLAN.plan_hash;
  assert.is(applyCommand(PLAN, HERE), `godwit apply quotes --to 2 --plan-hash ${hash}`);
  assert.is(
    applyCommand({ ...PLAN, direction: "rollback", to: 0, tenant: "acme" }, {
      ...HERE,
      dataDir: "/srv/it's here",
    }),
    `godwit rollback quotes --tenant acme --to 0 --plan-hash ${hash} --data '/srv/it'\\''s here'`,
  );
  assert.is(
    applyCommand(PLAN, { ...HERE, nats: "ws://nats:8080", prefix: "x.db" }),
    `godwit apply quotes --to 2 --plan-hash ${hash} --nats ws://nats:8080 --prefix x.db`,
  );
  assert.is(applyCommand({ ...PLAN, steps: [] }, HERE), null);
});

plans("undoCommand() names where the request went, and nothing where nothing can be undone", () => {
  const reply: RestoreReply = {
    success: true,
    verb: "restore",
    plugin_name: "quotes",
    tenant: "acme",
    run_id: "run",
    dry_run: false,
    restored: "a.sqlite3",
    previous_version: 2,
    current_version: 1,
    replaced: "it's.sqlite3",
    changes: [],
    rows: [],
    warnings: [],
    total_time_ms: 1,
  };
  assert.is(
    undoCommand(reply, { ...HERE, dataDir: "/srv/data" }),
    "godwit restore quotes 'it'\\''s.sqlite3' --tenant acme --data /srv/data",
  );
  assert.is(undoCommand({ ...reply, replaced: undefined }, HERE), null);
  assert.is(undoCommand({ ...reply, previous_version: null }, HERE), null);
  const text = renderRestore(
    {
      ...reply,
      restored: "\x1b[2J.sqlite3",
      rows: [{ table: "t", before: null, after: 1 }, { table: "u", before: null, after: 1 }],
      changes: [{ change: "added", object: "table", table: null, name: "u", detail: null }],
    },
    null,
    pc.createColors(false),
  );
  assert.match(text, "restored \\x1b[2J.sqlite3, version 2");
  assert.match(text, "t: unreadable → 1 row\n  u: none → 1 row");
});

plans("prints the plan, writes its page, and the command that it shows runs it", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const html = `${workspace.root}/plan.html`;
  const { code, stdout, stderr } = await run(workspace, "plan", "quotes", "--html", html);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^○ quotes: would apply 2 migrations, version 0 → 2/);
  assert.match(stdout, /\n {6}id {2}mood\n {6}1 {3}x\n/);
  const page = Deno.readTextFileSync(html);
  assert.match(page, /^<!doctype html>/);
  assert.is((Deno.statSync(html).mode ?? 0) & 0o777, 0o600);
  const command = stdout.trimEnd().split("\n").at(-1)?.trim() ?? "";
  assert.ok(page.includes(command));
  const done = await godwitHere(command.split(" ").slice(1));
  assert.is(done.code, 0, done.stderr);
  assert.match(done.stdout, /^✓ quotes: applied 2 migrations/);
});

plans("--json has rows only where they are asked for", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const silent = await ask(workspace, "plan", "quotes");
  assert.ok(silent.reply.success && silent.reply.verb === "plan");
  assert.not.ok(JSON.stringify(silent.reply).includes("examples"));
  const shown = await ask(workspace, "plan", "quotes", "--rows", "1");
  assert.ok(JSON.stringify(shown.reply).includes("examples"));
});

plans("with an error prints the findings, writes them too, and exits with 1", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", {
    ...QUOTES,
    "003_wrong.sql": "-- UP\nSELEC 1;\n-- DOWN\nSELECT 1;\n",
  });
  const html = `${workspace.root}/plan.html`;
  const { code, stdout, stderr } = await run(workspace, "plan", "quotes", "--html", html);
  assert.is(code, 1);
  assert.is(stdout, "");
  assert.match(stderr, /VALIDATION_FAILED quotes: 1 error/);
  assert.match(Deno.readTextFileSync(html), /VALIDATION_FAILED/);
  const nowhere = `${workspace.root}/missing/plan.html`;
  const refused = await run(workspace, "plan", "quotes", "--to", "1", "--html", nowhere);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /Cannot write .*missing\/plan\.html/);
});

plans.run();
