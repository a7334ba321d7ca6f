// stepAction(): what can be done from a step of the timeline.

import * as assert from "uvu/assert";
import { rehearsedStatus } from "../../../lib/workbench/model/rehearsed_status.ts";
import { applyAll, stepAction } from "../../../lib/workbench/model/step_action.ts";
import { suite } from "../../support/suite.ts";
import { fileReport, filesReport, findingOf, statusReply } from "./sample.ts";

const action = suite("stepAction()");

const STATUS = statusReply([1, 2, 3], [4, 5]);

action("is blocked by an error that the status had no time to find", () => {
  const status = statusReply([], [1, 2, 3], {
    pending_warnings: [{ ...findingOf("not-rehearsed", 2), level: "INFO" }],
  });
  const error = { ...findingOf("sql-error", 2), file: "002_b.sql" };
  const late = { ...findingOf("sql-error", 3), file: "003_c.sql" };
  const report = filesReport(
    fileReport("001_a.sql"),
    fileReport("002_b.sql", { findings: [error] }),
    // The status has rehearsed it on the real schema, where it may be right.
    fileReport("003_c.sql", { findings: [late] }),
  );
  assert.is(applyAll(status).verb, "apply");
  assert.equal(applyAll(rehearsedStatus(status, report)), {
    verb: "none",
    reason: "Blocked by an error in 002_b.sql",
    blocker: "2",
  });
  assert.is(applyAll(rehearsedStatus(statusReply([], [1, 2, 3]), report)).verb, "apply");
});

action("applies every pending migration up to a pending step", () => {
  const planned = stepAction(STATUS, 5);
  assert.is(planned.verb, "apply");
  if (planned.verb === "none") return;
  assert.is(planned.target, 5);
  assert.equal(planned.migrations.map(({ version }) => version), [4, 5]);
});

action("rolls back what stands above an applied step, the newest first", () => {
  const planned = stepAction(STATUS, 1);
  assert.is(planned.verb, "rollback");
  if (planned.verb === "none") return;
  assert.is(planned.target, 1);
  assert.equal(planned.migrations.map(({ version }) => version), [3, 2]);
});

action("goes one step back from where the database is", () => {
  const planned = stepAction(STATUS, 3);
  assert.is(planned.verb, "rollback");
  if (planned.verb === "none") return;
  assert.is(planned.target, 2);
  assert.equal(planned.migrations.map(({ version }) => version), [3]);
});

action("rolls everything back to the beginning", () => {
  const planned = stepAction(STATUS, 0);
  assert.is(planned.verb === "none" ? null : planned.target, 0);
  assert.is(planned.verb === "none" ? null : planned.migrations.length, 3);
});

action("has nothing to do at the beginning of an empty database", () => {
  assert.is(stepAction(statusReply([], [1]), 0).verb, "none");
});

action("does not apply a migration that comes too late, and says the way out", () => {
  const late = stepAction(statusReply([1, 3], [2]), 2);
  assert.is(
    late.verb === "none" ? late.reason : "",
    "Version 3 is applied already; give this file a number above 3",
  );
});

action("a file that is no migration is not applied, whatever is pending below it", () => {
  const unreadable = stepAction(statusReply([], [1]), 2);
  assert.match(unreadable.verb === "none" ? unreadable.reason : "", "cannot be read");
  const unnamed = stepAction(statusReply([], [1]), null);
  assert.match(unnamed.verb === "none" ? unnamed.reason : "", "no version");
});

action("is blocked by an error up to its target, and by none of a later file", () => {
  const error = findingOf("sql-error", 3);
  const status = statusReply([1], [2, 3, 4], { pending_warnings: [error] });
  assert.is(stepAction(status, 2).verb, "apply");
  for (const blocked of [stepAction(status, 3), stepAction(status, 4), applyAll(status)]) {
    assert.equal(blocked, {
      verb: "none",
      reason: "Blocked by an error in 003_step_3.sql",
      blocker: "3",
    });
  }
});

action("is blocked by an applied file that changed, and by one without a version", () => {
  const changed = findingOf("checksum-mismatch", 1, { category: "checksum" });
  const drifted = stepAction(statusReply([1], [2], { checksum_warnings: [changed] }), 2);
  assert.is(drifted.verb === "none" && drifted.blocker, "1");
  const unnamed = findingOf("file-name", null, { file: "notes.sql" });
  const stray = stepAction(statusReply([1], [2], { pending_warnings: [unnamed] }), 2);
  assert.is(stray.verb === "none" && stray.blocker, "notes.sql");
  const general = findingOf("no-migrations", null, { message: "there are none" });
  const nowhere = stepAction(statusReply([1], [2], { pending_warnings: [general] }), 2);
  assert.equal(nowhere, { verb: "none", reason: "Blocked: there are none", blocker: null });
  const warning = findingOf("drop-table", 2, { level: "WARNING" });
  assert.is(stepAction(statusReply([1], [2], { pending_warnings: [warning] }), 2).verb, "apply");
});

action("a rollback is not blocked by the errors of files", () => {
  const changed = findingOf("checksum-mismatch", 1, { category: "checksum" });
  const status = statusReply([1, 2], [], { checksum_warnings: [changed] });
  assert.is(stepAction(status, 1).verb, "rollback");
});

action("applyAll() applies everything that is pending", () => {
  const planned = applyAll(STATUS);
  assert.ok(planned.verb === "apply");
  assert.is(planned.target, 5);
  assert.equal(planned.migrations.map(({ version }) => version), [4, 5]);
  assert.is(applyAll(statusReply([1], [])).verb, "none");
});

action.run();
