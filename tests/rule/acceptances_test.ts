// acceptFindings(), unusedAcceptances(): what files accept, and acceptances of nothing.

import * as assert from "uvu/assert";
import { finding, type FindingCode, type FindingLevel } from "../../lib/finding/finding.ts";
import type { Acceptance } from "../../lib/migration/migration.ts";
import {
  acceptancesOf,
  acceptFindings,
  type CheckExtent,
  unusedAcceptances,
} from "../../lib/rule/acceptances.ts";
import { suite } from "../support/suite.ts";
import { linesOf, migration } from "./facts.ts";

const accepting = suite("acceptances");

const subject = { version: 1, name: "x", file: "001_x.sql" };

function accepts(code: FindingCode, about: string | null): Acceptance {
  return { code, about, reason: "so", line: 1 };
}

function found(level: FindingLevel, code: FindingCode, about: string | null = null) {
  return finding(level, code, subject, "It is so", { about });
}

/** The findings as lines, where `001_x.sql` accepts something. */
function accepted(acceptance: Acceptance, candidate: ReturnType<typeof found>): string {
  const acceptances = acceptancesOf([migration(1, { accepts: [acceptance] })]);
  return linesOf(acceptFindings([candidate], acceptances)).join();
}

accepting("an accepted finding is a note that gives the reason", () => {
  const warning = found("WARNING", "drop-column", "t.a");
  assert.is(
    accepted(accepts("drop-column", "T.A"), warning),
    "INFO drop-column 001_x.sql: Accepted, because so: It is so",
  );
  const [first] = acceptFindings(
    [warning],
    acceptancesOf([migration(1, { accepts: [accepts("drop-column", "t.a")] })]),
  );
  assert.is(first?.accepted, "so");
});

accepting("what the whole file is about is accepted without a subject, or by its name", () => {
  for (const about of [null, "001_x.sql"]) {
    assert.match(accepted(accepts("no-down", about), found("WARNING", "no-down")), /^INFO/);
  }
});

accepting("another code, subject or file is not accepted", () => {
  const warning = found("WARNING", "drop-column", "t.a");
  for (const other of [accepts("drop-column", "t"), accepts("drop-table", "t.a")]) {
    assert.match(accepted(other, warning), /^WARNING/);
  }
  const elsewhere = migration(2, { accepts: [accepts("drop-column", "t.a")] });
  assert.equal(acceptFindings([warning], acceptancesOf([elsewhere])), [warning]);
});

accepting("an error of check is accepted, and one that stops a run is not", () => {
  const cases = [
    ["down-loses-values", "INFO"],
    ["incomplete-down", "INFO"],
    ["broken-view", "ERROR"],
    ["checksum-mismatch", "ERROR"],
    ["transaction-control", "ERROR"],
  ] as const;
  for (const [code, level] of cases) {
    const line = accepted(accepts(code, "t"), found("ERROR", code, "t"));
    assert.match(line, new RegExp(`^${level}`), code);
  }
});

/** The unused acceptances, where a check found `candidates`. */
function unused(
  acceptance: Acceptance,
  candidates: readonly ReturnType<typeof found>[],
  extent: CheckExtent = "proven",
): readonly string[] {
  const migrations = [migration(1, { accepts: [acceptance], text: "-- accept" })];
  const findings = acceptFindings(candidates, acceptancesOf(migrations));
  return unusedAcceptances(migrations, findings, extent).map(({ message }) => message);
}

accepting("an acceptance that matches nothing is found", () => {
  assert.equal(unused(accepts("drop-column", "t.a"), [found("WARNING", "drop-column", "t.b")]), [
    'The file accepts "drop-column t.a", which is not found any more; delete the line',
  ]);
  assert.equal(unused(accepts("drop-column", "t.a"), [found("WARNING", "drop-column", "t.a")]), []);
});

accepting("an acceptance of an error that stops a run is found", () => {
  assert.equal(unused(accepts("broken-view", "v"), [found("ERROR", "broken-view", "v")]), [
    'The file accepts "broken-view v", which stops a run and must be mended',
  ]);
});

accepting("what a check did not look for is not judged", () => {
  assert.equal(unused(accepts("down-loses-values", "t.a"), [], "rehearsed"), []);
  assert.is(unused(accepts("down-loses-values", "t.a"), [], "proven").length, 1);
  assert.equal(unused(accepts("lose-values", "t.a"), []), []);
  assert.equal(unused(accepts("drop-table", "t"), [found("ERROR", "syntax-error")]), []);
  assert.equal(unused(accepts("drop-table", "t"), [found("INFO", "not-rehearsed")]), []);
});

accepting.run();
