// clippedMessage(), clippedAround(): texts that are too long for a message.

import * as assert from "uvu/assert";
import { clippedAround, clippedMessage } from "../lib/clipped_text.ts";
import { suite } from "./support/suite.ts";

const clipped = suite("clipped text");

clipped("clippedMessage() keeps the begin and the end", () => {
  assert.is(clippedMessage("x".repeat(1_000)), "x".repeat(1_000));
  assert.is(
    clippedMessage(`near "${"x".repeat(5_000)}": syntax error`),
    `near "${"x".repeat(494)} ... (4021 more characters) ... ${"x".repeat(485)}": syntax error`,
  );
});

clipped("clippedAround() keeps the begin of a text where the place is near it", () => {
  assert.is(clippedAround("abcdef", 3, 4), "abcd ... (2 more characters)");
  assert.is(clippedAround("abcdef", 3, 6), "abcdef");
});

clipped("clippedAround() says how much is missing on either side", () => {
  assert.is(
    clippedAround("abcdefghij", 6, 4),
    "(4 characters before) ... efgh ... (2 more characters)",
  );
  assert.is(clippedAround("abcdefghij", 9, 4), "(6 characters before) ... ghij");
});

clipped("clippedAround() cuts no character into halves", () => {
  assert.ok(clippedAround("🐦🐦🐦🐦", 0, 3).isWellFormed());
});

clipped.run();
