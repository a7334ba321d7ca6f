// groupAttempts(): the log as runs.

import * as assert from "uvu/assert";
import { describeLoggedRun, groupAttempts } from "../../../lib/workbench/model/attempts.ts";
import type { AttemptEntry } from "../../../lib/message/history_reply.ts";
import { suite } from "../../support/suite.ts";

const attempts = suite("groupAttempts()");

function attempt(version: number, fields: Partial<AttemptEntry>): AttemptEntry {
  return {
    version,
    name: "a",
    direction: "apply",
    outcome: "applied",
    applied_at: "2026-01-01T08:00:00.000Z",
    applied_by: "ada",
    execution_time_ms: 1,
    error_message: null,
    checksum: "1".repeat(64),
    plan_hash: "0".repeat(64),
    run_id: "one",
    changes: [],
    data_loss: [],
    backup: null,
    has_text: true,
    ...fields,
  };
}

attempts("of one run are together; the newest says by when and with which backup", () => {
  const [newest, oldest, ...others] = groupAttempts([
    attempt(4, { run_id: "two", direction: "rollback", outcome: "rolled_back" }),
    attempt(3, { outcome: "failed", applied_at: "2026-01-01T08:00:01.000Z", backup: "b" }),
    attempt(2, {}),
    attempt(1, {}),
  ]);
  assert.equal(others, []);
  assert.is(newest === undefined ? "" : describeLoggedRun(newest), "Rolled back 1 migration");
  assert.is(
    oldest === undefined ? "" : describeLoggedRun(oldest),
    "Applied 2 migrations, 1 failed",
  );
  assert.is(oldest?.at, "2026-01-01T08:00:01.000Z");
  assert.is(oldest?.backup, "b");
});

attempts("without a run are each a run of their own, with a key that stays", () => {
  const old = [attempt(2, { run_id: null }), attempt(1, { run_id: null })];
  const keys = groupAttempts(old).map(({ key }) => key);
  assert.is(new Set(keys).size, 2);
  const later = groupAttempts([attempt(3, { run_id: "two" }), ...old]);
  assert.equal(later.slice(1).map(({ key }) => key), keys);
});

attempts.run();
