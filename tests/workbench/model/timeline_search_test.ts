// findSteps() and nextStep(): steps of a long timeline, by words and by kind.

import * as assert from "uvu/assert";
import { deriveTimeline, type TimelineStep } from "../../../lib/workbench/model/timeline.ts";
import {
  findSteps,
  hasError,
  isPending,
  nextStep,
} from "../../../lib/workbench/model/timeline_search.ts";
import { suite } from "../../support/suite.ts";
import { fileReport, filesReport, findingOf, statusReply } from "./sample.ts";

const search = suite("timeline search");

const STEPS = deriveTimeline(
  statusReply([1, 2], [3, 4]),
  filesReport(
    fileReport("001_create_quotes.sql"),
    fileReport("002_create_tags.sql"),
    fileReport("003_tag_quotes.sql"),
    fileReport("004_drop_tags.sql", { findings: [findingOf("sql-error", 4)] }),
  ),
);

function keys(steps: readonly TimelineStep[]): readonly string[] {
  return steps.map(({ key }) => key);
}

for (
  const [query, expected] of [
    ["", ["1", "2", "3", "4"]],
    ["  ", ["1", "2", "3", "4"]],
    ["create", ["1", "2"]],
    ["TAG quotes", ["3"]],
    ["002", ["2"]],
    ["pending drop", ["4"]],
    ["create_tags.sql", ["2"]],
    ["authors", []],
  ] as const
) {
  search(`findSteps() finds ${expected.length} steps by "${query}"`, () => {
    assert.equal(keys(findSteps(STEPS, query)), [...expected]);
  });
}

search("nextStep() goes round, and finds the step itself last", () => {
  assert.is(nextStep(STEPS, "1", isPending)?.key, "3");
  assert.is(nextStep(STEPS, "3", isPending)?.key, "4");
  assert.is(nextStep(STEPS, "4", isPending)?.key, "3");
  assert.is(nextStep(STEPS, "0", isPending)?.key, "3");
  assert.is(nextStep(STEPS, "4", hasError)?.key, "4");
  assert.is(nextStep(STEPS, "1", () => false), null);
});

search("hasError() says so of a finding, and of the last attempt", () => {
  assert.equal(STEPS.map(hasError), [false, false, false, true]);
  const [, second] = STEPS;
  assert.is(second !== undefined && hasError({ ...second, error: "it failed" }), true);
});

search.run();
