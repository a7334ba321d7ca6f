// deriveTimeline(): what a status reply and a report on the files come to.

import * as assert from "uvu/assert";
import { deriveTimeline } from "../../../lib/workbench/model/timeline.ts";
import { suite } from "../../support/suite.ts";
import { changeOf, fileReport, filesReport, findingOf, statusReply } from "./sample.ts";
import { EMPTY_SCHEMA } from "../../../lib/sqlite/schema.ts";

const timeline = suite("deriveTimeline()");

const ONE = fileReport("001_step_1.sql");
const TWO = fileReport("002_step_2.sql");
const THREE = fileReport("003_step_3.sql");

timeline("tells what is applied from what is pending, and where the database is", () => {
  const steps = deriveTimeline(statusReply([1, 2], [3]), filesReport(ONE, TWO, THREE));
  assert.equal(steps.map(({ state }) => state), ["applied", "applied", "pending"]);
  assert.equal(steps.map(({ isCurrent }) => isCurrent), [false, true, false]);
  assert.equal(steps[1]?.run, { at: "2026-01-02T08:00:00.000Z", by: "ada", durationMs: 12 });
  assert.is(steps[2]?.run, null);
});

timeline("says why a migration failed, when and for whom", () => {
  const failed = {
    version: 2,
    name: "step_2",
    error_message: "no such table: votes",
    applied_at: "2026-01-05T08:00:00.000Z",
    applied_by: "noor",
  };
  const status = statusReply([1], [2], { failed_migrations: [failed] });
  const [, step] = deriveTimeline(status, filesReport(ONE, TWO));
  assert.is(step?.state, "failed");
  assert.is(step?.error, "no such table: votes");
  assert.is(step?.run?.by, "noor");
  assert.not.ok(step?.isApplied);
});

timeline("marks an applied file that changed", () => {
  const checksum_warnings = [findingOf("checksum-mismatch", 1)];
  const [step] = deriveTimeline(statusReply([1], [], { checksum_warnings }), filesReport(ONE));
  assert.is(step?.state, "changed");
  assert.ok(step?.isApplied);
});

timeline("keeps an applied migration whose file is gone, at its place", () => {
  const pending_warnings = [findingOf("missing-file", 2)];
  const status = statusReply([1, 2, 3], [], { pending_warnings });
  const steps = deriveTimeline(status, filesReport(ONE, THREE));
  assert.equal(steps.map(({ state }) => state), ["applied", "missing", "applied"]);
  assert.is(steps[1]?.report, null);
  assert.is(steps[1]?.findings.length, 1);
});

timeline("marks a pending file that is older than the database", () => {
  const pending_warnings = [findingOf("late-migration", 2)];
  const status = statusReply([1, 3], [2], { pending_warnings });
  const steps = deriveTimeline(status, filesReport(ONE, TWO, THREE));
  assert.equal(steps.map(({ state }) => state), ["applied", "late", "applied"]);
});

timeline("puts files without a version last, each under its own name", () => {
  const bad = fileReport("notes.sql", { checksum: null });
  const steps = deriveTimeline(statusReply([], [1]), filesReport(bad, ONE));
  assert.equal(steps.map(({ key, state }) => [key, state]), [["1", "pending"], [
    "notes.sql",
    "invalid",
  ]]);
});

timeline("gives two files with one version keys of their own", () => {
  const other = fileReport("001_other.sql");
  const keys = deriveTimeline(statusReply([], [1]), filesReport(ONE, other)).map(({ key }) => key);
  assert.is(new Set(keys).size, 2);
});

timeline("prefers what status counted to what the rehearsal of the files foresees", () => {
  const counted = findingOf("drop-column", 1, { line: 4, message: "with 6 values" });
  const foreseen = findingOf("drop-column", 1, { line: 4, message: "without a count" });
  const other = findingOf("no-down", 1, { level: "WARNING" });
  const status = statusReply([], [1], { pending_warnings: [counted] });
  const report = filesReport(fileReport("001_step_1.sql", { findings: [other, foreseen] }));
  const [step] = deriveTimeline(status, report);
  assert.equal(step?.findings, [counted, other]);
});

timeline("shows what a file changes", () => {
  const changes = [changeOf("added", "table", "notes")];
  const effect = { before: EMPTY_SCHEMA, after: EMPTY_SCHEMA, changes };
  const [step] = deriveTimeline(null, filesReport(fileReport("001_step_1.sql", { effect })));
  assert.equal(step?.changes, changes);
});

timeline("names the files from status while the report is not there yet", () => {
  const steps = deriveTimeline(statusReply([1], [2]), null);
  assert.equal(steps.map(({ file, state }) => [file, state]), [
    ["001_step_1.sql", "applied"],
    ["002_step_2.sql", "pending"],
  ]);
});

timeline.run();
