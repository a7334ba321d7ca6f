// openMigrator(): a method for each verb, on real files and databases.

import * as assert from "uvu/assert";
import { openMigrator } from "../lib/migrator.ts";
import { migrationFile } from "./support/migration_file.ts";
import { suite } from "./support/suite.ts";
import { Workspace } from "./support/workspace.ts";

const migrators = suite("openMigrator()");

const NOTES = {
  "001_create_notes.sql": migrationFile("CREATE TABLE notes (body);", "DROP TABLE notes;"),
  "002_create_tags.sql": migrationFile("CREATE TABLE tags (name);", "DROP TABLE tags;"),
};

migrators("runs the plan that a dry run reviewed, and no other", async () => {
  await using workspace = new Workspace();
  workspace.write("notes", NOTES);
  await using migrator = await openMigrator({
    plugins: workspace.pluginsDir,
    data: workspace.dataDir,
  });
  const plan = await migrator.apply("notes", { dry_run: true, target_version: 1 });
  assert.is(plan.current_version, 0);
  const other = await migrator.apply("notes", { plan_hash: plan.plan_hash });
  assert.is(other.success || other.error_code, "PLAN_CHANGED");
  const run = await migrator.apply("notes", { plan_hash: plan.plan_hash, target_version: 1 });
  assert.equal(run.success && run.applied_migrations.map(({ version }) => version), [1]);
});

migrators("has the verbs of the wire, and those that need no service", async () => {
  await using workspace = new Workspace();
  workspace.write("notes", NOTES);
  const migrator = await workspace.migrator();
  const listed = await migrator.plugins();
  assert.equal(listed.success && listed.plugins, ["notes"]);
  const checked = await migrator.check("notes");
  assert.is(checked.success && checked.migrations, 2);
  await migrator.apply("notes");
  const rolledBack = await migrator.rollback("notes");
  assert.is(rolledBack.success && rolledBack.current_version, 1);
  const status = await migrator.status("notes", { limit: 1 });
  assert.equal(status.success && [status.pending_count, status.available_migrations.length], [
    1,
    1,
  ]);
});

migrators("migrates the database of a tenant", async () => {
  await using workspace = new Workspace();
  workspace.write("notes", NOTES);
  const migrator = await workspace.migrator();
  const run = await migrator.apply("notes", { tenant: "acme" });
  assert.is(run.success && run.tenant, "acme");
  const [own, acme] = [
    await migrator.status("notes"),
    await migrator.status("notes", { tenant: "acme" }),
  ];
  assert.equal([own.current_version, acme.current_version], [0, 2]);
});

migrators("resolves with a failure where the request is wrong", async () => {
  await using workspace = new Workspace();
  const migrator = await workspace.migrator();
  const unknown = await migrator.apply("nobody");
  assert.is(unknown.success || unknown.error_code, "PLUGIN_NOT_FOUND");
  const wrong = await migrator.rollback("notes", { target_version: -1 });
  assert.is(wrong.success || wrong.error_code, "INVALID_REQUEST");
});

migrators("hands events to every subscriber until it unsubscribes", async () => {
  await using workspace = new Workspace();
  workspace.write("notes", NOTES);
  const migrator = await workspace.migrator();
  const [first, second]: [string[], string[]] = [[], []];
  const unsubscribe = migrator.subscribe(({ event }) => first.push(event));
  migrator.subscribe(({ event }) => second.push(event));
  await migrator.apply("notes", { target_version: 1 });
  assert.equal(first, [
    "run_requested",
    "run_started",
    "migration_started",
    "migration_applied",
    "run_finished",
  ]);
  unsubscribe();
  await migrator.apply("notes");
  assert.is(first.length, 5);
  assert.is(second.length, 10);
});

migrators.run();
