// driftFindings(): files against the history of a database.

import * as assert from "uvu/assert";
import { type Finding, finding } from "../../lib/finding/finding.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import type { HistoryEntry, HistoryStatus } from "../../lib/plan/history.ts";
import { driftFindings } from "../../lib/rule/drift.ts";
import { suite } from "../support/suite.ts";
import { linesOf, migration } from "./facts.ts";

const drift = suite("drift");

function entry(version: number, status: HistoryStatus = "applied"): HistoryEntry {
  return {
    version,
    name: "x",
    checksum: `checksum ${version}`,
    appliedAt: "2026-01-02T03:04:05.000Z",
    appliedBy: "ann",
    status,
    errorMessage: null,
    executionTimeMs: 1,
  };
}

const unparsed = (version: number): Finding =>
  finding("ERROR", "marker-missing", { version, name: "x", file: `00${version}_x.sql` }, "No DOWN");

interface Case {
  readonly name: string;
  readonly migrations: readonly Migration[];
  readonly findings?: readonly Finding[];
  readonly history: readonly HistoryEntry[];
  readonly expected: readonly string[];
}

const CASES: readonly Case[] = [
  { name: "nothing", migrations: [], history: [], expected: [] },
  {
    name: "files that are applied and files that are newer",
    migrations: [migration(1), migration(2), migration(3)],
    history: [entry(1), entry(2)],
    expected: [],
  },
  {
    name: "an applied file that changed",
    migrations: [migration(1, { checksum: "other" })],
    history: [entry(1)],
    expected: [
      "ERROR checksum-mismatch 001_x.sql: 001_x.sql changed after it was applied on " +
      "2026-01-02T03:04:05.000Z; restore it and put the change into a new migration",
    ],
  },
  {
    name: "a changed file that failed or was rolled back",
    migrations: [migration(1, { checksum: "other" }), migration(2, { checksum: "other" })],
    history: [entry(1, "failed"), entry(2, "rolled_back")],
    expected: [],
  },
  {
    name: "an applied file that is gone",
    migrations: [migration(2)],
    history: [entry(1), entry(2)],
    expected: [
      "ERROR missing-file 001_x.sql: 001_x.sql is applied but its file is missing; restore the file",
    ],
  },
  {
    name: "an applied file that does not parse any more",
    migrations: [],
    findings: [unparsed(1)],
    history: [entry(1)],
    expected: [],
  },
  {
    name: "a pending file below the current version",
    migrations: [migration(1), migration(2), migration(3)],
    history: [entry(1), entry(3)],
    expected: [
      "ERROR late-migration 002_x.sql: 002_x.sql is pending but version 3 is applied already; " +
      "give it a number above 3",
    ],
  },
  {
    name: "a file below the current version that was rolled back",
    migrations: [migration(1), migration(2)],
    history: [entry(1, "rolled_back"), entry(2)],
    expected: [
      "ERROR late-migration 001_x.sql: 001_x.sql is pending but version 2 is applied already; " +
      "give it a number above 2",
    ],
  },
  {
    name: "a pending file below a version that failed",
    migrations: [migration(1), migration(2)],
    history: [entry(2, "failed")],
    expected: [],
  },
];

for (const { name, migrations, findings = [], history, expected } of CASES) {
  drift(`driftFindings(): ${name}`, () => {
    assert.equal(linesOf(driftFindings({ migrations, findings }, history)), expected);
  });
}

drift.run();
