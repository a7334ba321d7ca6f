// Failed migrations: undone whole, recorded, and repeatable after the fix.

import * as assert from "uvu/assert";
import { migrationFile } from "../support/migration_file.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { ENDLESS_INSERT } from "../support/endless.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const failures = suite("failed migrations");

const CREATE = migrationFile(
  "CREATE TABLE t (a UNIQUE);\nINSERT INTO t VALUES (1);",
  "DROP TABLE t;",
);
const MORE = migrationFile("INSERT INTO t VALUES (2);", "DELETE FROM t WHERE a = 2;");
const FAILS = migrationFile(
  "CREATE TABLE u (b);\nINSERT INTO t VALUES (3);\nINSERT INTO t VALUES (1);",
  "DROP TABLE u;",
);
const FIXED = migrationFile("CREATE TABLE u (b);", "DROP TABLE u;");

function rows(workspace: Workspace, columns: string): string {
  return sqliteShell(
    workspace.database("p"),
    `SELECT ${columns} FROM plugin_schema_migrations ORDER BY version`,
  );
}

function log(workspace: Workspace): string {
  return sqliteShell(
    workspace.database("p"),
    "SELECT version, direction, outcome, logged_by, error_message FROM plugin_schema_migration_log ORDER BY id",
  );
}

failures("apply keeps what came before and undoes the failing one whole", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_create.sql": CREATE,
    "002_more.sql": MORE,
    "003_fails.sql": FAILS,
    "004_never.sql": migrationFile("CREATE TABLE never (a);"),
  });
  const reply = await workspace.refused("apply", "p", { applied_by: "ann" });
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.match(reply.message, "Applying 003_fails.sql failed and was undone");
  assert.match(reply.message, "UNIQUE constraint failed: t.a");
  assert.equal([reply.failed_version, reply.current_version], [3, 2]);
  assert.equal(reply.applied_migrations?.map(({ version }) => version), [1, 2]);
  assert.equal(reply.errors.map(({ code, line }) => [code, line]), [["sql-error", 4]]);

  const database = workspace.database("p");
  assert.is(sqliteShell(database, "SELECT a FROM t ORDER BY a"), "1\n2");
  assert.is(
    sqliteShell(database, "SELECT count(*) FROM sqlite_schema WHERE name IN ('u', 'never')"),
    "0",
  );
  assert.is(
    rows(workspace, "version, status, applied_by, error_message"),
    "1|applied|ann|\n2|applied|ann|\n3|failed|ann|UNIQUE constraint failed: t.a",
  );
  assert.is(
    log(workspace),
    "1|apply|applied|ann|\n2|apply|applied|ann|\n3|apply|failed|ann|UNIQUE constraint failed: t.a",
  );
  assert.ok(isIntact(database));

  const status = await workspace.status("p");
  assert.equal([status.current_version, status.pending_count], [2, 2]);
  assert.equal(
    status.failed_migrations.map(({ version, error_message }) => [version, error_message]),
    [[3, "UNIQUE constraint failed: t.a"]],
  );
});

failures("apply works again after the fix, on the same row", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_fails.sql": FAILS });
  await workspace.refused("apply", "p");
  const ids = rows(workspace, "id");
  workspace.remove("p", "002_fails.sql");
  workspace.write("p", { "002_fixed.sql": FIXED });
  const reply = await workspace.apply("p");
  assert.equal(reply.applied_migrations.map(({ version }) => version), [2]);
  assert.is(rows(workspace, "id"), ids);
  assert.is(
    rows(workspace, "version, name, status, error_message"),
    "1|create|applied|\n2|fixed|applied|",
  );
  assert.equal((await workspace.status("p")).failed_migrations, []);
});

failures("a first migration that fails leaves a database with its failure alone", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_fails.sql": migrationFile("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1), (1);"),
  });
  const reply = await workspace.refused("apply", "p");
  assert.equal([reply.failed_version, reply.current_version], [1, 0]);
  assert.is(rows(workspace, "version, status"), "1|failed");
  assert.is((await workspace.status("p")).current_version, 0);
});

failures("rollback that fails stays applied, and the error is kept", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_create.sql": CREATE,
    "002_more.sql": migrationFile(
      "INSERT INTO t VALUES (2);",
      "DELETE FROM t WHERE a = 2; INSERT INTO t VALUES (1);",
    ),
    "003_third.sql": FIXED,
  });
  await workspace.apply("p");
  const reply = await workspace.refused("rollback", "p", { target_version: 0 });
  assert.is(reply.error_code, "ROLLBACK_FAILED");
  assert.match(reply.message, "Rolling back 002_more.sql failed and was undone");
  assert.equal([reply.failed_version, reply.current_version], [2, 2]);
  assert.equal(reply.rolled_back_migrations?.map(({ version }) => version), [3]);
  assert.is(sqliteShell(workspace.database("p"), "SELECT a FROM t ORDER BY a"), "1\n2");
  assert.is(
    rows(workspace, "version, status, error_message"),
    "1|applied|\n2|applied|UNIQUE constraint failed: t.a\n3|rolled_back|",
  );
  assert.match(log(workspace), "2|rollback|failed|system|UNIQUE constraint failed: t.a");
  const status = await workspace.status("p");
  assert.equal([status.current_version, status.applied_migrations.length], [2, 2]);
});

// A prior failure: the second apply hit UNIQUE(plugin_name, version).
failures("apply after a rollback updates the same row, again and again", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_more.sql": MORE });
  await workspace.apply("p", { applied_by: "ann" });
  const ids = rows(workspace, "id");
  for (let round = 0; round < 3; round++) {
    const back = await workspace.rollback("p", { target_version: 0 });
    assert.equal(back.rolled_back_migrations.map(({ version }) => version), [2, 1]);
    assert.is(rows(workspace, "status"), "rolled_back\nrolled_back");
    const again = await workspace.apply("p", { applied_by: "bob" });
    assert.is(again.current_version, 2);
    assert.is(rows(workspace, "status, applied_by"), "applied|bob\napplied|bob");
  }
  assert.is(rows(workspace, "id"), ids);
  assert.is(
    sqliteShell(workspace.database("p"), "SELECT count(*) FROM plugin_schema_migration_log"),
    "14",
  );
});

failures("rollback through a migration without DOWN is refused before anything runs", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_create.sql": migrationFile("CREATE TABLE t (a);", "-- only a comment\n;"),
    "002_more.sql": FIXED,
  });
  const applied = await workspace.apply("p");
  assert.equal(applied.warnings.map(({ code, level }) => [code, level]), [["no-down", "INFO"]]);
  const reply = await workspace.refused("rollback", "p", { target_version: 0 });
  assert.is(reply.error_code, "VALIDATION_FAILED");
  assert.equal(reply.errors.map(({ code, file }) => [code, file]), [[
    "irreversible",
    "001_create.sql",
  ]]);
  assert.is((await workspace.status("p")).current_version, 2);
  assert.is((await workspace.rollback("p")).current_version, 1);
});

failures("SQL without end is stopped by timeout_ms, undone and recorded", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_create.sql": CREATE,
    "002_endless.sql": migrationFile(ENDLESS_INSERT),
  });
  await workspace.apply("p", { target_version: 1 });
  // Long enough to begin on any machine; the statement never ends.
  const reply = await workspace.refused("apply", "p", { timeout_ms: 2_000 });
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.equal(reply.errors.map(({ code }) => code), ["interrupted"]);
  assert.match(reply.message, "ran out of time; allow more with timeout_ms");
  assert.equal([reply.failed_version, reply.current_version], [2, 1]);
  assert.is(rows(workspace, "version, status"), "1|applied\n2|failed");
  assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM t"), "1");
});

failures(
  "SQL without end that is stopped in the rehearsal never reaches the database",
  async () => {
    await using workspace = new Workspace();
    workspace.write("p", { "001_create.sql": CREATE });
    await workspace.apply("p");
    workspace.write("p", {
      "002_endless.sql": migrationFile(
        "CREATE TABLE e AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c;",
      ),
    });
    const reply = await workspace.refused("apply", "p", { timeout_ms: 300 });
    assert.is(reply.error_code, "VALIDATION_FAILED");
    assert.equal(reply.errors.map(({ code, file }) => [code, file]), [[
      "interrupted",
      "002_endless.sql",
    ]]);
    assert.is(rows(workspace, "version, status"), "1|applied");
  },
);

failures("a run that is cancelled is undone, and says so", async () => {
  const stop = new AbortController();
  await using workspace = new Workspace({ signal: stop.signal });
  workspace.write("p", {
    "001_create.sql": CREATE,
    "002_endless.sql": migrationFile(ENDLESS_INSERT),
  });
  const asked = workspace.ask("apply", "p");
  while (
    !workspace.events.some((event) => event.event === "migration_started" && event.version === 2)
  ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  stop.abort();
  const reply = await asked;
  if (reply.success) throw new Error("The run was not cancelled");
  assert.is(reply.error_code, "CANCELLED");
  assert.match(reply.message, "002_endless.sql was cancelled");
  assert.is(reply.current_version, 1);
});

failures("a status that nobody knows in the tracking table is not taken for pending", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  sqliteShell(workspace.database("p"), "UPDATE plugin_schema_migrations SET status = 'done'");
  for (const verb of ["apply", "rollback", "status"] as const) {
    const reply = await workspace.refused(verb, "p");
    assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
    assert.match(reply.message, 'unknown status "done"');
  }
});

failures.run();
