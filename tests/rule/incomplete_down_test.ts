// incompleteDownFindings(): a DOWN that does not undo its UP.

import * as assert from "uvu/assert";
import type { RehearsedStep } from "../../lib/rehearsal/rehearsal.ts";
import { incompleteDownFindings } from "../../lib/rule/incomplete_down.ts";
import type { SchemaChange } from "../../lib/sqlite/schema_diff.ts";
import { suite } from "../support/suite.ts";
import { linesOf, rehearsedStep, statement } from "./facts.ts";

const downs = suite("incomplete_down");

function change(
  kind: SchemaChange["change"],
  object: SchemaChange["object"],
  name: string,
  table: string | null = null,
): SchemaChange {
  return { change: kind, object, table, name, detail: null };
}

const up = (...changes: readonly SchemaChange[]): RehearsedStep => rehearsedStep({ changes });
const down = (...changes: readonly SchemaChange[]): RehearsedStep =>
  rehearsedStep({ direction: "rollback", changes });
const refused = rehearsedStep({
  complete: false,
  statements: [
    statement({
      problems: [{ kind: "sql", message: "table t already exists" }],
    }),
  ],
});

const WARNING = "WARNING incomplete-down 001_x.sql: ";
const CASES: readonly (readonly [string, readonly RehearsedStep[], readonly string[]])[] = [
  ["no steps", [], []],
  ["a migration without a DOWN", [up(change("added", "table", "t"))], []],
  [
    "a DOWN that undoes everything",
    [
      up(change("added", "table", "t"), change("removed", "column", "c", "u")),
      down(change("removed", "table", "t"), change("added", "column", "c", "u")),
      up(change("added", "table", "t")),
    ],
    [],
  ],
  [
    "a table that DOWN leaves",
    [up(change("added", "table", "t")), down()],
    [`${WARNING}DOWN does not drop the table "t", which UP creates; drop it in DOWN`],
  ],
  [
    "a column that DOWN does not create",
    [up(change("removed", "column", "c", "t")), down()],
    [`${WARNING}DOWN does not restore the column "t.c", which UP drops; create it in DOWN`],
  ],
  [
    "an index of the same name on another table",
    [up(change("added", "index", "i", "t")), down(change("removed", "index", "i", "u"))],
    [`${WARNING}DOWN does not drop the index "t.i", which UP creates; drop it in DOWN`],
  ],
  [
    "an altered and a renamed table",
    [up(change("altered", "table", "t"), change("renamed", "table", "u")), down()],
    [],
  ],
  [
    "a column of a table that UP renames and DOWN gives its name back",
    [
      { ...up(change("removed", "column", "c", "u")), renamed: [{ was: "t", name: "u" }] },
      down(change("added", "column", "c", "t")),
    ],
    [],
  ],
  [
    "a DOWN that could not be rehearsed to its end",
    [up(change("added", "table", "t")), { ...down(), complete: false }],
    [],
  ],
  [
    "an UP that fails after its DOWN",
    [up(), down(), refused],
    [
      "ERROR incomplete-down 001_x.sql: 001_x.sql cannot be applied again after its DOWN: " +
      "table t already exists; make DOWN undo all of UP",
    ],
  ],
  [
    "the UP of the next migration that fails",
    [up(), down(), { ...refused, version: 2, name: "y", file: "002_y.sql" }],
    [],
  ],
];

for (const [name, steps, expected] of CASES) {
  downs(`incompleteDownFindings(): ${name}`, () => {
    assert.equal(linesOf(incompleteDownFindings(steps)), expected);
  });
}

downs.run();
