// reportFiles(): findings, and the effect of each file on the schema.

import * as assert from "uvu/assert";
import { memoryEnvironment } from "../../../lib/browser/database/memory_environment.ts";
import { SandboxHost } from "../../../lib/browser/database/sandbox_host.ts";
import { reportFiles } from "../../../lib/browser/owner/report_files.ts";
import type { FileReport } from "../../../lib/browser/sandbox.ts";
import { loadSqlite } from "../../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../../lib/sqlite/wasm_module.js";
import { migrationFile } from "../../support/migration_file.ts";
import { suite } from "../../support/suite.ts";

const reports = suite("reportFiles()");

async function reported(files: Readonly<Record<string, string>>): Promise<readonly FileReport[]> {
  const sqlite3 = await loadSqlite(sqliteModule);
  const load = (): Promise<typeof sqlite3> => Promise.resolve(sqlite3);
  const host = new SandboxHost(load, () => Promise.resolve(memoryEnvironment(sqlite3)));
  await host.start(sqliteModule, { kind: "memory" });
  await host.open({ kind: "empty", plugin: "p" }, null);
  const outcome = await reportFiles({
    plugin: "p",
    files: Object.entries(files).map(([file, text]) => ({
      file,
      bytes: new TextEncoder().encode(text),
    })),
    draft: null,
    rehearse: (request) => host.rehearseFiles(request, { timeoutMs: 60_000, cancelFlag: null }),
  });
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value.files;
}

reports("refuses a file that does not end, and rehearses the others without it", async () => {
  const endless = "WITH RECURSIVE c (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c)";
  const files = await reported({
    "001_a.sql": migrationFile("CREATE TABLE a (x);", "DROP TABLE a;"),
    "002_endless.sql": migrationFile(
      `CREATE TABLE n AS ${endless} SELECT count(*) FROM c;`,
      "DROP TABLE n;",
    ),
    "003_typo.sql": migrationFile("CREATE TABEL nope (x);", "SELECT 1;"),
    "004_b.sql": migrationFile("CREATE TABLE b (x);", "DROP TABLE b;"),
  });
  assert.equal(
    files.map(({ file, findings, effect }) => [
      file,
      findings.map(({ level, code }) => `${level} ${code}`),
      effect?.after.tables.map(({ name }) => name) ?? null,
    ]),
    [
      ["001_a.sql", [], ["a"]],
      ["002_endless.sql", ["ERROR interrupted"], null],
      ["003_typo.sql", ["ERROR syntax-error"], null],
      ["004_b.sql", [], ["a", "b"]],
    ],
  );
});

reports.run();
