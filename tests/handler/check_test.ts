// check(): files by themselves, up, down and up again, without a database.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { check } from "../../lib/handler/check.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { type Files, Workspace } from "../support/workspace.ts";

const checks = suite("check()");

/** The findings of checking files, as `LEVEL code file`. */
async function checked(files: Files): Promise<readonly string[]> {
  await using workspace = new Workspace();
  workspace.write("p", files);
  const report = await check("p", (await workspace.edge()).context);
  assert.not.ok(existsSync(workspace.dataDir));
  if (!report.found) throw new Error(report.message);
  return report.findings.map(({ level, code, file }) => `${level} ${code} ${file}`);
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
    ["WARNING incomplete-down 001_a.sql", "ERROR incomplete-down 001_a.sql"],
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
  });
  assert.ok(findings.includes("ERROR marker-missing 002_b.sql"));
  assert.ok(findings.includes("ERROR transaction-control 003_c.sql"));
});

checks("says which plugin is not there", async () => {
  await using workspace = new Workspace();
  const report = await check("nobody", (await workspace.edge()).context);
  assert.match(report.found ? "" : report.message, 'There is no plugin "nobody"');
});

checks.run();
