// completePlan(): the hash that says what was reviewed, and that nobody changes afterwards.

import * as assert from "uvu/assert";
import type { Migration } from "../../lib/migration/migration.ts";
import type { HistoryStatus } from "../../lib/plan/history.ts";
import {
  completePlan,
  hashOf,
  historyDigest,
  isIntact,
  type MigrationPlan,
  type PlanStep,
  planStep,
} from "../../lib/plan/migration_plan.ts";
import { forAll, type Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const planning = suite("migration plan");

type Draft = Omit<MigrationPlan, "hash">;

function randomStep(random: Random, version: number): PlanStep {
  return {
    direction: "apply",
    version,
    name: random.pick(["create", "add_tags", "z"]),
    file: `${version}.sql`,
    checksum: random.integer(0, 2 ** 31).toString(16),
    foreignKeys: null,
    requires: random.chance(50) ? null : [3, random.integer(0, 54), 0],
    sql: random.pick(["SELECT 1;", "SELECT 'é';", ""]),
    line: random.integer(1, 9),
  };
}

function randomDraft(random: Random): Draft {
  return {
    plugin: random.pick(["quotes", "trivia"]),
    direction: "apply",
    from: 0,
    to: 3,
    base: { history: "h", schema: "s" },
    steps: random.list(1, 4, (index) => randomStep(random, index + 1)),
  };
}

/** The same value with the keys of every object in another order. */
function reordered(random: Random, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => reordered(random, each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    random.shuffled(Object.entries(value)).map(([key, each]) => [key, reordered(random, each)]),
  );
}

planning("planStep() takes the SQL and the line of the section that runs", () => {
  const migration: Migration = {
    version: 2,
    name: "add_tags",
    file: "002_add_tags.sql",
    checksum: "c",
    foreignKeys: null,
    accepts: [],
    text: "",
    requires: [3, 35, 0],
    up: { sql: "CREATE TABLE tags (a);", line: 2 },
    down: { sql: "DROP TABLE tags;", line: 5 },
  };
  const { up, down, text: _text, accepts: _accepts, ...shared } = migration;
  assert.equal(planStep(migration, "apply"), { ...shared, direction: "apply", ...up });
  assert.equal(planStep(migration, "rollback"), { ...shared, direction: "rollback", ...down });
});

planning("hashOf() does not depend on the order of keys", async () => {
  await forAll(200, async (random) => {
    const draft = randomDraft(random);
    assert.is(await hashOf(reordered(random, draft)), await hashOf(draft));
  });
});

planning("the hash changes with every part of the plan and of every step", async () => {
  await forAll(100, async (random) => {
    const draft = randomDraft(random);
    const { hash } = await completePlan(draft);
    assert.match(hash, /^[0-9a-f]{64}$/);
    const at = random.integer(0, draft.steps.length - 1);
    const withStep = (change: Partial<PlanStep>): Draft => ({
      ...draft,
      steps: draft.steps.map((step, index) => (index === at ? { ...step, ...change } : step)),
    });
    const others: readonly Draft[] = [
      { ...draft, plugin: "other" },
      { ...draft, direction: "rollback" },
      { ...draft, from: 1 },
      { ...draft, to: 9 },
      { ...draft, base: { ...draft.base, history: "x" } },
      { ...draft, base: { ...draft.base, schema: "x" } },
      { ...draft, steps: draft.steps.slice(1) },
      { ...draft, steps: [...draft.steps, randomStep(random, 9)] },
      { ...draft, steps: draft.steps.with(0, randomStep(random, 99)) },
      withStep({ sql: "SELECT 2;" }),
      withStep({ checksum: "other" }),
      withStep({ name: "other" }),
      withStep({ file: "other" }),
      withStep({ version: 77 }),
      withStep({ line: 99 }),
      withStep({ direction: "rollback" }),
      withStep({ requires: [9, 9, 9] }),
    ];
    const hashes = await Promise.all(others.map(async (other) => (await completePlan(other)).hash));
    assert.is(new Set([hash, ...hashes]).size, others.length + 1);
  });
});

planning("isIntact() recognises a plan that is not the one that was hashed", async () => {
  await forAll(20, async (random) => {
    const plan = await completePlan(randomDraft(random));
    assert.ok(await isIntact(plan));
    assert.not.ok(await isIntact({ ...plan, to: plan.to + 1 }));
    const steps = plan.steps.map((step) => ({ ...step, sql: `${step.sql} SELECT 2;` }));
    assert.not.ok(await isIntact({ ...plan, steps }));
  });
});

planning("a plan is frozen all the way down", async () => {
  await forAll(20, async (random) => {
    const plan = await completePlan(randomDraft(random));
    for (const part of [plan, plan.base, plan.steps, ...plan.steps]) {
      assert.ok(Object.isFrozen(part));
    }
  });
});

planning("historyDigest() counts what is applied, and nothing else", async () => {
  const entry = (version: number, status: HistoryStatus, by = "system") => ({
    version,
    name: "a",
    checksum: `c${version}`,
    appliedAt: "2026-01-01T00:00:00.000Z",
    appliedBy: by,
    status,
    errorMessage: null,
    executionTimeMs: 5,
  });
  const digest = await historyDigest([entry(1, "applied")]);
  assert.is(await historyDigest([entry(1, "applied", "ann"), entry(2, "failed")]), digest);
  assert.is(await historyDigest([entry(1, "applied"), entry(2, "rolled_back")]), digest);
  assert.is.not(await historyDigest([entry(1, "applied"), entry(2, "applied")]), digest);
  assert.is.not(await historyDigest([]), digest);
});

planning.run();
