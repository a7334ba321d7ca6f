// followRun(): how far a run is, from its events.

import * as assert from "uvu/assert";
import {
  describeProgress,
  describeStatement,
  followRun,
  fractionDone,
  joinStatus,
  type RunProgress,
} from "../../../lib/workbench/model/run_progress.ts";
import type { RunEvent, RunEventBase } from "../../../lib/message/event.ts";
import type { ProgressMessage } from "../../../lib/message/reply.ts";
import { suite } from "../../support/suite.ts";

const progress = suite("followRun()");

const BASE: RunEventBase = {
  plugin_name: "notes",
  run_id: "1",
  verb: "apply",
  dry_run: false,
  at: "2026-01-01T08:00:00.000Z",
};
const STARTED: RunEvent = {
  ...BASE,
  event: "run_started",
  applied_by: "ada",
  plan_hash: "0".repeat(64),
  versions: [3, 4],
};
const BEGUN: RunEvent = { ...BASE, event: "migration_started", version: 3, name: "a" };
const DONE: RunEvent = {
  ...BASE,
  event: "migration_applied",
  version: 3,
  name: "a",
  execution_time_ms: 1,
  data_loss: [],
};

const STATUS: ProgressMessage = {
  run_id: "1",
  verb: "apply",
  dry_run: false,
  started_at: BASE.at,
  started_by: "ada",
  version: 3,
  migrations_done: 0,
  migrations_total: 2,
  statements_done: 1,
  statements_total: 2,
};

function follow(...events: readonly RunEvent[]): RunProgress | null {
  return events.reduce<RunProgress | null>(followRun, null);
}

progress("counts the migrations that are done", () => {
  const halfway = follow(STARTED, BEGUN, DONE);
  assert.is(halfway === null ? null : fractionDone(halfway), 0.5);
  const begun = follow(STARTED, BEGUN);
  assert.is(begun === null ? "" : describeProgress(begun), "Applying 003, 0 of 2 done");
});

progress("ends with the run", () => {
  const finished: RunEvent = {
    ...BASE,
    event: "run_finished",
    success: true,
    error_code: null,
    current_version: 4,
  };
  assert.is(follow(STARTED, BEGUN, DONE, finished), null);
});

progress("joins a run that began before the page did", () => {
  assert.is(follow(BEGUN)?.version, 3);
});

progress("counts the statements and rows of an event", () => {
  const reading: RunEvent = {
    ...BASE,
    event: "migration_progress",
    version: 3,
    name: "a",
    statement: 2,
    statements: 2,
    rows_done: 600_000,
    rows_total: 1_200_000,
    elapsed_ms: 4_000,
    remaining_ms: 3_100,
  };
  const far = follow(STARTED, BEGUN, reading);
  assert.is(far === null ? null : fractionDone(far), 0.375);
  assert.is(
    far === null ? "" : describeStatement(far),
    "Statement 2 of 2, 600,000 of about 1,200,000 rows, 4.0 s, about 4 s left",
  );
  const next = follow(STARTED, BEGUN, reading, DONE);
  assert.is(next === null ? "" : describeStatement(next), "");
  // Status knows the number of the statement alone, and is asked while events come.
  const asked = far === null ? null : joinStatus(far, STATUS);
  assert.equal(asked?.statement, far?.statement);
  const behind = far === null ? null : joinStatus(far, { ...STATUS, run_id: "2" });
  assert.is(behind?.statement, null);
});

progress("counts statements where status tells them", () => {
  const told = joinStatus(null, {
    run_id: "1",
    verb: "rollback",
    dry_run: true,
    started_at: BASE.at,
    started_by: "ada",
    version: 4,
    migrations_done: 1,
    migrations_total: 2,
    statements_done: 1,
    statements_total: 2,
  });
  assert.is(fractionDone(told), 0.75);
  assert.is(describeProgress(told), "Dry run: 004, 1 of 2 done");
});

progress.run();
