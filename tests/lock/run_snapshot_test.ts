// parseRunSnapshot(): what another process may find beside a lock.

import * as assert from "uvu/assert";
import {
  lineOf,
  parseRunSnapshot,
  type RunChange,
  type RunSnapshot,
} from "../../lib/lock/run_snapshot.ts";
import type { HistoryEntry } from "../../lib/plan/history.ts";
import { suite } from "../support/suite.ts";

const snapshots = suite("parseRunSnapshot()");

const FIRST: HistoryEntry = {
  version: 1,
  name: "create",
  checksum: "c",
  appliedAt: "2026-01-01T00:00:00.000Z",
  appliedBy: "system",
  status: "applied",
  errorMessage: null,
  executionTimeMs: 3,
};
const SNAPSHOT: RunSnapshot = {
  progress: {
    run_id: "1",
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
  history: [FIRST],
  files: [{ version: 1, name: "a", file: "001_a.sql", checksum: "c" }],
  findings: [],
};

const SECOND: HistoryEntry = { ...FIRST, version: 2, name: "fill" };
const CHANGE: RunChange = {
  progress: { ...SNAPSHOT.progress, migrations_done: 2 },
  entries: [SECOND],
};

snapshots("reads what was written", () => {
  assert.equal(parseRunSnapshot(lineOf(SNAPSHOT)), SNAPSHOT);
});

snapshots("reads the changes after it, of which an entry replaces that of its version", () => {
  const undone = { ...SECOND, status: "rolled_back" } as const;
  const text = [SNAPSHOT, CHANGE, { ...CHANGE, entries: [undone] }].map(lineOf).join("");
  const history = [...SNAPSHOT.history, undone];
  assert.equal(parseRunSnapshot(text), {
    ...SNAPSHOT,
    progress: CHANGE.progress,
    history,
  });
});

snapshots(
  "gives null for every beginning of the first line, as a writer that died leaves it",
  () => {
    const text = lineOf(SNAPSHOT);
    for (let length = 0; length < text.length; length++) {
      assert.is(parseRunSnapshot(text.slice(0, length)), null);
    }
    for (const other of ["null", "[]", "{}", '{"progress":{},"history":[]}']) {
      assert.is(parseRunSnapshot(`${other}\n`), null);
    }
  },
);

snapshots("passes over the beginning of a change", () => {
  const line = lineOf(CHANGE);
  for (let length = 0; length < line.length; length++) {
    assert.equal(parseRunSnapshot(lineOf(SNAPSHOT) + line.slice(0, length)), SNAPSHOT);
  }
});

snapshots.run();
