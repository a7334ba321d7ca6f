// describeWrite(): what a statement would do, in words.

import * as assert from "uvu/assert";
import type { DataWrite } from "../../../lib/browser/sandbox.ts";
import { describeWrite } from "../../../lib/workbench/model/write_words.ts";
import { suite } from "../../support/suite.ts";

const words = suite("describeWrite()");

const DELETE: DataWrite = {
  table: "log",
  actions: ["delete"],
  furtherChanges: 0,
  overwrites: true,
};

const CASES: readonly (readonly [string, DataWrite, number])[] = [
  ["delete 99,991 rows of log", DELETE, 99_991],
  ["change 1 row of log", { ...DELETE, actions: ["update"] }, 1],
  ["insert 2 rows of log", { ...DELETE, actions: ["insert"], overwrites: false }, 2],
  ["insert or replace 2 rows of log", { ...DELETE, actions: ["insert"] }, 2],
  ["insert or change 3 rows of log", { ...DELETE, actions: ["insert", "update"] }, 3],
  [
    "delete 1 row of log, and 12 rows by triggers or foreign keys",
    { ...DELETE, furtherChanges: 12 },
    1,
  ],
];

for (const [expected, write, changes] of CASES) {
  words(`says "${expected}"`, () => assert.is(describeWrite(write, changes), expected));
}

words.run();
