// missingInApply() and missingInRollback(): an applied migration without a file.

import * as assert from "uvu/assert";
import { finding } from "../../lib/finding/finding.ts";
import type { LoggedFiles } from "../../lib/history/logged_files.ts";
import type { HistoryEntry } from "../../lib/plan/history.ts";
import { missingInApply, missingInRollback } from "../../lib/rule/missing_file.ts";
import { suite } from "../support/suite.ts";
import { linesOf, migration } from "./facts.ts";

const missing = suite("missing file");

const AT = "2026-01-02T03:04:05.000Z";
const ENTRY: HistoryEntry = {
  version: 2,
  name: "x",
  checksum: "checksum 2",
  appliedAt: AT,
  appliedBy: "ann",
  status: "applied",
  errorMessage: null,
  executionTimeMs: 1,
};
const NOTHING: LoggedFiles = { kept: new Set(), migrations: [], altered: new Set(), findings: [] };
const KEPT: LoggedFiles = { ...NOTHING, kept: new Set([2]) };

missing("is an error in an apply, with the way that the log offers", () => {
  assert.equal(linesOf(missingInApply(ENTRY, NOTHING)), [
    "ERROR missing-file 002_x.sql: 002_x.sql is applied but its file is missing; restore the file",
  ]);
  assert.equal(linesOf(missingInApply(ENTRY, KEPT)), [
    "ERROR missing-file 002_x.sql: 002_x.sql is applied but its file is missing; restore the " +
    "file, or roll back: the log of the database has its text",
  ]);
});

const LEAVING = new Set([2]);
const CASES: readonly (readonly [string, ReadonlySet<number>, LoggedFiles, readonly string[]])[] = [
  ["not needed", new Set([3]), NOTHING, [
    "WARNING missing-file 002_x.sql: 002_x.sql is applied but its file is missing; " +
    "this rollback does not need it",
  ]],
  ["in the log", LEAVING, { ...KEPT, migrations: [migration(2)] }, [
    "INFO from-history 002_x.sql: 002_x.sql is missing; the DOWN section that runs is in the log " +
    `of the database, as the file was applied on ${AT}`,
  ]],
  ["altered in the log", LEAVING, { ...KEPT, altered: new Set([2]) }, [
    "ERROR history-mismatch 002_x.sql: 002_x.sql is missing, and its text in the log of the " +
    `database is not the one that was applied on ${AT}; restore the file, or a backup`,
  ]],
  ["of an older grammar in the log", LEAVING, {
    ...KEPT,
    findings: [finding("ERROR", "directive", { version: 2, name: "x", file: "002_x.sql" }, "No")],
  }, []],
  ["not in the log", LEAVING, NOTHING, [
    "ERROR missing-file 002_x.sql: 002_x.sql is applied but its file is missing, and the log of " +
    "the database does not have its text; restore the file",
  ]],
];

for (const [name, leaving, logged, expected] of CASES) {
  missing(`in a rollback: ${name}`, () => {
    assert.equal(linesOf(missingInRollback(ENTRY, leaving, logged)), expected);
  });
}

missing.run();
