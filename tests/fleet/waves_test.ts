// The pure plan of a rollout: waves, and what halts them.

import * as assert from "uvu/assert";
import { type FailureLimit, passedLimit } from "../../lib/fleet/limits.ts";
import { type CountedOutcome, tallyOf } from "../../lib/fleet/tally.ts";
import { divide, parseWaves } from "../../lib/fleet/waves.ts";
import { forAll } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const waves = suite("waves of a rollout");

const SIZES: readonly (readonly [ends: string, databases: number, sizes: readonly number[]])[] = [
  ["100%", 3, [3]],
  ["100%", 0, []],
  ["1,10%,100%", 1_000, [1, 99, 900]],
  // A tenth of five is one, which is done already.
  ["1,10%,100%", 5, [1, 4]],
  ["1,10%,100%", 1, [1]],
  ["10%,5,100%", 100, [10, 90]],
  ["2,50%,100%", 7, [2, 2, 3]],
  ["1%,100%", 250, [3, 247]],
  ["500,100%", 20, [20]],
];

for (const [ends, databases, sizes] of SIZES) {
  waves(`${ends} of ${databases}`, () => {
    assert.equal(divided(ends, databases).map(({ length }) => length), sizes);
  });
}

for (
  const text of [
    "",
    "1",
    "1,10%",
    "0,100%",
    "101%",
    "50%,10%,100%",
    "5,5,100%",
    "100%,100%",
    "-1,100%",
    "1, 100%",
  ]
) {
  waves(`"${text}" is refused`, () => {
    const parsed = parseWaves(text);
    assert.match(parsed.ok ? "" : parsed.message, "end with 100%");
  });
}

waves("every database is in one wave, in order", () =>
  forAll(300, (random) => {
    const counts = [...new Set(random.list(0, 3, () => random.integer(1, 50)))];
    const shares = [...new Set(random.list(0, 3, () => random.integer(1, 99)))];
    const ends = random.shuffled([
      ...counts.toSorted((one, other) => one - other).map(String).slice(0, 1),
      ...shares.slice(0, 1).map((share) => `${share}%`),
    ]);
    const databases = random.integer(0, 200);
    const all = divided([...ends, "100%"].join(","), databases);
    assert.equal(all.flat(), Array.from({ length: databases }, (_, index) => index));
    assert.ok(all.every((wave) => wave.length > 0));
  }));

const LIMITS: readonly (readonly [FailureLimit, number | null, string | null])[] = [
  [0, null, "3 databases failed, and max_failures allows 0"],
  [2, null, "3 databases failed, and max_failures allows 2"],
  [3, null, null],
  // A share is rounded down.
  ["2%", null, "3 databases failed, and max_failures allows 2%"],
  ["3%", null, null],
  [3, 6, "7 rows would be lost, and max_rows_lost allows 6"],
  [3, 7, null],
];

for (const [maxFailures, maxRowsLost, expected] of LIMITS) {
  waves(`3 failures of 100 and 7 rows, at most ${maxFailures} and ${maxRowsLost}`, () => {
    const tally = { failed: 3, rowsLost: 7 };
    assert.is(passedLimit(tally, { maxFailures, maxRowsLost }, 100)?.message ?? null, expected);
  });
}

waves("outcomes are counted", () => {
  const migrated = (migrations: number, rowsLost: number): CountedOutcome => ({
    kind: "migrated",
    migrations,
    rowsLost,
  });
  assert.equal(tallyOf([migrated(2, 3), { kind: "failed" }, migrated(0, 0), migrated(1, 4)]), {
    databases: 4,
    applied: 2,
    unchanged: 1,
    failed: 1,
    rowsLost: 7,
  });
});

waves.run();

function divided(ends: string, databases: number): readonly (readonly number[])[] {
  const parsed = parseWaves(ends);
  if (!parsed.ok) throw new Error(parsed.message);
  return divide(Array.from({ length: databases }, (_, index) => index), parsed.value);
}
