// plan: a dry run as a review. What it shows is what the run does, and it changes nothing.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import type { PlanReply } from "../../lib/message/plan_reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const plans = suite("plan");

const CREATE = migrationFile(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);\n" +
    "INSERT INTO t (a, b) VALUES ('1', 'x'), ('2', NULL), (NULL, 'z');",
  "DROP TABLE t;",
);
const DESTROY = migrationFile(
  "DELETE FROM t WHERE id = 1;\n\nALTER TABLE t DROP COLUMN b;\nUPDATE t SET a = 'new' WHERE id = 2;",
  "ALTER TABLE t ADD COLUMN b TEXT;",
  "-- requires: sqlite >= 3.35.0",
);

async function planOf(workspace: Workspace, body: unknown = {}): Promise<PlanReply> {
  const reply = await workspace.ask("plan", "p", body);
  if (reply.success && reply.verb === "plan") return reply;
  throw new Error(`plan failed: ${JSON.stringify(reply)}`);
}

/** A workspace at version 1, with a second file that destroys. */
async function beforeDestroy(): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", { "002_destroy.sql": DESTROY });
  return workspace;
}

plans("shows steps, statements by line, both schemas and their difference", async () => {
  await using workspace = await beforeDestroy();
  const plan = await untouched(workspace, "p", () => planOf(workspace));
  assert.equal([plan.direction, plan.from, plan.to], ["apply", 1, 2]);
  const [step] = plan.steps;
  assert.equal([step?.version, step?.name, step?.file], [2, "destroy", "002_destroy.sql"]);
  const file = DESTROY.split("\n");
  assert.equal(
    step?.statements,
    ["DELETE FROM t WHERE id = 1;", "ALTER TABLE t DROP COLUMN b;"].map((sql) => ({
      sql,
      line: file.indexOf(sql) + 1,
    })).concat({
      sql: "UPDATE t SET a = 'new' WHERE id = 2;",
      line: file.indexOf("UPDATE t SET a = 'new' WHERE id = 2;") + 1,
    }),
  );
  assert.equal(step?.changes.map(({ change, object, name }) => `${change} ${object} ${name}`), [
    "removed column b",
  ]);
  const columns = (schema: PlanReply["schema_before"]): readonly string[] | undefined =>
    schema?.tables[0]?.columns.map(({ name }) => name);
  assert.equal(columns(plan.schema_before), ["id", "a", "b"]);
  assert.equal(columns(plan.schema_after), ["id", "a"]);
  assert.is(
    plan.schema_diff,
    `--- version 1
+++ version 2
@@ -1,1 +1,1 @@
-CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);
+CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
`,
  );
  assert.ok(plan.warnings.some(({ code }) => code === "drop-column"));
});

plans("counts what goes, and shows rows and values only on request", async () => {
  await using workspace = await beforeDestroy();
  const counts = [
    { kind: "rows", table: "t", rows: 1 },
    { kind: "values", table: "t", column: "b", values: 2 },
    { kind: "values", table: "t", column: "a", values: 1 },
  ];
  const { steps: [silent] } = await planOf(workspace);
  assert.equal(silent?.data_loss, counts);
  const { steps: [shown] } = await planOf(workspace, { rows: 20 });
  const text = (value: string) => ({ type: "text", text: value });
  const id = (value: number) => ({ type: "integer", text: String(value) });
  assert.equal(
    shown?.data_loss.map(({ examples: _, ...counted }) => counted),
    counts,
  );
  assert.equal(shown?.data_loss.map(({ examples }) => examples), [
    { columns: ["id", "a", "b"], rows: [[id(1), text("1"), text("x")]] },
    {
      key: ["id"],
      values: [
        { key: [id(1)], before: text("x"), after: null },
        { key: [id(3)], before: text("z"), after: null },
      ],
    },
    { key: ["id"], values: [{ key: [id(2)], before: text("2"), after: text("new") }] },
  ]);
  const { steps: [one] } = await planOf(workspace, { rows: 1 });
  const [, values] = one?.data_loss ?? [];
  assert.is(values?.kind === "values" && values.examples?.values.length, 1);
  const json = JSON.stringify(workspace.events);
  assert.not.ok(json.includes("examples"), "rows are not published in events");
});

plans("has the hash that apply and rollback take, and the losses that they then have", async () => {
  await using workspace = await beforeDestroy();
  const planned = await planOf(workspace, { target_version: 2, rows: 5 });
  const run = await workspace.apply("p", { plan_hash: planned.plan_hash });
  assert.equal(
    run.applied_migrations[0]?.data_loss,
    planned.steps[0]?.data_loss.map(({ examples: _, ...counted }) => counted),
  );
  const back = await planOf(workspace, { direction: "rollback", target_version: 0, rows: 20 });
  assert.equal([back.direction, back.from, back.to], ["rollback", 2, 0]);
  assert.equal(back.steps.map(({ version }) => version), [2, 1]);
  assert.is(back.steps[1]?.statements?.[0]?.sql, "DROP TABLE t;");
  assert.equal(back.steps[1]?.data_loss.map(({ kind }) => kind), ["rows"]);
  assert.equal(back.schema_after?.tables, []);
  const undone = await workspace.rollback("p", { target_version: 0, plan_hash: back.plan_hash });
  assert.is(undone.current_version, 0);
});

plans("a rollback without a target plans one step", async () => {
  await using workspace = await beforeDestroy();
  await workspace.apply("p");
  const { to, steps } = await planOf(workspace, { direction: "rollback" });
  assert.equal([to, steps.length], [1, 1]);
});

plans("without steps shows the schema as it is", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  const plan = await planOf(workspace);
  assert.equal([plan.steps, plan.schema_diff, plan.from, plan.to], [[], "", 1, 1]);
  assert.equal(plan.schema_before?.tables.map(({ name }) => name), ["t"]);
  assert.equal(plan.schema_after, plan.schema_before);
});

plans("makes no database where there is none", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  const plan = await planOf(workspace);
  assert.equal(plan.schema_before?.tables, []);
  assert.equal(plan.schema_after?.tables.map(({ name }) => name), ["t"]);
  assert.not.ok(existsSync(workspace.database("p")));
});

plans("of a tenant is about the tenant's rows", async () => {
  await using workspace = await beforeDestroy();
  await workspace.apply("p", { tenant: "acme", target_version: 1 });
  sqliteShell(workspace.database("p", "acme"), "DELETE FROM t");
  const plan = await planOf(workspace, { tenant: "acme", rows: 5 });
  assert.is(plan.tenant, "acme");
  assert.equal(plan.steps[0]?.data_loss, []);
});

plans("leaves out the parts that the request omits", async () => {
  await using workspace = await beforeDestroy();
  const plan = await planOf(workspace, { omit: ["statements", "schemas"] });
  assert.not.ok("schema_before" in plan || "schema_after" in plan);
  assert.not.ok("statements" in (plan.steps[0] ?? {}));
  assert.match(plan.schema_diff, /^-CREATE TABLE/m);
  const { steps, schema_before } = await planOf(workspace, { omit: ["schemas"] });
  assert.is(steps[0]?.statements?.length, 3);
  assert.is(schema_before, undefined);
});

plans("with an error is refused with the findings, as the run would be", async () => {
  await using workspace = await beforeDestroy();
  workspace.write("p", { "003_wrong.sql": migrationFile("CREATE TABLE u (a); SELEC 1;") });
  const refused = await workspace.refused("plan", "p");
  assert.is(refused.error_code, "VALIDATION_FAILED");
  assert.equal(refused.errors.map(({ code, file }) => [code, file]), [
    ["syntax-error", "003_wrong.sql"],
  ]);
  assert.is(refused.current_version, 1);
  assert.equal((await planOf(workspace, { target_version: 2 })).steps.length, 1);
});

plans("that fails on the real rows says where, and records nothing", async () => {
  await using workspace = await beforeDestroy();
  workspace.write("p", { "003_fails.sql": migrationFile("INSERT INTO t (id) VALUES (2);") });
  const refused = await untouched(workspace, "p", () => workspace.refused("plan", "p"));
  assert.is(refused.error_code, "MIGRATION_FAILED");
  assert.equal([refused.failed_version, refused.current_version], [3, 1]);
  assert.equal((await workspace.status("p")).failed_migrations, []);
});

plans("refuses targets that its direction cannot have", async () => {
  await using workspace = await beforeDestroy();
  const cases = [
    [{ direction: "sideways" }, /direction/],
    [{ target_version: 0 }, /target_version/],
    [{ target_version: 9 }, /newest file/],
    [{ direction: "rollback", target_version: "latest" }, /target_version/],
    [{ direction: "rollback", target_version: 9 }, /current version/],
    [{ rows: 101 }, /rows: expected at most 100/],
    [{ omit: ["rows"] }, /omit/],
    [{ dry_run: true }, /unknown key "dry_run"/],
  ] as const;
  for (const [body, message] of cases) {
    const refused = await workspace.refused("plan", "p", body);
    assert.is(refused.error_code, "INVALID_REQUEST");
    assert.match(refused.message, message);
  }
});

plans("while a run holds the database is refused", async () => {
  await using workspace = await beforeDestroy();
  const { context } = await workspace.migrator();
  const lock = context.locks.acquire({ plugin: "p", tenant: null }, "1");
  if (lock.kind !== "acquired") throw new Error(lock.kind);
  assert.is((await workspace.refused("plan", "p")).error_code, "MIGRATION_IN_PROGRESS");
  lock.release();
  await planOf(workspace);
});

plans.run();
