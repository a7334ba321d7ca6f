// checkFindings(), thereAndBack(), uniqueVersions(): files by themselves.

import * as assert from "uvu/assert";
import type { RehearsedStep } from "../../lib/execute/rehearsal.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import { checkFindings, thereAndBack, uniqueVersions } from "../../lib/rule/check_findings.ts";
import { suite } from "../support/suite.ts";
import { migration, rehearsedStep, statement } from "./facts.ts";

const checks = suite("check_findings");

const NO_DOWN = { down: { sql: "-- none", line: 4 } };

/** The findings as `code file`, for migrations of which these steps were rehearsed. */
function codesOf(
  migrations: readonly Migration[],
  rehearsed: readonly RehearsedStep[],
): readonly string[] {
  const steps = migrations.flatMap(thereAndBack);
  const rehearsal = { steps: rehearsed, interrupted: null };
  return checkFindings(migrations, steps, rehearsal, [3, 54, 1])
    .map(({ code, file }) => `${code} ${file}`);
}

function deleting(direction: RehearsedStep["direction"]): RehearsedStep {
  return rehearsedStep({ direction, statements: [statement({ deletesFrom: ["t"] })] });
}

checks("thereAndBack() tries UP, DOWN and UP, or UP alone where there is no DOWN", () => {
  const directions = (each: Migration): readonly string[] =>
    thereAndBack(each).map(({ direction }) => direction);
  assert.equal(directions(migration(1)), ["apply", "rollback", "apply"]);
  assert.equal(directions(migration(1, NO_DOWN)), ["apply"]);
});

checks("uniqueVersions() keeps the first file of a version", () => {
  const migrations = [migration(1), migration(2), migration(2, { name: "other" }), migration(3)];
  assert.equal(uniqueVersions(migrations).map(({ name, version }) => `${version} ${name}`), [
    "1 x",
    "2 x",
    "3 x",
  ]);
});

checks("checkFindings() reports a deletion of UP once and of DOWN not at all", () => {
  const rehearsed = [deleting("apply"), deleting("rollback"), deleting("apply")];
  assert.equal(codesOf([migration(1)], rehearsed), ["delete-rows 001_x.sql"]);
  assert.equal(codesOf([migration(1)], [rehearsedStep(), deleting("rollback")]), []);
});

checks("checkFindings() notes a file without a DOWN, and a DOWN that is incomplete", () => {
  assert.equal(codesOf([migration(1, NO_DOWN)], [rehearsedStep()]), ["no-down 001_x.sql"]);
  const up = rehearsedStep({
    changes: [{ change: "added", object: "table", table: null, name: "t", detail: null }],
  });
  const down = rehearsedStep({ direction: "rollback" });
  assert.equal(codesOf([migration(1)], [up, down, up]), ["incomplete-down 001_x.sql"]);
});

checks("checkFindings() names each file once that the rehearsal did not reach", () => {
  const migrations = [migration(1), migration(2), migration(3, NO_DOWN)];
  assert.equal(codesOf(migrations, [rehearsedStep({ complete: false })]), [
    "no-down 003_x.sql",
    "not-rehearsed 002_x.sql",
    "not-rehearsed 003_x.sql",
  ]);
});

checks.run();
