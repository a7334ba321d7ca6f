// The words about a schema.sql that is edited, and what is kept of it.

import * as assert from "uvu/assert";
import type { SchemaFinding } from "../../../lib/browser/comparison.ts";
import { formatKeptSchema, parseKeptSchema } from "../../../lib/workbench/model/kept_schema.ts";
import {
  type ComparedDraft,
  describeSchemaDraft,
  isUpToDate,
  schemaFindings,
} from "../../../lib/workbench/model/schema_words.ts";
import { EMPTY_SCHEMA } from "../../../lib/sqlite/schema.ts";
import { suite } from "../../support/suite.ts";

const words = suite("schema_words");

const DIFFERENT: SchemaFinding = {
  kind: "different",
  text: "",
  effect: { before: EMPTY_SCHEMA, after: EMPTY_SCHEMA, changes: [] },
  questions: [],
  file: { ok: true, value: { file: "002_a.sql", text: "", losses: [] } },
};
const QUESTION = { name: "t.a", candidates: ["t.b"] };
const WRONG: SchemaFinding = { kind: "wrong", message: "no", line: 3, column: 7 };

function compared(found: SchemaFinding, isComparing = false): ComparedDraft {
  return { isComparing, answer: { ok: true, value: { present: "", found } }, shown: DIFFERENT };
}

const CASES: readonly (readonly [string, ComparedDraft, boolean])[] = [
  ["Comparing …", { isComparing: false, answer: null, shown: null }, false],
  ["Comparing …", compared(DIFFERENT, true), false],
  ["0 changes", compared(DIFFERENT), true],
  ["No change", compared({ kind: "same" }), true],
  ["Error in line 3", compared(WRONG), false],
  [
    "1 question to answer",
    compared({
      ...DIFFERENT,
      questions: [{ ...QUESTION, answer: null }, { ...QUESTION, answer: { kind: "dropped" } }],
      file: null,
    }),
    true,
  ],
  [
    "No file can be generated",
    compared({ ...DIFFERENT, file: { ok: false, code: "not-generated", message: "no" } }),
    true,
  ],
  [
    "Not compared",
    { isComparing: false, answer: { ok: false, code: "files", message: "no" }, shown: DIFFERENT },
    false,
  ],
];

for (const [expected, draft, isPresent] of CASES) {
  words(`describeSchemaDraft() says "${expected}" where the answer is ${kindOf(draft)}`, () => {
    assert.is(describeSchemaDraft(draft), expected);
    assert.is(isUpToDate(draft), isPresent);
  });
}

words("schemaFindings() has the error of the text at its position", () => {
  const [finding] = schemaFindings(compared(WRONG).answer);
  assert.equal([finding?.line, finding?.column, finding?.message], [3, 7, "no"]);
  assert.equal(schemaFindings(compared(DIFFERENT).answer), []);
  assert.equal(schemaFindings(null), []);
});

words("what is kept of a draft is read back, and nothing else is", () => {
  const kept = {
    text: "CREATE TABLE t (a);",
    description: "add t",
    renames: new Map(
      [["t.a", { kind: "renamed", to: "t.b" }], ["u", { kind: "dropped" }]] as const,
    ),
  };
  assert.equal(parseKeptSchema(formatKeptSchema(kept)), kept);
  for (const other of ["", "null", "{}", '{"text":1}', '{"text":"","description":""}']) {
    assert.is(parseKeptSchema(other), null);
  }
});

words.run();

function kindOf({ isComparing, answer }: ComparedDraft): string {
  if (isComparing) return "outdated";
  if (answer === null) return "not there";
  return answer.ok ? answer.value.found.kind : "a failure";
}
