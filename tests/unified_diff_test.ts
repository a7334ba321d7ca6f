// unifiedDiff(): what `patch` makes the second text of.

import * as assert from "uvu/assert";
import { unifiedDiff } from "../lib/unified_diff.ts";
import { forAll } from "./support/random.ts";
import { suite } from "./support/suite.ts";

const diffs = suite("unified diff");

const NAMES = { before: "a", after: "b" };

diffs("equal texts have none", () => {
  assert.is(unifiedDiff("one\n", "one\n", NAMES), "");
});

diffs("a change is shown with three lines around it", () => {
  const before = "1\n2\n3\n4\n5\n6\n7\n8\n";
  assert.is(
    unifiedDiff(before, before.replace("5", "five"), NAMES),
    "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n",
  );
});

diffs("from and to nothing", () => {
  assert.is(unifiedDiff("", "x\n", NAMES), "--- a\n+++ b\n@@ -0,0 +1,1 @@\n+x\n");
  assert.is(unifiedDiff("x\n", "", NAMES), "--- a\n+++ b\n@@ -1,1 +0,0 @@\n-x\n");
});

diffs("texts that have too little in common are shown whole, as what was and what is", () => {
  const text = (word: string): string =>
    Array.from({ length: 3_000 }, (_, at) => `${word} ${at}\n`).join("");
  const lines = unifiedDiff(text("a"), text("b"), NAMES).split("\n");
  assert.equal(lines.slice(0, 4), ["--- a", "+++ b", "@@ -1,3000 +1,3000 @@", "-a 0"]);
  assert.is(lines.at(-2), "+b 2999");
  assert.is(lines.length, 6_004);
});

diffs("the lines of each side follow each other in its text", async () => {
  await forAll(200, (random) => {
    const draw = (): string =>
      Array.from(
        { length: random.integer(0, 12) },
        () => `${random.pick(["a", "b", "-c", "+", ""])}\n`,
      )
        .join("");
    const [before, after] = [draw(), draw()];
    const hunks = unifiedDiff(before, after, NAMES).split("\n").slice(2, -1)
      .filter((line) => !line.startsWith("@@"));
    const side = (signs: string): string =>
      hunks.filter((line) => signs.includes(line[0] ?? "")).map((line) => `${line.slice(1)}\n`)
        .join("");
    // With so few lines between changes, the context is everything but equal ends.
    assert.ok(before.includes(side(" -")) && after.includes(side(" +")));
    if (before !== after) assert.ok(hunks.some((line) => !line.startsWith(" ")));
  });
});

diffs.run();
