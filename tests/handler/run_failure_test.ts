// runFailure(): what the reply says about the step that failed.

import * as assert from "uvu/assert";
import { runFailure } from "../../lib/handler/run_failure.ts";
import { suite } from "../support/suite.ts";

const failures = suite("runFailure()");

const REQUEST = {
  address: { plugin: "p", tenant: null },
  target: { direction: "apply", version: "latest" },
  mode: "commit",
  applied_by: "system",
  transaction: "migration",
  timeout_ms: 1_000,
} as const;
const STEP = { version: 1, name: "a", file: "001_a.sql" };
const PLAN = {
  direction: "apply",
  from: 0,
  to: 1,
  hash: "h",
  steps: [STEP],
  findings: [],
  history: [],
  rehearsed: null,
  interrupted: null,
} as const;

for (const reason of ["cancelled", "unavailable", "sql"] as const) {
  failures(`a COMMIT in doubt is not said to be undone, where the reason is ${reason}`, () => {
    const messageOf = (outcome: "undone" | "unknown"): string => {
      const failure = {
        ...STEP,
        reason,
        message: "m",
        sqliteCode: null,
        outcome,
        place: null,
        violations: [],
      };
      const end = { kind: "failed", failure } as const;
      const report = {
        executed: [],
        currentVersion: 0,
        backup: null,
        review: null,
        findings: [],
        end,
      };
      return runFailure(REQUEST, PLAN, report, end).message;
    };
    assert.match(messageOf("undone"), "undone");
    assert.match(messageOf("unknown"), "may or may not have been kept");
    assert.not.match(messageOf("unknown"), "undone");
  });
}

failures.run();
