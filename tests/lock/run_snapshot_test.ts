// parseRunSnapshot(): what another process may find beside a lock.

import * as assert from "uvu/assert";
import { parseRunSnapshot, type RunSnapshot } from "../../lib/lock/run_snapshot.ts";
import { suite } from "../support/suite.ts";

const snapshots = suite("parseRunSnapshot()");

const SNAPSHOT: RunSnapshot = {
  progress: {
    verb: "apply",
    dry_run: false,
    started_at: "2026-01-01T00:00:00.000Z",
    started_by: "system",
    version: 2,
    migrations_done: 1,
    migrations_total: 3,
    statements_done: 0,
    statements_total: 7,
  },
  history: [{
    version: 1,
    name: "create",
    checksum: "c",
    appliedAt: "2026-01-01T00:00:00.000Z",
    appliedBy: "system",
    status: "applied",
    errorMessage: null,
    executionTimeMs: 3,
  }],
};

snapshots("reads what was written", () => {
  assert.equal(parseRunSnapshot(JSON.stringify(SNAPSHOT)), SNAPSHOT);
});

snapshots("gives null for every beginning of the text, as a writer that died leaves it", () => {
  const text = JSON.stringify(SNAPSHOT);
  for (let length = 0; length < text.length; length++) {
    assert.is(parseRunSnapshot(text.slice(0, length)), null);
  }
  for (const other of ["null", "[]", "{}", '{"progress":{},"history":[]}']) {
    assert.is(parseRunSnapshot(other), null);
  }
});

snapshots.run();
