// hasStatement(): whether a DOWN section holds anything that SQLite would run.

import * as assert from "uvu/assert";
import { hasStatement, skipTrivia } from "../../lib/sqlite/skip_trivia.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const trivia = suite("skip_trivia");

trivia("hasStatement() sees through comments, semicolons and white space", () => {
  for (
    const sql of [
      "",
      " \n\t\f\r",
      "-- DROP TABLE t;",
      "/* DROP */",
      ";;",
      "; -- a\n;/**/",
      "/* open",
    ]
  ) {
    assert.not.ok(hasStatement(sql), sql);
  }
  for (const sql of ["DROP TABLE t", "-- a\nSELECT 1", "/**/x", ";-- a\n;y", "/* a */ /* b */ z"]) {
    assert.ok(hasStatement(sql), sql);
  }
});

trivia("skipTrivia() stops at the first token behind any run of trivia", async () => {
  await forAll(300, (random) => {
    const lead = random.list(
      0,
      8,
      () => random.pick([" ", "\n", "\t", "-- a 'quote\n", "/* b ; */", "/* \n-- */", "--\n"]),
    ).join("");
    assert.is(skipTrivia(`${lead}SELECT -- 1`, 0), lead.length);
  });
});

trivia.run();
