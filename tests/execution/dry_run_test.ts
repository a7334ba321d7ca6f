// Dry runs: everything is measured on the real rows, and nothing is left of it.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { migrationFile } from "../support/migration_file.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { untouched } from "../support/untouched.ts";
import { Workspace } from "../support/workspace.ts";

const dryRuns = suite("dry run");

const CREATE = migrationFile(
  "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);\n" +
    "INSERT INTO t (a, b) VALUES ('1', 'x'), ('2', NULL), (NULL, 'z');",
  "DROP TABLE t;",
);
const DESTROY = migrationFile(
  "ALTER TABLE t DROP COLUMN b;\nDELETE FROM t WHERE id = 1;",
  "ALTER TABLE t ADD COLUMN b TEXT;",
  "-- requires: sqlite >= 3.35.0",
);
const LOSS = [
  { kind: "rows", table: "t", rows: 1 },
  { kind: "values", table: "t", column: "b", values: 2 },
];

/** Fills more pages than the page cache holds, so that some are written before the end. */
const SPILL = migrationFile(
  `WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 4000)
   INSERT INTO t (a, b) SELECT hex(randomblob(800)), n FROM c;
   UPDATE t SET a = a || 'x'; DELETE FROM t WHERE id % 2 = 0;`,
  "SELECT 1;",
);

dryRuns("leaves a WAL database byte for byte as it was, and says what would happen", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", { "002_destroy.sql": DESTROY });
  const dry = await untouched(workspace, "p", () => workspace.apply("p", { dry_run: true }));
  assert.ok(dry.dry_run);
  assert.equal([dry.previous_version, dry.current_version], [1, 1]);
  assert.equal(dry.applied_migrations.map(({ version, applied_at }) => [version, applied_at]), [
    [2, null],
  ]);
  assert.equal(dry.applied_migrations[0]?.data_loss, LOSS);
  assert.is(dry.backup, undefined);
  assert.not.ok(existsSync(`${workspace.dataDir}/backups`));
  const status = await workspace.status("p");
  assert.equal([status.current_version, status.pending_count], [1, 1]);

  const real = await workspace.apply("p");
  assert.is(real.plan_hash, dry.plan_hash);
  assert.equal(real.applied_migrations[0]?.data_loss, LOSS);
  assert.equal(real.applied_migrations[0]?.changes, dry.applied_migrations[0]?.changes);
  assert.equal(
    real.warnings.map(({ code, message }) => [code, message]),
    dry.warnings.map(({ code, message }) => [code, message]),
  );
});

dryRuns("leaves a rollback-journal database of the native shell as it was", async () => {
  await using workspace = new Workspace();
  Deno.mkdirSync(workspace.dataDir);
  sqliteShell(workspace.database("p"), "CREATE TABLE t (id INTEGER PRIMARY KEY, a, b);");
  workspace.write("p", { "001_spill.sql": SPILL });
  const dry = await untouched(workspace, "p", () => workspace.apply("p", { dry_run: true }));
  assert.equal([dry.previous_version, dry.current_version], [0, 0]);
  assert.is(sqliteShell(workspace.database("p"), "PRAGMA journal_mode"), "delete");
  assert.is((await workspace.apply("p")).plan_hash, dry.plan_hash);
  assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM t"), "2000");
});

dryRuns("that spills the page cache leaves a WAL database as it was", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", { "002_spill.sql": SPILL });
  const dry = await untouched(workspace, "p", () => workspace.apply("p", { dry_run: true }));
  assert.is(dry.applied_migrations[0]?.statements, 3);
  assert.ok(isIntact(workspace.database("p")));
  const rollback = { dry_run: true, target_version: 0 };
  await untouched(workspace, "p", () => workspace.rollback("p", rollback));
});

dryRuns("makes no database where there is none", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_destroy.sql": DESTROY });
  const dry = await workspace.apply("p", { dry_run: true });
  assert.is(dry.applied_migrations.length, 2);
  assert.equal(dry.applied_migrations[1]?.data_loss, LOSS);
  assert.not.ok(existsSync(workspace.database("p")));
  await workspace.status("p");
  assert.not.ok(existsSync(workspace.database("p")));
  const real = await workspace.apply("p");
  assert.is(real.plan_hash, dry.plan_hash);
  assert.equal(real.applied_migrations[1]?.data_loss, LOSS);
});

dryRuns("records no failure", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  workspace.write("p", {
    "002_ok.sql": migrationFile("INSERT INTO t (a) VALUES ('more');"),
    "003_fails.sql": migrationFile("INSERT INTO t (id) VALUES (1);"),
  });
  const dry = await untouched(
    workspace,
    "p",
    () => workspace.refused("apply", "p", { dry_run: true }),
  );
  assert.is(dry.error_code, "MIGRATION_FAILED");
  assert.equal([dry.failed_version, dry.current_version], [3, 1]);
  assert.equal(dry.applied_migrations?.map(({ version, applied_at }) => [version, applied_at]), [
    [2, null],
  ]);
  assert.equal((await workspace.status("p")).failed_migrations, []);
  assert.is(
    sqliteShell(workspace.database("p"), "SELECT count(*) FROM plugin_schema_migration_log"),
    "1",
  );
});

dryRuns("of a rollback measures what would go", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  await workspace.apply("p");
  const dry = await untouched(workspace, "p", () => workspace.rollback("p", { dry_run: true }));
  assert.equal(dry.rolled_back_migrations[0]?.data_loss, [{ kind: "rows", table: "t", rows: 3 }]);
  assert.is((await workspace.rollback("p")).plan_hash, dry.plan_hash);
});

dryRuns.run();
