// rehearsalFindings(): every rule on every rehearsed step, and the steps that were not reached.

import * as assert from "uvu/assert";
import type { Rehearsal, RehearsedStep } from "../../lib/rehearsal/rehearsal.ts";
import type { Finding } from "../../lib/finding/finding.ts";
import { type PlanStep, planStep } from "../../lib/plan/migration_plan.ts";
import { thereAndBack } from "../../lib/plan/there_and_back.ts";
import { inOrder, rehearsalFindings, withLosses } from "../../lib/rule/rehearsal_findings.ts";
import { suite } from "../support/suite.ts";
import { linesOf, migration, rehearsedStep, statement } from "./facts.ts";

const rehearsals = suite("rehearsal_findings");

const steps = [1, 2, 3].map((version) => planStep(migration(version), "apply"));
const done = rehearsedStep();
const stopped = rehearsedStep({ version: 2, file: "002_x.sql", complete: false });

rehearsals(
  "rehearsalFindings() applies every rule to a step, with the losses of its version",
  () => {
    const rehearsed = rehearsedStep({
      statements: [
        statement({ alter: { table: "t", form: "drop-column" } }),
        statement({ deletesFrom: ["t"], problems: [{ kind: "parameters", count: 1 }] }),
      ],
      reservedNames: ["godwit_x"],
    });
    const plan = [planStep(migration(1, { requires: [3, 30, 0] }), "apply")];
    const found = rehearsalFindings(
      plan,
      { steps: [rehearsed], stopped: [], missing: [] },
      [3, 29, 0],
      new Map([[1, [{ kind: "rows", table: "t", rows: 5 }]]]),
    );
    const findings = inOrder(found);
    assert.equal(findings.map(({ code }) => code), [
      "requires-sqlite",
      "bind-parameter",
      "alter-drop-column",
      "reserved-table",
      "delete-rows",
    ]);
    assert.is(findings.at(-1)?.message, 'Deletes 5 rows of "t"');
    const counted = withLosses(found, [{
      version: 1,
      changes: [],
      dataLoss: [{ kind: "rows", table: "t", rows: 6 }],
      reusedNumbers: [],
      unmeasured: [],
    }], new Map());
    assert.equal(inOrder(counted).slice(0, -1), findings.slice(0, -1));
    assert.is(inOrder(counted).at(-1)?.message, 'Deletes 6 rows of "t"');
  },
);

rehearsals("rehearsalFindings() names the step that stopped the rehearsal", () => {
  const findings = findingsOf(steps, { steps: [done, stopped], stopped: [], missing: [] });
  assert.equal(linesOf(findings), [
    "INFO not-rehearsed 003_x.sql: 003_x.sql was not rehearsed, because 002_x.sql did not end",
  ]);
});

rehearsals("rehearsalFindings() refuses the step that ran out of time", () => {
  const endless = {
    version: 1,
    name: "x",
    file: "001_x.sql",
    reason: "timeout",
    after: 0,
  } as const;
  assert.equal(linesOf(findingsOf(steps, { steps: [], stopped: [endless], missing: [] })), [
    "ERROR interrupted 001_x.sql: 001_x.sql was not rehearsed to its end, because it ran out of " +
    "time; make it smaller",
    "INFO not-rehearsed 002_x.sql: 002_x.sql was not rehearsed, because 001_x.sql did not end",
    "INFO not-rehearsed 003_x.sql: 003_x.sql was not rehearsed, because 001_x.sql did not end",
  ]);
});

rehearsals("rehearsalFindings() keeps to syntax after a file that was left out", () => {
  const endless = {
    version: 1,
    name: "x",
    file: "001_x.sql",
    reason: "timeout",
    after: 0,
  } as const;
  const failing = (version: number, message: string): RehearsedStep =>
    rehearsedStep({
      version,
      file: `00${version}_x.sql`,
      complete: false,
      statements: [statement({ problems: [{ kind: "sql", message }] })],
    });
  const rehearsed = [failing(2, "no such table: t"), failing(3, 'near "TABEL": syntax error')];
  const findings = findingsOf(steps, { steps: rehearsed, stopped: [endless], missing: [] });
  assert.equal(findings.map(({ level, code, file }) => `${level} ${code} ${file}`), [
    "INFO not-rehearsed 002_x.sql",
    "ERROR syntax-error 003_x.sql",
    "ERROR interrupted 001_x.sql",
  ]);
});

function deleting(direction: RehearsedStep["direction"]): RehearsedStep {
  return rehearsedStep({ direction, statements: [statement({ deletesFrom: ["t"] })] });
}

rehearsals("rehearsalFindings() reports a loss of UP once and of its own DOWN not at all", () => {
  const thereAgain = thereAndBack([migration(1)]);
  const codes = (...rehearsed: readonly RehearsedStep[]): readonly string[] =>
    findingsOf(thereAgain, { steps: rehearsed, stopped: [], missing: [] }).map(({ code }) => code);
  assert.equal(codes(deleting("apply"), deleting("rollback"), deleting("apply")), ["delete-rows"]);
  assert.equal(codes(rehearsedStep(), deleting("rollback")), []);
  assert.equal(codes(deleting("rollback")), ["delete-rows"]);
});

rehearsals("rehearsalFindings() notes a DOWN that does not undo its UP", () => {
  const up = rehearsedStep({
    changes: [{ change: "added", object: "table", table: null, name: "t", detail: null }],
  });
  const down = rehearsedStep({ direction: "rollback" });
  const findings = findingsOf(thereAndBack([migration(1)]), {
    steps: [up, down, up],
    stopped: [],
    missing: [],
  });
  assert.equal(findings.map(({ code }) => code), ["incomplete-down"]);
});

function findingsOf(
  planned: readonly PlanStep[],
  rehearsal: Omit<Rehearsal, "queries">,
): readonly Finding[] {
  return inOrder(rehearsalFindings(planned, rehearsal, [3, 54, 1], new Map()));
}

rehearsals.run();
