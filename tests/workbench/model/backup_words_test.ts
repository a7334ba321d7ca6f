// describeRestore(): what a restore changes. undoOf(): what undoes a run.

import * as assert from "uvu/assert";
import { describeRestore } from "../../../lib/workbench/model/backup_words.ts";
import { undoOf } from "../../../lib/workbench/model/run_outcome.ts";
import type { RestoreReply } from "../../../lib/message/backup_reply.ts";
import type { FailureReply } from "../../../lib/message/any_reply.ts";
import { suite } from "../../support/suite.ts";

const RESTORED: RestoreReply = {
  success: true,
  verb: "restore",
  plugin_name: "notes",
  run_id: "1",
  dry_run: false,
  restored: "notes-v2.sqlite3",
  previous_version: 3,
  current_version: 2,
  replaced: "notes-v3.sqlite3",
  changes: [],
  rows: [],
  warnings: [],
  total_time_ms: 1,
};

const words = suite("describeRestore()");

words("names rows that come back, that go, and that become more or fewer", () => {
  const rows = [
    { table: "a", before: 1_200, after: 1 },
    { table: "b", before: null, after: 2 },
    { table: "c", before: 1, after: null },
  ];
  assert.equal(describeRestore({ ...RESTORED, rows }), [
    "Version 3 becomes 2",
    "1,200 rows of a become 1",
    "2 rows of b come back",
    "1 row of c goes with the table",
  ]);
});

words("says that nothing else changes, unless the present database cannot be read", () => {
  assert.match(describeRestore(RESTORED)[1] ?? "", "stay as they are");
  assert.equal(describeRestore({ ...RESTORED, previous_version: null }), [
    "The present database cannot be read; the backup has version 2",
  ]);
});

words("shortens a long list", () => {
  const rows = Array.from({ length: 20 }, (_, at) => ({ table: `t${at}`, before: 1, after: 2 }));
  assert.is(describeRestore({ ...RESTORED, rows }).at(-1), "8 more of these");
});

words.run();

const undo = suite("undoOf()");

const FAILED: FailureReply = {
  success: false,
  verb: "apply",
  error_code: "MIGRATION_FAILED",
  message: "003 failed",
  plugin_name: "notes",
  errors: [],
  warnings: [],
  backup: "/data/backups/notes/notes-v2.sqlite3",
};
const PLANNED = { verb: "apply", target: 3, label: "Apply to here", migrations: [] } as const;

undo("undoes a restore by what it replaced", () => {
  assert.is(undoOf({ kind: "restore", reply: RESTORED })?.backup, "notes-v3.sqlite3");
  const { replaced: _, ...first } = RESTORED;
  assert.is(undoOf({ kind: "restore", reply: first }), null);
});

undo("offers nothing after a run that committed nothing", () => {
  assert.is(undoOf({ kind: "run", planned: PLANNED, reply: FAILED }), null);
  const entry = {
    success: true,
    version: 2,
    name: "a",
    execution_time_ms: 1,
    applied_at: null,
    applied_by: "ada",
    statements: 1,
  } as const;
  const halfway = { ...FAILED, applied_migrations: [{ ...entry, changes: [], data_loss: [] }] };
  assert.is(
    undoOf({ kind: "run", planned: PLANNED, reply: halfway })?.backup,
    "notes-v2.sqlite3",
  );
});

undo.run();
