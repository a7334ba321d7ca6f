// reversibilityFindings(): migrations without a DOWN statement.

import * as assert from "uvu/assert";
import type { Direction } from "../../lib/plan/select_steps.ts";
import { reversibilityFindings } from "../../lib/rule/reversibility.ts";
import { suite } from "../support/suite.ts";
import { linesOf, migration } from "./facts.ts";

const reversibility = suite("reversibility");

const NO_DOWN =
  "INFO no-down 001_x.sql: 001_x.sql cannot be rolled back: its DOWN section has no " +
  "statement";
const IRREVERSIBLE = "ERROR irreversible 001_x.sql: Cannot roll back 001_x.sql: its DOWN section " +
  "has no statement; restore a backup, or write a new migration that goes forward";

const CASES: readonly (readonly [string, Direction, readonly string[]])[] = [
  ["DROP TABLE t;", "apply", []],
  ["DROP TABLE t;", "rollback", []],
  ["", "apply", [NO_DOWN]],
  ["", "rollback", [IRREVERSIBLE]],
  ["-- DROP TABLE t;\n/* nor this */ ;", "apply", [NO_DOWN]],
  ["-- DROP TABLE t;\n/* nor this */ ;", "rollback", [IRREVERSIBLE]],
];

reversibility("reversibilityFindings() notes a missing DOWN, and refuses to roll back", () => {
  for (const [sql, direction, expected] of CASES) {
    const migrations = [migration(1, { down: { sql, line: 4 } })];
    const findings = reversibilityFindings(migrations, direction);
    assert.equal(linesOf(findings), expected, `${direction} ${sql}`);
  }
});

reversibility("reversibilityFindings() names each migration without a DOWN", () => {
  const down = { sql: "", line: 4 };
  const migrations = [migration(1, { down }), migration(2), migration(3, { down })];
  const findings = reversibilityFindings(migrations, "rollback");
  assert.equal(findings.map(({ version }) => version), [1, 3]);
});

reversibility.run();
