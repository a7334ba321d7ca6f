// A rollback without files: the log of the database has the texts that ran.

import { join } from "node:path";
import * as assert from "uvu/assert";
import type { RunReply } from "../../lib/message/reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { TEN } from "../support/ten_migrations.ts";
import { type Files, Workspace } from "../support/workspace.ts";

const undo = suite("rollback without files");

const OWN_SCHEMA = "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema" +
  " WHERE name NOT LIKE 'plugin\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'" +
  " ORDER BY name)";

function codes({ warnings }: Pick<RunReply, "warnings">, code: string): readonly (number | null)[] {
  return warnings.filter((each) => each.code === code).map((each) => each.migration_version);
}

async function applied(files: Files): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("p", files);
  await workspace.apply("p");
  return workspace;
}

function empty(workspace: Workspace): void {
  const directory = join(workspace.pluginsDir, "p", "migrations");
  Deno.removeSync(directory, { recursive: true });
  Deno.mkdirSync(directory);
}

undo("undoes ten migrations after the folder was emptied", async () => {
  await using workspace = await applied(TEN);
  empty(workspace);
  const reply = await workspace.rollback("p", { target_version: 0 });
  assert.equal(
    reply.rolled_back_migrations.map(({ version }) => version),
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
  );
  assert.equal(codes(reply, "from-history"), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.ok(reply.warnings.every(({ level }) => level !== "ERROR"));
  const database = workspace.database("p");
  assert.is(sqliteShell(database, OWN_SCHEMA), "");
  assert.is((await workspace.status("p")).current_version, 0);
  // The files come back, and everything is as it was.
  workspace.write("p", TEN);
  assert.is((await workspace.apply("p")).current_version, 10);
  assert.is(sqliteShell(database, "SELECT group_concat(id || body) FROM notes"), "1a,2b");
});

undo("runs the plan that was reviewed with the files", async () => {
  await using workspace = await applied(TEN);
  const reviewed = await workspace.rollback("p", { target_version: 0, dry_run: true });
  empty(workspace);
  const dry = await workspace.rollback("p", { target_version: 0, dry_run: true });
  assert.is(dry.plan_hash, reviewed.plan_hash);
  assert.equal(
    dry.rolled_back_migrations.map(({ statements, changes }) => ({ statements, changes })),
    reviewed.rolled_back_migrations.map(({ statements, changes }) => ({ statements, changes })),
  );
  const { plan_hash } = reviewed;
  assert.is((await workspace.rollback("p", { target_version: 0, plan_hash })).current_version, 0);
});

undo("needs only the texts of the versions that it leaves", async () => {
  await using workspace = await applied(TEN);
  for (const file of ["001_notes.sql", "010_rows.sql", "009_no_newline.sql"]) {
    workspace.remove("p", file);
  }
  sqliteShell(
    workspace.database("p"),
    "UPDATE plugin_schema_migration_log SET file_text = NULL WHERE version = 1",
  );
  const reply = await workspace.rollback("p", { target_version: 7 });
  assert.equal(codes(reply, "from-history"), [9, 10]);
  assert.equal(codes(reply, "missing-file"), [1]);
  assert.is(reply.current_version, 7);
});

undo("works where the plugin's folder is gone", async () => {
  await using workspace = await applied(TEN);
  Deno.removeSync(join(workspace.pluginsDir, "p"), { recursive: true });
  const status = await workspace.status("p");
  assert.is(status.current_version, 10);
  assert.is(status.applied_migrations.length, 10);
  assert.is((await workspace.refused("apply", "p")).error_code, "PLUGIN_NOT_FOUND");
  assert.equal(codes(await workspace.rollback("p"), "from-history"), [10]);
  assert.is((await workspace.rollback("p", { target_version: 0 })).current_version, 0);
});

undo("finds no plugin that has neither files nor a history", async () => {
  await using workspace = await applied(TEN);
  for (const verb of ["rollback", "status"] as const) {
    assert.is((await workspace.refused(verb, "q")).error_code, "PLUGIN_NOT_FOUND");
  }
  Deno.removeSync(workspace.pluginsDir, { recursive: true });
  // Where no plugin can be read, its files may be there.
  assert.is((await workspace.refused("rollback", "p")).error_code, "PLUGIN_NOT_FOUND");
});

undo("says in an apply and in a status that the log has the text", async () => {
  await using workspace = await applied(TEN);
  empty(workspace);
  const { pending_warnings } = await workspace.status("p");
  const missing = pending_warnings.filter(({ code }) => code === "missing-file");
  assert.is(missing.length, 10);
  assert.match(missing[0]?.message ?? "", /restore the file, or roll back: the log/);
  const refused = await workspace.refused("apply", "p");
  assert.is(refused.error_code, "VALIDATION_FAILED");
  assert.is(refused.errors.length, 10);
});

undo("is refused where a file is there and differs", async () => {
  await using workspace = await applied(TEN);
  workspace.write("p", { "010_rows.sql": migrationFile("SELECT 1;", "SELECT 1;") });
  const refused = await workspace.refused("rollback", "p");
  assert.equal(refused.errors.map(({ code }) => code), ["checksum-mismatch"]);
  workspace.write("p", { "010_rows.sql": "nothing of a migration" });
  const unparsed = await workspace.refused("rollback", "p");
  assert.equal(unparsed.errors.map(({ code }) => code), ["marker-missing", "marker-missing"]);
});

undo("is refused where the log is older than this", async () => {
  await using workspace = await applied(TEN);
  empty(workspace);
  sqliteShell(
    workspace.database("p"),
    "ALTER TABLE plugin_schema_migration_log DROP COLUMN file_text",
  );
  const refused = await workspace.refused("rollback", "p", { target_version: 8 });
  assert.equal(
    refused.errors.map(({ code, migration_version }) => `${code} ${migration_version}`),
    ["missing-file 9", "missing-file 10"],
  );
  assert.match(refused.errors[0]?.message ?? "", /the log of the database does not have its text/);
});

undo("is refused where the text in the log was changed", async () => {
  for (
    const change of [
      "file_text = replace(file_text, 'DELETE FROM notes', 'DELETE FROM notes --')",
      "file_text = x'00'",
      "file_text = x'ffffff'",
      "file_text = 1",
      "file_text = (SELECT file_text FROM plugin_schema_migration_log WHERE version = 6)",
    ]
  ) {
    await using workspace = await applied(TEN);
    empty(workspace);
    const database = workspace.database("p");
    sqliteShell(database, `UPDATE plugin_schema_migration_log SET ${change} WHERE version = 10`);
    const refused = await workspace.refused("rollback", "p");
    assert.equal(refused.errors.map(({ code }) => code), ["history-mismatch"], change);
    assert.is(sqliteShell(database, "SELECT count(*) FROM notes"), "2", change);
  }
});

undo("is refused through a migration without a DOWN", async () => {
  await using workspace = await applied({ "001_a.sql": migrationFile("CREATE TABLE t (a);") });
  empty(workspace);
  const refused = await workspace.refused("rollback", "p");
  assert.equal(refused.errors.map(({ code }) => code), ["irreversible"]);
});

undo("runs the text that was applied last", async () => {
  await using workspace = await applied({
    "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;"),
  });
  await workspace.rollback("p");
  workspace.write("p", { "001_a.sql": migrationFile("CREATE TABLE u (a);", "DROP TABLE u;") });
  await workspace.apply("p");
  empty(workspace);
  await workspace.rollback("p");
  assert.is(sqliteShell(workspace.database("p"), OWN_SCHEMA), "");
});

undo("has no text of what was not committed", async () => {
  await using workspace = await applied({
    "001_a.sql": migrationFile("CREATE TABLE t (a);", "DROP TABLE t;"),
  });
  workspace.write("p", { "002_b.sql": migrationFile("INSERT INTO nowhere VALUES (1);") });
  await workspace.ask("apply", "p");
  workspace.write("p", { "002_b.sql": migrationFile("CREATE TABLE u (a);", "DROP TABLE u;") });
  await workspace.apply("p", { dry_run: true });
  assert.is(
    sqliteShell(
      workspace.database("p"),
      "SELECT group_concat(version || outcome) FROM plugin_schema_migration_log" +
        " WHERE file_text IS NOT NULL",
    ),
    "1applied",
  );
});

undo("works for a tenant", async () => {
  await using workspace = new Workspace();
  workspace.write("p", TEN);
  await workspace.apply("p", { tenant: "acme" });
  Deno.removeSync(join(workspace.pluginsDir, "p"), { recursive: true });
  assert.is((await workspace.refused("rollback", "p")).error_code, "PLUGIN_NOT_FOUND");
  const reply = await workspace.rollback("p", { tenant: "acme", target_version: 0 });
  assert.is(reply.current_version, 0);
});

undo.run();
