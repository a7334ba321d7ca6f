// The events of a run: their order, and that they say only what came to pass.

import * as assert from "uvu/assert";
import { sleep } from "../../lib/deadline.ts";
import type { RunEvent } from "../../lib/message/event.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const events = suite("events");

const CREATE = migrationFile(
  "CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1);",
  "DROP TABLE t;",
);
const MORE = migrationFile("INSERT INTO t VALUES (2);", "DELETE FROM t WHERE a = 2;");
const FAILS = migrationFile("INSERT INTO t VALUES (1);", "SELECT 1;");

/** The events of one request, in short. */
async function told(workspace: Workspace, ask: () => Promise<unknown>): Promise<readonly string[]> {
  const before = workspace.events.length;
  await ask();
  const fresh = workspace.events.slice(before)
    .filter(({ event }) => event !== "migration_progress");
  assert.ok(new Set(fresh.map(({ run_id }) => run_id)).size <= 1);
  assert.ok(fresh.every(({ plugin_name }) => plugin_name === "p"));
  return fresh.map(inShort);
}

function inShort(event: RunEvent): string {
  const dry = event.dry_run ? "dry " : "";
  switch (event.event) {
    case "run_requested":
      return `${event.verb} ${event.versions.join(",")} requested`;
    case "run_started":
      return `${dry}${event.verb} ${event.versions.join(",")} by ${event.applied_by}`;
    case "run_finished":
      return `${dry}finished ${event.error_code ?? "well"} at ${event.current_version}`;
    case "migration_failed":
      return `${dry}failed ${event.version}: ${event.message}`;
    case "rollout_progress":
      return `${dry}${event.applied} of ${event.databases} migrated`;
    default:
      return `${dry}${event.event.replace("migration_", "")} ${event.version} ${event.name}`;
  }
}

events("of an apply and a rollback come in order", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_more.sql": MORE });
  assert.equal(await told(workspace, () => workspace.apply("p", { applied_by: "ann" })), [
    "apply 1,2 requested",
    "apply 1,2 by ann",
    "started 1 create",
    "applied 1 create",
    "started 2 more",
    "applied 2 more",
    "finished well at 2",
  ]);
  assert.equal(await told(workspace, () => workspace.rollback("p", { target_version: 0 })), [
    "rollback 2,1 requested",
    "rollback 2,1 by system",
    "started 2 more",
    "rolled_back 2 more",
    "started 1 create",
    "rolled_back 1 create",
    "finished well at 0",
  ]);
});

events("of a failure name it", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_fails.sql": FAILS });
  const expected = [
    "apply 1,2 by system",
    "started 1 create",
    "applied 1 create",
    "started 2 fails",
    "failed 2: UNIQUE constraint failed: t.a",
  ];
  assert.equal(
    await told(workspace, () => workspace.refused("apply", "p", { dry_run: true })),
    [...expected, "finished MIGRATION_FAILED at 0"].map((line) => `dry ${line}`),
  );
  assert.equal(await told(workspace, () => workspace.refused("apply", "p")), [
    "apply 1,2 requested",
    ...expected,
    "finished MIGRATION_FAILED at 1",
  ]);
});

events("a step that is run again after a backup is told once", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_more.sql": MORE });
  await workspace.apply("p");
  workspace.write("p", {
    "003_merge.sql": migrationFile("UPDATE OR REPLACE t SET a = 1;", "SELECT 1;"),
  });
  assert.equal(await told(workspace, () => workspace.apply("p")), [
    "apply 3 requested",
    "apply 3 by system",
    "started 3 merge",
    "applied 3 merge",
    "finished well at 3",
  ]);
  const applied = workspace.events.findLast(({ event }) => event === "migration_applied");
  assert.equal(applied?.event === "migration_applied" && applied.data_loss, [
    { kind: "rows", table: "t", rows: 1 },
    { kind: "values", table: "t", column: "a", values: 1 },
  ]);
});

events("what is refused before it runs has none", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_bad.sql": migrationFile("COMMIT;") });
  assert.equal(await told(workspace, () => workspace.refused("apply", "p")), []);
  assert.equal(await told(workspace, () => workspace.refused("apply", "p", { nope: 1 })), []);
  assert.equal(await told(workspace, () => workspace.status("p")), []);
});

events("the hash is the plan's, and the versions are those that will run", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_more.sql": MORE });
  const { plan_hash } = await workspace.apply("p");
  const started = workspace.events.find(({ event }) => event === "run_started");
  assert.equal(started?.event === "run_started" && [started.plan_hash, started.versions], [
    plan_hash,
    [1, 2],
  ]);
});

events("carry the run_id of the reply, which no other run has", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_fails.sql": FAILS });
  const replies = [
    await workspace.refused("apply", "p"),
    await workspace.apply("p", { target_version: 1, dry_run: true }),
    await workspace.rollback("p"),
  ];
  const ids = replies.map(({ run_id }) => run_id);
  const finished = workspace.events.filter(({ event }) => event === "run_finished");
  assert.equal(finished.map(({ run_id }) => run_id), ids);
  assert.is(new Set(ids).size, 3);
});

events("a statement that takes long tells which it is, and how many rows it has read", async () => {
  await using workspace = new Workspace();
  const count = (most: string): string =>
    `WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ${most}) SELECT n FROM c`;
  workspace.write("p", {
    "001_create.sql": migrationFile(`CREATE TABLE t (a); INSERT INTO t ${count("100")};`),
    // Each row takes some milliseconds.
    "002_copy.sql": migrationFile(
      `CREATE TABLE u (a); INSERT INTO u SELECT (SELECT max(n) FROM (${
        count("100000 + t.rowid")
      })) FROM t;`,
    ),
  });
  const asked = workspace.ask("apply", "p");
  const seen = (): RunEvent | undefined =>
    workspace.events.find((each) => each.event === "migration_progress" && each.rows_done !== null);
  while (seen() === undefined) await sleep(5);
  await workspace.ask("cancel", "p");
  await asked;
  const event = seen();
  if (event?.event !== "migration_progress") throw new Error("There is no progress");
  assert.equal([event.version, event.statement, event.statements], [2, 2, 2]);
  assert.ok(event.rows_done !== null && event.rows_done >= 1 && event.rows_done <= 100);
  assert.is(event.rows_total, 100);
  assert.ok(event.remaining_ms !== null && event.elapsed_ms > 0);
});

events.run();
