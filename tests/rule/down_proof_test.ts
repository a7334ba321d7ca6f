// downProofFindings(), withLiveProof(): what the trial of a file on rows has shown.

import * as assert from "uvu/assert";
import type { FileProof, RowDifference, StateDifference } from "../../lib/proof/proof.ts";
import { acceptancesOf, acceptFindings, unusedAcceptances } from "../../lib/rule/acceptances.ts";
import { downProofFindings, withLiveProof } from "../../lib/rule/down_proof.ts";
import { suite } from "../support/suite.ts";
import { linesOf, migration } from "./facts.ts";

const proving = suite("down proof");

const SAME: StateDifference = { objects: [], lost: [], added: [], unread: [] };

function proof(facts: Partial<FileProof> = {}): FileProof {
  return {
    version: 1,
    name: "x",
    file: "001_x.sql",
    rows: "made-up",
    unfilled: [],
    failsOnOthers: null,
    end: { kind: "completed", afterDown: SAME, afterSecondUp: SAME },
    ...facts,
  };
}

function afterDown(difference: Partial<StateDifference>, facts: Partial<FileProof> = {}) {
  const down = { ...SAME, ...difference };
  return proof({ end: { kind: "completed", afterDown: down, afterSecondUp: SAME }, ...facts });
}

function values(column: string): RowDifference {
  return {
    table: "t",
    column,
    count: 2,
    example: {
      kind: "values",
      table: "t",
      column,
      key: ["id"],
      values: [{
        key: [{ type: "integer", text: "7" }],
        before: { type: "text", text: "Ada" },
        after: { type: "null", text: "NULL" },
      }],
    },
  };
}

const codesOf = (proofs: readonly FileProof[]): readonly string[] =>
  downProofFindings(proofs).map(({ level, code, about }) => `${level} ${code} ${about}`);

proving("a file that leads back has no findings", () => {
  assert.equal(downProofFindings([proof()]), []);
});

proving("a value that DOWN does not bring back is named with its row", () => {
  assert.equal(linesOf(downProofFindings([afterDown({ lost: [values("author")] })])), [
    'ERROR down-loses-values 001_x.sql: UP and DOWN of 001_x.sql lose values of "author" of ' +
    "\"t\", such as 'Ada' where id = 7 (now NULL); keep them where DOWN finds them, or accept " +
    "the loss of t.author with its reason",
  ]);
});

proving("values of live rows are counted", () => {
  const [line = ""] = linesOf(
    downProofFindings([afterDown({ lost: [values("a")] }, { rows: "live" })]),
  );
  assert.match(line, 'lose 2 values of "a" of "t"');
});

proving("what DOWN leaves or changes is a difference, and another order a warning", () => {
  const object = { object: "table", name: "t", column: null, detail: null } as const;
  assert.equal(
    codesOf([afterDown({
      added: [{ table: "t", column: null, count: 1, example: null }, values("author")],
      lost: [values("author")],
      objects: [
        { ...object, kind: "order" },
        { ...object, column: "a", kind: "altered", detail: "type TEXT to INTEGER" },
      ],
    })]),
    [
      "ERROR down-loses-values t.author",
      "WARNING down-differs t",
      "ERROR down-differs t.a",
      "ERROR down-differs t",
    ],
  );
});

proving("a second UP is compared only where DOWN led back", () => {
  const again = { ...SAME, lost: [values("a")] };
  const ends = (down: StateDifference) =>
    codesOf([proof({ end: { kind: "completed", afterDown: down, afterSecondUp: again } })]);
  assert.equal(ends(SAME), ["WARNING up-not-repeatable t.a"]);
  assert.equal(ends({ ...SAME, lost: [values("b")] }), ["ERROR down-loses-values t.b"]);
});

proving("a step that fails on rows is an error, a first UP on made-up rows a warning", () => {
  const message = "no";
  assert.equal(codesOf([proof({ end: { kind: "up-failed", message, violations: [] } })]), [
    "WARNING unproven-down null",
  ]);
  assert.equal(
    codesOf([proof({ rows: "live", end: { kind: "up-failed", message, violations: [] } })]),
    [
      "ERROR unproven-down null",
    ],
  );
  assert.equal(codesOf([proof({ end: { kind: "down-failed", message } })]), [
    "ERROR down-differs null",
  ]);
  assert.equal(
    codesOf([proof({ end: { kind: "second-up-failed", message, afterDown: SAME } })]),
    ["ERROR up-not-repeatable null"],
  );
});

proving("a table without a row is not passed over, nor what DOWN makes up for it", () => {
  const unfilled = [{ table: "t", message: "CHECK constraint failed: a" }];
  const added = [{ table: "t", column: null, count: 1, example: null }];
  assert.equal(codesOf([afterDown({ added }, { unfilled })]), ["WARNING unproven-down t"]);
});

proving("a proof on live rows settles what made-up rows left open", () => {
  const accepting = migration(1, {
    accepts: [{ code: "down-loses-values", about: "t.a", reason: "so", line: 1 }],
  });
  const acceptances = acceptancesOf([accepting]);
  const open = proof({ end: { kind: "up-failed", message: "no", violations: [] } });
  const findings = acceptFindings(downProofFindings([open]), acceptances);
  const alone = [...findings, ...unusedAcceptances([accepting], findings, "proven")];
  assert.equal(alone.map(({ code }) => code), ["unproven-down", "unused-acceptance"]);
  const live = acceptFindings(
    downProofFindings([afterDown({ lost: [values("a")] }, { rows: "live" })]),
    acceptances,
  );
  const joined = withLiveProof(alone, { tried: [1], findings: live });
  assert.equal(joined.map(({ level, code }) => `${level} ${code}`), ["INFO down-loses-values"]);
  assert.equal(withLiveProof(alone, { tried: [], findings: [] }), alone);
});

proving("an acceptance of the whole file that live rows use is not unused", () => {
  const accepting = migration(1, {
    accepts: [{ code: "down-differs", about: "001_x.sql", reason: "so", line: 1 }],
  });
  const acceptances = acceptancesOf([accepting]);
  const open = proof({ end: { kind: "up-failed", message: "no", violations: [] } });
  const findings = acceptFindings(downProofFindings([open]), acceptances);
  const alone = [...findings, ...unusedAcceptances([accepting], findings, "proven")];
  const live = acceptFindings(
    downProofFindings([proof({ rows: "live", end: { kind: "down-failed", message: "no" } })]),
    acceptances,
  );
  assert.equal(live.map(({ accepted }) => accepted), ["so"]);
  const joined = withLiveProof(alone, { tried: [1], findings: live });
  assert.equal(joined.map(({ code }) => code), ["down-differs"]);
});

proving.run();
