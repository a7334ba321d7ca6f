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

subjects("detailOf() keeps the fields of a place alone", () => {
  const place = { position, excerpt: { text: "line", column: 1 }, statement: "SELECT 1;" };
  const statement = { ...place, sql: "SELECT 1;" };
  assert.equal(detailOf(statement), place);
});

subjects.run();
