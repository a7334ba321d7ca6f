// queryFindings(): what a check and a run say of the statements of a plugin's code.

import * as assert from "uvu/assert";
import { finding } from "../../lib/finding/finding.ts";
import { planStep } from "../../lib/plan/migration_plan.ts";
import type { BrokenQuery, QueryFacts } from "../../lib/rehearsal/query_facts.ts";
import { NO_QUERY_FACTS } from "../../lib/rehearsal/query_facts.ts";
import type { RehearsedStep, StoppedStep } from "../../lib/rehearsal/rehearsal.ts";
import { type QueryExtent, queryFindings } from "../../lib/rule/queries.ts";
import { suite } from "../support/suite.ts";
import { linesOf, migration, rehearsedStep, statement } from "./facts.ts";

const rules = suite("queryFindings");

const PLACE = {
  file: "queries/q.sql",
  position: { line: 4, column: 8 },
  excerpt: { text: "SELECT author FROM quotes", column: 8 },
  statement: "SELECT author FROM quotes",
};
const BROKEN: BrokenQuery = {
  ...PLACE,
  message: "no such column: author",
  uses: ["quotes"],
  mendedBy: null,
};
const STOPPED = { version: 1, name: "x", file: "001_x.sql", reason: "timeout", after: 0 } as const;

function found(
  step: Partial<RehearsedStep>,
  queries: Partial<QueryFacts> = {},
  extent: QueryExtent = "check",
  stopped: readonly StoppedStep[] = [],
): readonly string[] {
  const steps = [planStep(migration(1), "apply")];
  const rehearsal = {
    steps: [rehearsedStep(step)],
    stopped,
    missing: [],
    queries: { ...NO_QUERY_FACTS, ...queries },
  };
  const unread = finding(
    "ERROR",
    "encoding",
    { version: null, name: null, file: "queries/u.sql" },
    "No",
  );
  return linesOf(queryFindings(steps, rehearsal, [unread], extent)).slice(1);
}

rules("a break is named with the statement that dropped the column", () => {
  const sentence = "The statement at queries/q.sql:4:8 no longer works: no such column: author";
  const advice = "keep what it uses until no released code runs it, or accept " +
    '"broken-query queries/q.sql" with its reason';
  const drop = statement({
    sql: "ALTER TABLE quotes DROP COLUMN author",
    alter: { table: "quotes", form: "drop-column" },
  });
  assert.equal(found({ brokenQueries: [BROKEN], statements: [drop] }), [
    `ERROR broken-query 001_x.sql:3: ${sentence}, by the DROP COLUMN on line 3; ${advice}`,
  ]);
  assert.equal(found({ brokenQueries: [BROKEN] }), [
    `ERROR broken-query 001_x.sql: ${sentence}; ${advice}`,
  ]);
});

rules("a rebuild drops the table of a column", () => {
  const drop = statement({ drops: ["Quotes"] });
  const [line = ""] = found({ brokenQueries: [BROKEN], statements: [drop] });
  assert.match(line, "by the DROP TABLE on line 3");
});

rules("a break that is mended is a warning", () => {
  const mendedBy = { version: 2, name: "y", file: "002_y.sql" };
  const [line = ""] = found({ brokenQueries: [{ ...BROKEN, mendedBy }] });
  assert.match(line, /^WARNING broken-query .*until 002_y.sql has run/);
});

rules("a run warns of breaks, and says nothing of statements that work nowhere", () => {
  const failing = [{ ...PLACE, message: "no such table: t", version: 1, isDeclared: false }];
  const unchecked = [{ ...PLACE, reason: "it controls a transaction" }];
  const lines = found({ brokenQueries: [BROKEN] }, { failing, unchecked }, "run");
  assert.equal(lines.map((line) => line.slice(0, 20)), ["WARNING broken-query"]);
});

rules("a statement that works at no version is an error of its file", () => {
  const failing = { ...PLACE, message: "no such table: t", version: 3, isDeclared: false };
  assert.equal(found({}, { failing: [failing] }), [
    "ERROR failing-query queries/q.sql:4: The statement works at no version up to 3: no such " +
    "table: t; correct it, or write the migration that it needs",
  ]);
  assert.match(
    found({}, { failing: [{ ...failing, isDeclared: true }] })[0] ?? "",
    "does not work at version 3, from which on the file says",
  );
});

rules("nothing is proven of statements where a file was not rehearsed to its end", () => {
  const failing = [{ ...PLACE, message: "no such table: t", version: 1, isDeclared: false }];
  assert.equal(found({ complete: false }, { failing }), []);
  assert.equal(found({ brokenQueries: [BROKEN] }, { failing }, "check", [STOPPED]), []);
});

rules.run();
