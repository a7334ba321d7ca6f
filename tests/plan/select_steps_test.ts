// selectSteps(): which migrations a request runs, for any files and any history.

import * as assert from "uvu/assert";
import { type Finding, finding } from "../../lib/finding/finding.ts";
import type { Migration } from "../../lib/migration/migration.ts";
import type { History, HistoryEntry, HistoryStatus } from "../../lib/plan/history.ts";
import { selectSteps, type Target } from "../../lib/plan/select_steps.ts";
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
    foreignKeys: null,
    accepts: [],
    requires: null,
    text: "",
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

/** What a request runs: `from → to: versions`, or the message that refuses it. */
function run(target: Target, migrations: readonly Migration[], history: History): string {
  const selection = selectSteps(target, migrations, history);
  if (!selection.ok) return selection.message;
  const { from, to } = selection;
  return `${from} → ${to}: ${versionsOf(selection.migrations).join(" ")}`;
}

interface Case {
  readonly name: string;
  readonly files: readonly number[];
  readonly history: History;
  readonly target: Target;
  readonly expected: string;
}

const LATEST: Target = { direction: "apply", version: "latest" };
const PREVIOUS: Target = { direction: "rollback", version: "previous" };
const upTo = (version: number): Target => ({ direction: "apply", version });
const backTo = (version: number): Target => ({ direction: "rollback", version });
const applied = (...versions: readonly number[]): History =>
  versions.map((version) => entry(version, "applied"));

const CASES: readonly Case[] = [
  { name: "no files", files: [], history: [], target: LATEST, expected: "0 → 0: " },
  { name: "all files", files: [1, 2, 3], history: [], target: LATEST, expected: "0 → 3: 1 2 3" },
  {
    name: "up to a target",
    files: [1, 2, 3],
    history: [],
    target: upTo(2),
    expected: "0 → 2: 1 2",
  },
  {
    name: "up to a target between two files",
    files: [1, 3],
    history: [],
    target: upTo(2),
    expected: "0 → 1: 1",
  },
  {
    name: "the rest",
    files: [1, 2, 3],
    history: applied(1),
    target: LATEST,
    expected: "1 → 3: 2 3",
  },
  {
    name: "nothing where all is applied",
    files: [1, 2],
    history: applied(1, 2),
    target: LATEST,
    expected: "2 → 2: ",
  },
  {
    name: "a late file, which does not change the version",
    files: [1, 2, 3],
    history: applied(1, 3),
    target: LATEST,
    expected: "3 → 3: 2",
  },
  {
    name: "what failed or was rolled back",
    files: [1, 2, 3],
    history: [entry(1, "applied"), entry(2, "failed"), entry(3, "rolled_back")],
    target: LATEST,
    expected: "1 → 3: 2 3",
  },
  {
    name: "nothing for an applied version without a file",
    files: [1],
    history: applied(1, 2),
    target: LATEST,
    expected: "2 → 2: ",
  },
  {
    name: "a target above the newest file",
    files: [1, 2],
    history: [],
    target: upTo(3),
    expected: "Cannot apply up to version 3: the newest file is 002_m2.sql",
  },
  {
    name: "a target below the current version",
    files: [1, 2],
    history: applied(1, 2),
    target: upTo(1),
    expected: "Cannot apply up to version 1: version 2 is applied; use rollback to go back",
  },
  {
    name: "one step back",
    files: [1, 2, 3],
    history: applied(1, 2, 3),
    target: PREVIOUS,
    expected: "3 → 2: 3",
  },
  {
    name: "one step back over a hole",
    files: [1, 2, 3],
    history: applied(1, 3),
    target: PREVIOUS,
    expected: "3 → 1: 3",
  },
  {
    name: "one step back from the first",
    files: [1],
    history: applied(1),
    target: PREVIOUS,
    expected: "1 → 0: 1",
  },
  {
    name: "one step back from nothing",
    files: [1],
    history: [],
    target: PREVIOUS,
    expected: "0 → 0: ",
  },
  {
    name: "everything back, newest first",
    files: [1, 2, 3],
    history: applied(1, 2, 3),
    target: backTo(0),
    expected: "3 → 0: 3 2 1",
  },
  {
    name: "back to a version that is not applied",
    files: [1, 2, 3],
    history: applied(1, 3),
    target: backTo(2),
    expected: "3 → 1: 3",
  },
  {
    name: "back to the current version",
    files: [1, 2],
    history: applied(1, 2),
    target: backTo(2),
    expected: "2 → 2: ",
  },
  {
    name: "back, without what failed or is rolled back already",
    files: [1, 2, 3],
    history: [entry(1, "applied"), entry(2, "rolled_back"), entry(3, "failed")],
    target: backTo(0),
    expected: "1 → 0: 1",
  },
  {
    name: "back to a version above the current one",
    files: [1, 2],
    history: applied(1),
    target: backTo(2),
    expected: "Cannot roll back to version 2: the current version is 1; use apply to go forward",
  },
];

for (const { name, files, history, target, expected } of CASES) {
  selecting(`${target.direction}: ${name}`, () => {
    assert.is(run(target, files.map(migration), history), expected);
  });
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

// A hole below the current version is selected, never skipped.
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

selecting("apply up to a version whose file does not parse is no question of the target", () => {
  const broken = (version: number | null): Finding =>
    finding(
      "ERROR",
      "marker-missing",
      { version, name: version === null ? null : "x", file: "x" },
      "",
    );
  const upToTwo = (files: readonly Migration[], ...findings: readonly Finding[]): string => {
    const selection = selectSteps(upTo(2), files, [], findings);
    return selection.ok ? versionsOf(selection.migrations).join(" ") : selection.message;
  };
  assert.is(upToTwo([], broken(2)), "");
  assert.is(upToTwo([migration(1)], broken(2)), "1");
  assert.is(upToTwo([migration(1), migration(3)], broken(2)), "1");
  assert.is(
    upToTwo([], broken(1)),
    "Cannot apply up to version 2: the newest file is 001_x.sql",
  );
  assert.is(
    upToTwo([], broken(null)),
    "Cannot apply up to version 2: none of the files can be read",
  );
});

selecting("apply to a version is refused where there are no files", () => {
  assert.is(run(upTo(9), [], []), "Cannot apply up to version 9: there are no files");
});

selecting.run();
