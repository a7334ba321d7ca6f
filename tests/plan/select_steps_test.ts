// selectSteps(): which migrations a request runs, for any files and any history.

import * as assert from "uvu/assert";
import type { Migration } from "../../lib/migration/migration.ts";
import type { History, HistoryEntry, HistoryStatus } from "../../lib/plan/history.ts";
import { selectSteps } from "../../lib/plan/select_steps.ts";
import { forAll, type Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const selecting = suite("selectSteps()");

function migration(version: number): Migration {
  const section = { sql: "SELECT 1;", line: 2 };
  return {
    version,
    name: `m${version}`,
    file: `${version}_m.sql`,
    checksum: `c${version}`,
    requires: null,
    up: section,
    down: section,
  };
}

function entry(version: number, status: HistoryStatus): HistoryEntry {
  return {
    version,
    name: `m${version}`,
    checksum: `c${version}`,
    appliedAt: "2026-01-01T00:00:00.000Z",
    appliedBy: "system",
    status,
    errorMessage: null,
    executionTimeMs: 1,
  };
}

/** Files and history that need not agree with each other. */
function randomWorld(random: Random): { migrations: Migration[]; history: History } {
  const versions = Array.from({ length: 12 }, (_, index) => index + 1);
  return {
    migrations: versions.filter(() => random.chance(60)).map(migration),
    history: versions.filter(() => random.chance(50)).map((version) =>
      entry(version, random.pick(["applied", "applied", "rolled_back", "failed"]))
    ),
  };
}

const versionsOf = (migrations: readonly Migration[]): number[] =>
  migrations.map(({ version }) => version);
const appliedIn = (history: History): number[] =>
  history.filter(({ status }) => status === "applied").map(({ version }) => version);

// PITFALLS row 13: a hole below the current version is selected, never skipped.
selecting("apply selects every file up to the target that is not applied, ascending", async () => {
  await forAll(1000, (random) => {
    const { migrations, history } = randomWorld(random);
    const applied = appliedIn(history);
    const current = Math.max(0, ...applied);
    const newest = Math.max(0, ...versionsOf(migrations));
    const version = random.chance(30) ? "latest" as const : random.integer(1, 13);
    const selection = selectSteps({ direction: "apply", version }, migrations, history);
    if (version !== "latest" && (version > newest || version < current)) {
      assert.not.ok(selection.ok);
      return;
    }
    if (!selection.ok) throw new Error(selection.message);
    const limit = version === "latest" ? Infinity : version;
    const expected = versionsOf(migrations)
      .filter((each) => each <= limit && !applied.includes(each));
    assert.equal(versionsOf(selection.migrations), expected);
    assert.is(selection.from, current);
    assert.is(selection.to, Math.max(current, ...expected));
  });
});

selecting("rollback selects every applied file above the target, descending", async () => {
  await forAll(1000, (random) => {
    const { migrations, history } = randomWorld(random);
    const applied = appliedIn(history);
    const current = Math.max(0, ...applied);
    const version = random.chance(30) ? "previous" as const : random.integer(0, 13);
    const selection = selectSteps({ direction: "rollback", version }, migrations, history);
    if (version !== "previous" && version > current) {
      assert.not.ok(selection.ok);
      return;
    }
    if (!selection.ok) throw new Error(selection.message);
    const limit = version === "previous" ? applied.at(-2) ?? 0 : version;
    const expected = versionsOf(migrations)
      .filter((each) => applied.includes(each) && each > limit).toReversed();
    assert.equal(versionsOf(selection.migrations), expected);
    assert.is(selection.from, current);
    assert.is(selection.to, Math.max(0, ...applied.filter((each) => each <= limit)));
  });
});

selecting("apply and then rollback to where it began are inverse", async () => {
  await forAll(300, (random) => {
    const { migrations } = randomWorld(random);
    const before = migrations.slice(0, random.integer(0, migrations.length));
    const history = before.map(({ version }) => entry(version, "applied"));
    const up = selectSteps({ direction: "apply", version: "latest" }, migrations, history);
    if (!up.ok) throw new Error(up.message);
    const after = [...history, ...up.migrations.map(({ version }) => entry(version, "applied"))];
    const down = selectSteps({ direction: "rollback", version: up.from }, migrations, after);
    if (!down.ok) throw new Error(down.message);
    assert.equal(versionsOf(down.migrations), versionsOf(up.migrations).toReversed());
    assert.is(down.to, up.from);
  });
});

selecting("messages name the versions and the way out", () => {
  const migrations = [migration(1), migration(2)];
  const history = [entry(1, "applied"), entry(2, "applied")];
  const messageOf = (selection: ReturnType<typeof selectSteps>): string =>
    selection.ok ? "" : selection.message;
  assert.is(
    messageOf(selectSteps({ direction: "apply", version: 9 }, migrations, history)),
    "Cannot apply up to version 9: the newest file is 002_m2.sql",
  );
  assert.is(
    messageOf(selectSteps({ direction: "apply", version: 9 }, [], [])),
    "Cannot apply up to version 9: there are no files",
  );
  assert.is(
    messageOf(selectSteps({ direction: "apply", version: 1 }, migrations, history)),
    "Cannot apply up to version 1: version 2 is applied; use rollback to go back",
  );
  assert.is(
    messageOf(selectSteps({ direction: "rollback", version: 3 }, migrations, history)),
    "Cannot roll back to version 3: the current version is 2; use apply to go forward",
  );
});

selecting.run();
