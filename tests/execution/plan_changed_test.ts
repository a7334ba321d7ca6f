// What was reviewed is what runs: a plan_hash that no longer fits refuses the run.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const changed = suite("changed plans");

const CREATE = migrationFile("CREATE TABLE t (a);", "DROP TABLE t;");
const MORE = migrationFile("INSERT INTO t VALUES (1);", "DELETE FROM t;");

/** One version applied, one pending, and the hash of a dry run of it. */
async function reviewed(workspace: Workspace): Promise<string> {
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", { "002_more.sql": MORE });
  return (await workspace.apply("p", { dry_run: true })).plan_hash;
}

async function assertRefused(workspace: Workspace, plan_hash: string): Promise<void> {
  const reply = await untouched(
    workspace,
    "p",
    () => workspace.refused("apply", "p", { plan_hash }),
  );
  assert.is(reply.error_code, "PLAN_CHANGED");
  assert.match(reply.message, plan_hash);
  assert.match(reply.message, "review the new plan with a dry run");
  assert.is.not(reply.plan_hash, plan_hash);
  assert.equal(workspace.events.filter((event) => event.event === "run_started").length, 2);
}

changed("the hash of the dry run is accepted, and it is the hash of the run", async () => {
  await using workspace = new Workspace();
  const plan_hash = await reviewed(workspace);
  assert.is((await workspace.apply("p", { plan_hash })).plan_hash, plan_hash);
});

changed("a file that was edited, added or removed makes another plan", async () => {
  for (
    const edit of [
      (workspace: Workspace) => workspace.write("p", { "002_more.sql": `${MORE}-- edited\n` }),
      (workspace: Workspace) => workspace.write("p", { "003_new.sql": MORE }),
      (workspace: Workspace) => {
        workspace.remove("p", "002_more.sql");
        workspace.write("p", { "002_renamed.sql": MORE });
      },
    ]
  ) {
    await using workspace = new Workspace();
    const plan_hash = await reviewed(workspace);
    edit(workspace);
    await assertRefused(workspace, plan_hash);
  }
});

changed("a schema that was changed by hand makes another plan", async () => {
  for (
    const sql of [
      "CREATE TABLE by_hand (a)",
      "ALTER TABLE t ADD COLUMN b",
      "CREATE INDEX i ON t (a)",
      "CREATE VIEW v AS SELECT 1",
      "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT 1; END",
    ]
  ) {
    await using workspace = new Workspace();
    const plan_hash = await reviewed(workspace);
    sqliteShell(workspace.database("p"), sql);
    await assertRefused(workspace, plan_hash);
  }
});

changed("rows that were changed by hand make no other plan", async () => {
  await using workspace = new Workspace();
  const plan_hash = await reviewed(workspace);
  sqliteShell(workspace.database("p"), "INSERT INTO t VALUES (5), (6)");
  assert.ok((await workspace.apply("p", { plan_hash })).success);
});

changed("a run in between, another target and another direction make other plans", async () => {
  await using workspace = new Workspace();
  const plan_hash = await reviewed(workspace);
  await workspace.apply("p");
  for (const verb of ["apply", "rollback"] as const) {
    const reply = await workspace.refused(verb, "p", { plan_hash });
    assert.is(reply.error_code, "PLAN_CHANGED");
  }
  assert.is((await workspace.status("p")).current_version, 2);
});

changed("an edited file that was applied is refused, plan_hash or not", async () => {
  await using workspace = new Workspace();
  await reviewed(workspace);
  workspace.write("p", { "001_create.sql": `${CREATE}-- edited\n` });
  for (const verb of ["apply", "rollback"] as const) {
    const reply = await workspace.refused(verb, "p");
    assert.is(reply.error_code, "VALIDATION_FAILED");
    assert.equal(reply.errors.map(({ code, category }) => [code, category]), [
      ["checksum-mismatch", "checksum"],
    ]);
  }
});

changed.run();
