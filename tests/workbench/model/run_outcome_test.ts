// headlineOf(): what a run came to, as one line.

import * as assert from "uvu/assert";
import { entriesOf, headlineOf, verdictOf } from "../../../lib/workbench/model/run_outcome.ts";
import type { PlannedRun } from "../../../lib/workbench/model/step_action.ts";
import type { FailureReply } from "../../../lib/message/any_reply.ts";
import type { PlanReply } from "../../../lib/message/plan_reply.ts";
import type { ApplyReply, RunEntry } from "../../../lib/message/reply.ts";
import { suite } from "../../support/suite.ts";

const outcome = suite("headlineOf()");

const ENTRY: RunEntry = {
  success: true,
  version: 3,
  name: "add_tags",
  execution_time_ms: 1,
  applied_at: null,
  applied_by: "ada",
  statements: 1,
  changes: [],
  data_loss: [],
};
const APPLIED: ApplyReply = {
  success: true,
  verb: "apply",
  plugin_name: "notes",
  run_id: "1",
  dry_run: false,
  previous_version: 2,
  current_version: 3,
  warnings: [],
  plan_hash: "0".repeat(64),
  total_time_ms: 1,
  applied_migrations: [ENTRY],
};
const TRIED: PlanReply = {
  success: true,
  verb: "plan",
  plugin_name: "notes",
  run_id: "1",
  direction: "apply",
  from: 2,
  to: 3,
  steps: [{
    version: 3,
    name: "add_tags",
    file: "003_add_tags.sql",
    execution_time_ms: 1,
    changes: [],
    data_loss: [],
  }],
  schema_diff: "",
  warnings: [],
  plan_hash: "0".repeat(64),
  total_time_ms: 1,
};
const FAILED: FailureReply = {
  success: false,
  verb: "rollback",
  error_code: "ROLLBACK_FAILED",
  message: "Cannot roll back 003",
  plugin_name: "notes",
  errors: [],
  warnings: [],
  rolled_back_migrations: [ENTRY, ENTRY],
};
const APPLY: PlannedRun = { verb: "apply", target: 3, label: "Apply to here", migrations: [] };
const ROLLBACK: PlannedRun = { ...APPLY, verb: "rollback", label: "Roll back to here" };

outcome("says what was done, and where the database is", () => {
  assert.is(
    headlineOf({ kind: "run", planned: APPLY, reply: APPLIED }),
    "Applied 1 migration; now at version 3",
  );
});

outcome("does not say of a dry run that anything was done", () => {
  assert.is(
    headlineOf({ kind: "dry-run", planned: APPLY, reply: TRIED }),
    "Dry run: would apply 1 migration",
  );
});

outcome("says why a run failed", () => {
  assert.is(
    headlineOf({ kind: "run", planned: ROLLBACK, reply: FAILED }),
    "Roll back to here failed: Cannot roll back 003",
  );
});

outcome("says of a cancelled run that it was cancelled, and not that it failed", () => {
  const reply: FailureReply = { ...FAILED, error_code: "CANCELLED", message: "003 was undone" };
  const cancelled = { kind: "run", planned: ROLLBACK, reply } as const;
  assert.is(headlineOf(cancelled), "003 was undone");
  assert.is(verdictOf(cancelled), "cancelled");
  assert.is(verdictOf({ kind: "run", planned: ROLLBACK, reply: FAILED }), "failed");
});

outcome("entriesOf() finds what a failed rollback had undone before", () => {
  assert.is(entriesOf(FAILED).length, 2);
  assert.is(entriesOf(APPLIED).length, 1);
  assert.is(entriesOf(TRIED).length, 1);
});

outcome.run();
