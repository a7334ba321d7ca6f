// alterFormFindings(), requiresFindings(): forms of ALTER TABLE and the SQLite that a file declares.

import * as assert from "uvu/assert";
import type { SqliteVersion } from "../../lib/migration/migration.ts";
import { alterFormFindings, requiresFindings } from "../../lib/rule/alter_forms.ts";
import type { AlterForm } from "../../lib/sqlite/access.ts";
import { suite } from "../support/suite.ts";
import { linesOf, rehearsedStep, statement } from "./facts.ts";

const forms = suite("alter_forms");

const DROP = "ERROR alter-drop-column 001_x.sql:3: DROP COLUMN needs SQLite 3.35.0, and a plugin " +
  'may run on an older one; rebuild the table, or declare "-- requires: sqlite >= 3.35.0" above "-- UP"';
const ALTER = "ERROR alter-column 001_x.sql:3: ALTER COLUMN needs SQLite 3.53.0, and a plugin " +
  'may run on an older one; rebuild the table, or declare "-- requires: sqlite >= 3.53.0" above "-- UP"';
const CONSTRAINT = "ERROR alter-constraint 001_x.sql:3: ADD and DROP CONSTRAINT needs SQLite " +
  "3.53.0, and a plugin may run on an older one; rebuild the table, or declare " +
  '"-- requires: sqlite >= 3.53.0" above "-- UP"';

const FORMS: readonly (readonly [AlterForm, SqliteVersion | null, readonly string[]])[] = [
  ["rename-table", null, []],
  ["rename-column", null, []],
  ["add-column", null, []],
  ["drop-column", null, [DROP]],
  ["drop-column", [3, 34, 9], [DROP]],
  ["drop-column", [3, 35, 0], []],
  ["drop-column", [4, 0, 0], []],
  ["alter-column", null, [ALTER]],
  ["alter-column", [3, 52, 0], [ALTER]],
  ["alter-column", [3, 53, 0], []],
  ["alter-constraint", null, [CONSTRAINT]],
  ["alter-constraint", [3, 53, 1], []],
];

forms("alterFormFindings() refuses a form that the declared SQLite may lack", () => {
  for (const [form, requires, expected] of FORMS) {
    const step = rehearsedStep({ statements: [statement({ alter: { table: "t", form } })] });
    assert.equal(linesOf(alterFormFindings(step, requires)), expected, `${form}, ${requires}`);
  }
});

forms("alterFormFindings() has a finding for each statement", () => {
  const dropping = statement({ alter: { table: "t", form: "drop-column" } });
  const later = { ...dropping, position: { line: 9, column: 1 } };
  const step = rehearsedStep({ statements: [dropping, statement(), later] });
  const lines = alterFormFindings(step, null).map(({ position }) => position?.line);
  assert.equal(lines, [3, 9]);
});

const REQUIRES: readonly (readonly [SqliteVersion | null, readonly string[]])[] = [
  [null, []],
  [[3, 53, 9], []],
  [[3, 54, 1], []],
  [[3, 54, 2], [
    "ERROR requires-sqlite 001_x.sql: 001_x.sql requires SQLite 3.54.2, and this is 3.54.1; " +
    "upgrade godwit",
  ]],
  [[4, 0, 0], [
    "ERROR requires-sqlite 001_x.sql: 001_x.sql requires SQLite 4.0.0, and this is 3.54.1; " +
    "upgrade godwit",
  ]],
];

forms("requiresFindings() refuses a file that needs a newer SQLite than the engine", () => {
  for (const [requires, expected] of REQUIRES) {
    const findings = requiresFindings(rehearsedStep(), requires, [3, 54, 1]);
    assert.equal(linesOf(findings), expected, String(requires));
  }
});

forms.run();
