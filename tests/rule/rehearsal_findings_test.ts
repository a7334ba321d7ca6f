// rehearsalFindings(): every rule on every rehearsed step, and the steps that were not reached.

import * as assert from "uvu/assert";
import { planStep } from "../../lib/plan/migration_plan.ts";
import { rehearsalFindings } from "../../lib/rule/rehearsal_findings.ts";
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
    const findings = rehearsalFindings(
      plan,
      { steps: [rehearsed], interrupted: null },
      [3, 29, 0],
      (version) => version === 1 ? [{ kind: "rows", table: "t", rows: 5 }] : null,
    );
    assert.equal(findings.map(({ code }) => code), [
      "requires-sqlite",
      "bind-parameter",
      "alter-drop-column",
      "reserved-table",
      "delete-rows",
    ]);
    assert.is(findings.at(-1)?.message, 'Deletes 5 rows of "t"');
  },
);

rehearsals("rehearsalFindings() names the step that stopped the rehearsal", () => {
  const findings = rehearsalFindings(
    steps,
    { steps: [done, stopped], interrupted: null },
    [3, 54, 1],
    () => null,
  );
  assert.equal(linesOf(findings), [
    "INFO not-rehearsed 003_x.sql: 003_x.sql was not rehearsed, because 002_x.sql did not end",
  ]);
});

rehearsals("rehearsalFindings() notes every step where the first was not rehearsed", () => {
  const findings = rehearsalFindings(
    steps,
    { steps: [], interrupted: "timeout" },
    [3, 54, 1],
    () => null,
  );
  assert.is(findings.length, 3);
  for (const { code, message } of findings) {
    assert.is(code, "not-rehearsed");
    assert.match(message, /because the rehearsal did not end$/);
  }
});

rehearsals.run();
