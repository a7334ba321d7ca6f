// subjectOf(), detailOf(): what a finding is about.

import * as assert from "uvu/assert";
import { detailOf, subjectOf } from "../../lib/finding/subject_of.ts";
import { suite } from "../support/suite.ts";

const subjects = suite("subject_of");

const position = { line: 3, column: 1 };

subjects("subjectOf() keeps the fields of a subject alone", () => {
  const step = { version: 1, name: "x", file: "001_x.sql", sql: "SELECT 1;" };
  assert.equal(subjectOf(step), { version: 1, name: "x", file: "001_x.sql" });
});

subjects("detailOf() clips a statement of more than 2,000 characters", () => {
  const detail = (sql: string) => detailOf({ sql, position, excerpt: "line" });
  const longest = "x".repeat(2_000);
  assert.equal(detail(longest), { position, excerpt: "line", statement: longest });
  assert.is(detail(`${longest}yz`).statement, `${longest} ... (2 more characters)`);
});

subjects.run();
