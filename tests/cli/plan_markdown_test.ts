// plan --markdown: the comment of a pull request.

import * as assert from "uvu/assert";
import { planMarkdown } from "../../lib/cli/render/plan_markdown.ts";
import type { PlanReply } from "../../lib/message/plan_reply.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";
import { QUOTES, run } from "./cli_setting.ts";

const markdown = suite("planMarkdown()");

const PLAN: PlanReply = {
  success: true,
  verb: "plan",
  plugin_name: "quotes",
  tenant: "acme",
  run_id: "1",
  direction: "apply",
  from: 1,
  to: 2,
  steps: [{
    version: 2,
    name: "x",
    file: "002_x.sql",
    execution_time_ms: 4,
    changes: [
      { change: "removed", object: "column", table: "a|b", name: "`mood`", detail: null },
      { change: "altered", object: "table", table: null, name: "t", detail: "now *STRICT*" },
    ],
    data_loss: [{
      kind: "values",
      table: "a|b",
      column: "mood",
      values: 3,
      examples: {
        key: [],
        values: [{ key: [], before: { type: "text", text: "secret" }, after: null }],
      },
    }],
  }],
  schema_diff: "--- version 1\n+++ version 2\n-a ```text\n+b\n",
  warnings: [{
    level: "WARNING",
    code: "drop-column",
    category: "destructive",
    message: "Drops <b> of @someone's `t` [x](y)",
    migration_version: 2,
    migration_name: "x",
    file: "002_x.sql",
    line: 3,
  }],
  plan_hash: "a".repeat(64),
  total_time_ms: 9,
};

markdown("shows changes, losses, findings and the hash, and no value of a row", () => {
  assert.is(
    planMarkdown(PLAN, "godwit apply quotes --to 2"),
    `<!-- godwit plan quotes/acme -->

### \`quotes/acme\`: would apply 1 migration, version 1 → 2

> [!WARNING]
> This deletes data, measured on the rows of the database:
> - 3 values of \`a|b.mood\`

| file | changes |
| --- | --- |
| \`002_x.sql\` | removed column \`\` a\\|b.\`mood\` \`\`<br>altered table \`t\` (now \\*STRICT\\*) |

\`\`\`\`diff
--- version 1
+++ version 2
-a \`\`\`text
+b
\`\`\`\`

- ⚠️ \`drop-column\` Drops \\<b\\> of @\u200bsomeone's \\\`t\\\` \\[x\\]\\(y\\) at \`002_x.sql:3\`

Plan \`${"a".repeat(64)}\`, to run exactly this:

\`\`\`sh
godwit apply quotes --to 2
\`\`\``,
  );
});

markdown("a long difference is clipped at a line", () => {
  const text = planMarkdown({ ...PLAN, schema_diff: "+line\n".repeat(20_000) }, null);
  assert.ok(text.length < 45_000);
  assert.match(text, /\n\+line\n… 13\d{3} more lines; godwit plan shows all\n```/);
});

markdown("says that nothing is lost, and that there is nothing to do", () => {
  const [step] = PLAN.steps;
  const harmless = { ...PLAN, steps: step === undefined ? [] : [{ ...step, data_loss: [] }] };
  assert.match(planMarkdown(harmless, null), "\n\nNo row and no value is lost.\n\n");
  const idle = planMarkdown({ ...PLAN, steps: [] }, null);
  assert.is(
    idle,
    "<!-- godwit plan quotes/acme -->\n\n### `quotes/acme`: nothing to apply\n\nIt is at version 1.",
  );
});

markdown("as a command: the comment alone on standard output, of a refusal too", async () => {
  await using workspace = new Workspace();
  workspace.write("quotes", QUOTES);
  const good = await run(workspace, "plan", "quotes", "--markdown");
  assert.is(good.code, 0, good.stderr);
  assert.match(good.stdout, /^<!-- godwit plan quotes -->\n\n### `quotes`: would apply 2 migra/);
  assert.match(good.stdout, /\nPlan `[0-9a-f]{64}`, to run exactly this:\n\n```sh\ngodwit apply /);
  workspace.write("quotes", { "003_bad.sql": "-- UP\nDROP TABLE nowhere;\n-- DOWN\n" });
  const bad = await run(workspace, "plan", "quotes", "--markdown");
  assert.is(bad.code, 1);
  assert.match(bad.stdout, "### `quotes`: VALIDATION_FAILED\n\n1 error, so nothing can run.");
  assert.match(bad.stdout, "- ❌ `sql-error` ");
});

markdown.run();
