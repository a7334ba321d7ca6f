// check: files by themselves, up, down and up again, without a database.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { type Files, Workspace } from "../support/workspace.ts";

const checks = suite("check");

/** The findings of checking files, as `LEVEL code file`. */
async function checked(files: Files, unreadable = 0): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", files);
  const reply = await (await workspace.migrator()).check("p");
  assert.not.ok(existsSync(workspace.dataDir));
  assert.is(reply.migrations, Object.keys(files).length - unreadable);
  const errors = reply.success ? [] : reply.errors;
  assert.is(reply.success, errors.length === 0);
  return [...errors, ...reply.warnings].map(({ level, code, file }) => `${level} ${code} ${file}`);
}

checks("has nothing to say about files that undo themselves", async () => {
  assert.equal(
    await checked({
      "001_a.sql": migrationFile("CREATE TABLE a (x); CREATE INDEX i ON a (x);", "DROP TABLE a;"),
      "002_b.sql": migrationFile(
        "ALTER TABLE a ADD COLUMN y;",
        "-- requires a newer SQLite\n" +
          "CREATE TABLE n (x); INSERT INTO n SELECT x FROM a; DROP TABLE a; ALTER TABLE n RENAME TO a;" +
          " CREATE INDEX i ON a (x);",
      ),
    }),
    [],
  );
});

checks("finds a DOWN that leaves something behind, or does not bring it back", async () => {
  assert.equal(
    await checked({
      "001_a.sql": migrationFile("CREATE TABLE a (x); CREATE TABLE b (x);", "DROP TABLE a;"),
    }),
    ["ERROR incomplete-down 001_a.sql", "WARNING incomplete-down 001_a.sql"],
  );
});

checks("finds a broken DOWN before somebody needs it", async () => {
  assert.equal(
    await checked({ "001_a.sql": migrationFile("CREATE TABLE a (x);", "DROP TABEL a;") }),
    ["ERROR syntax-error 001_a.sql"],
  );
});

checks("reports bad files and goes on with the others", async () => {
  const findings = await checked({
    "001_a.sql": migrationFile("CREATE TABLE a (x);", "DROP TABLE a;"),
    "002_b.sql": "SELECT 1;",
    "003_c.sql": migrationFile("COMMIT;", "SELECT 1;"),
  }, 1);
  assert.ok(findings.includes("ERROR marker-missing 002_b.sql"));
  assert.ok(findings.includes("ERROR transaction-control 003_c.sql"));
});

checks("refuses a file that does not end, and rehearses the others without it", async () => {
  const endless = "WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c)";
  const findings = await checked({
    "001_endless.sql": migrationFile(
      `CREATE TABLE n AS ${endless} SELECT count(*) FROM c;`,
      "DROP TABLE n;",
    ),
    "002_needs_it.sql": migrationFile("INSERT INTO n VALUES (1); CREATE TABLE o (a);", "SELECT 1;"),
    "003_typo.sql": migrationFile("CREATE TABEL nope (x);", "SELECT 1;"),
    "004_good.sql": migrationFile("CREATE TABLE a (x);", "DROP TABLE a;"),
  });
  assert.equal([...findings].sort(), [
    "ERROR interrupted 001_endless.sql",
    "ERROR syntax-error 003_typo.sql",
    "INFO not-rehearsed 002_needs_it.sql",
  ]);
});

checks("says which plugin is not there", async () => {
  await using workspace = new Workspace();
  const reply = await (await workspace.migrator()).check("nobody");
  assert.is(reply.success || reply.error_code, "PLUGIN_NOT_FOUND");
  assert.match(reply.success ? "" : reply.message, 'There is no plugin "nobody"');
});

checks.run();
