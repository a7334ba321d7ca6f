// History: the present state of each version.

import * as assert from "uvu/assert";
import {
  appliedEntries,
  currentVersion,
  type HistoryEntry,
  withEntry,
} from "../../lib/plan/history.ts";
import { forAll, type Random } from "../support/random.ts";
import { suite } from "../support/suite.ts";

const histories = suite("history");

function randomEntry(random: Random): HistoryEntry {
  return {
    version: random.integer(1, 9),
    name: "a",
    checksum: "c",
    appliedAt: "2026-01-01T00:00:00.000Z",
    appliedBy: "system",
    status: random.pick(["applied", "rolled_back", "failed"]),
    errorMessage: null,
    executionTimeMs: null,
  };
}

histories(
  "withEntry() keeps one entry for each version, the last, in ascending order",
  async () => {
    await forAll(300, (random) => {
      const entries = random.list(0, 20, () => randomEntry(random));
      const history = entries.reduce<readonly HistoryEntry[]>(withEntry, []);
      const last = new Map(entries.map((entry) => [entry.version, entry]));
      assert.equal(history, [...last.values()].sort((one, other) => one.version - other.version));
      const applied = history.filter(({ status }) => status === "applied");
      assert.equal(appliedEntries(history), applied);
      assert.is(currentVersion(history), Math.max(0, ...applied.map(({ version }) => version)));
    });
  },
);

histories.run();
