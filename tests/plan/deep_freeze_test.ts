// deepFreeze(): nothing in a plan can be changed.

import * as assert from "uvu/assert";
import { deepFreeze } from "../../lib/plan/deep_freeze.ts";
import { forAll, type Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const freezing = suite("deepFreeze()");

freezing("freezes every object and array in any plain data and changes no value", async () => {
  await forAll(200, (random) => {
    const value = randomValue(random, 4);
    const copy = structuredClone(value);
    assert.is(deepFreeze(value), value);
    assert.equal(value, copy);
    assertFrozen(value);
  });
});

freezing("makes a write an error", () => {
  const plan = deepFreeze({ steps: [{ sql: "SELECT 1" }] });
  assert.throws(() => {
    Object.assign(plan.steps[0] ?? {}, { sql: "DROP TABLE t" });
  }, TypeError);
  assert.throws(() => plan.steps.push({ sql: "" }), TypeError);
});

function assertFrozen(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  assert.ok(Object.isFrozen(value));
  for (const part of Object.values(value)) assertFrozen(part);
}

function randomValue(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(30)) return random.pick([1, "a", true, null, 2.5]);
  return random.chance(50)
    ? random.list(0, 4, () => randomValue(random, depth - 1))
    : Object.fromEntries(
      random.list(0, 4, (index) => [`key${index}`, randomValue(random, depth - 1)]),
    );
}

freezing.run();
