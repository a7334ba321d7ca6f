// History: the present state of each version.

import * as assert from "uvu/assert";
import {
  appliedEntries,
  currentVersion,
  type HistoryEntry,
  lastRunIn,
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

histories("appliedEntries() and currentVersion() count what is applied", async () => {
  await forAll(300, (random) => {
    const versions = random.list(0, 9, () => random.integer(1, 99));
    const history = [...new Set(versions)].sort((one, other) => one - other)
      .map((version) => ({ ...randomEntry(random), version }));
    const applied = history.filter(({ status }) => status === "applied");
    assert.equal(appliedEntries(history), applied);
    assert.is(currentVersion(history), Math.max(0, ...applied.map(({ version }) => version)));
  });
});

histories("lastRunIn() is the newest time, whatever other programs have written", async () => {
  await forAll(1, (random) => {
    const at = (appliedAt: string): HistoryEntry => ({ ...randomEntry(random), appliedAt });
    assert.is(lastRunIn([]), null);
    assert.is(lastRunIn([at("yesterday")]), null);
    const times = ["2026-03-01T00:00:00Z", "2026-04-01T00:00:00.000Z", "yesterday"].map(at);
    assert.is(lastRunIn(times), "2026-04-01T00:00:00.000Z");
  });
});

histories.run();
