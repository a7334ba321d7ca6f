// stepAction(): what can be done from a step of the timeline.

import * as assert from "uvu/assert";
import { stepAction } from "../../../lib/workbench/model/step_action.ts";
import { suite } from "../../support/suite.ts";
import { statusReply } from "./sample.ts";

const action = suite("stepAction()");

const STATUS = statusReply([1, 2, 3], [4, 5]);

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

action.run();
