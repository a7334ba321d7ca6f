// The grammar of file names, both ways.

import * as assert from "uvu/assert";
import {
  fileNameProblem,
  formatFileName,
  isSqlFile,
  parseFileName,
} from "../../lib/migration/file_name.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const names = suite("file names");

names("parseFileName() reads what formatFileName() writes", async () => {
  await forAll(500, (random) => {
    const name = random.list(1, 12, () => random.pick(["a", "z", "0", "9", "_", "tags"])).join("");
    const version = random.chance(50) ? random.integer(1, 1500) : random.integer(1, 2 ** 52);
    assert.equal(parseFileName(formatFileName({ version, name })), { version, name });
  });
});

names("a version up to 2^53 - 1 is read, and a greater one is named as such", () => {
  assert.is(parseFileName("9007199254740991_a.sql")?.version, 2 ** 53 - 1);
  for (const file of ["9007199254740992_a.sql", `${"9".repeat(200)}_a.sql`]) {
    assert.is(parseFileName(file), null);
    assert.match(fileNameProblem(file), `The version of ${file} is greater than 9007199254740991`);
  }
  assert.match(fileNameProblem("000_a.sql"), "three or more digits from 001");
});

names("formatFileName() pads to three digits", () => {
  assert.is(formatFileName({ version: 7, name: "add_tags" }), "007_add_tags.sql");
  assert.is(formatFileName({ version: 1234, name: "a" }), "1234_a.sql");
});

names(
  "isSqlFile() notices files that claim to be SQL in any case, so that none is passed over",
  () => {
    assert.equal(["a.sql", "A.SQL", "b.Sql", "a.sql~", "README.md", "sql"].map(isSqlFile), [
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  },
);

names.run();
