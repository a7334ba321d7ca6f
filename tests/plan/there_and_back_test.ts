// thereAndBack(), uniqueVersions(): the steps that try files by themselves.

import * as assert from "uvu/assert";
import { thereAndBack, uniqueVersions } from "../../lib/plan/there_and_back.ts";
import { migration } from "../rule/facts.ts";
import { suite } from "../support/suite.ts";

const trials = suite("there_and_back");

const NO_DOWN = { down: { sql: "-- none", line: 4 } };

trials("thereAndBack() tries UP, DOWN and UP, or UP alone where there is no DOWN", () => {
  const steps = thereAndBack([migration(1), migration(2, NO_DOWN)]);
  assert.equal(steps.map(({ direction, version }) => `${direction} ${version}`), [
    "apply 1",
    "rollback 1",
    "apply 1",
    "apply 2",
  ]);
});

trials("thereAndBack() only applies the files beside the one that is named", () => {
  const steps = thereAndBack([migration(1), migration(2)], "002_x.sql");
  assert.equal(steps.map(({ version }) => version), [1, 2, 2, 2]);
});

trials("uniqueVersions() keeps the first file of a version", () => {
  const migrations = [migration(1), migration(2), migration(2, { name: "other" }), migration(3)];
  assert.equal(uniqueVersions(migrations).map(({ name, version }) => `${version} ${name}`), [
    "1 x",
    "2 x",
    "3 x",
  ]);
});

trials.run();
