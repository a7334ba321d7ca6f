// `history`: what the log of a database records, page by page.

import { join } from "node:path";
import * as assert from "uvu/assert";
import type { HistoryReply } from "../../lib/message/history_reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const histories = suite("history");

const FILES = {
  "001_a.sql": migrationFile(
    "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);",
    "DROP TABLE t;",
  ),
  "002_b.sql": migrationFile("CREATE INDEX i ON t (a);", "DROP INDEX i;"),
};

async function historyOf(
  workspace: Workspace,
  body: object = {},
  plugin = "p",
): Promise<HistoryReply> {
  const reply = await workspace.ask("history", plugin, body);
  if (reply.success && reply.verb === "history") return reply;
  throw new Error(`history failed: ${JSON.stringify(reply)}`);
}

histories("lists who did what, when, in which run, newest first", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  const applied = await workspace.apply("p", { applied_by: "ada" });
  workspace.write("p", { "003_c.sql": migrationFile("CREATE UNIQUE INDEX u ON t (a % 1);") });
  const failed = await workspace.refused("apply", "p", { applied_by: "bob" });
  workspace.remove("p", "003_c.sql");
  const back = await workspace.rollback("p", { target_version: 0, applied_by: "eve" });
  const { entries, entry_count } = await historyOf(workspace);
  assert.is(entry_count, 5);
  assert.equal(
    entries.map(({ version, direction, outcome, applied_by, run_id, plan_hash, has_text }) => [
      version,
      direction,
      outcome,
      applied_by,
      run_id,
      plan_hash,
      has_text,
    ]),
    [
      [1, "rollback", "rolled_back", "eve", back.run_id, back.plan_hash, false],
      [2, "rollback", "rolled_back", "eve", back.run_id, back.plan_hash, false],
      [3, "apply", "failed", "bob", failed.run_id, failed.plan_hash, false],
      [2, "apply", "applied", "ada", applied.run_id, applied.plan_hash, true],
      [1, "apply", "applied", "ada", applied.run_id, applied.plan_hash, true],
    ],
  );
  const [dropped, unindexed, failure, indexed, created] = entries;
  assert.equal(
    [dropped, unindexed].map((entry) => [entry?.applied_at, entry?.changes, entry?.data_loss]),
    back.rolled_back_migrations.toReversed().map((entry) => [
      entry.applied_at,
      entry.changes,
      entry.data_loss,
    ]),
  );
  assert.equal(dropped?.data_loss, [{ kind: "rows", table: "t", rows: 2 }]);
  assert.is(dropped?.backup, back.backup?.slice(back.backup.lastIndexOf("/") + 1));
  assert.equal([created?.backup, unindexed?.error_message], [null, null]);
  assert.equal([failure?.changes, failure?.data_loss, failure?.backup], [[], [], null]);
  assert.match(failure?.error_message ?? "", /UNIQUE/);
  assert.equal(
    [created, indexed].map((entry) => entry?.changes),
    applied.applied_migrations.map(({ changes }) => changes),
  );
});

histories("is read in pages", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  await workspace.apply("p");
  await workspace.rollback("p", { target_version: 0 });
  const versions = async (body: object): Promise<readonly number[]> =>
    (await historyOf(workspace, body)).entries.map(({ version }) => version);
  assert.equal(await versions({ limit: 1 }), [1]);
  assert.equal(await versions({ limit: 2, offset: 1 }), [2, 2]);
  assert.equal(await versions({ offset: 4 }), []);
  assert.is((await historyOf(workspace, { limit: 1 })).entry_count, 4);
  for (const body of [{ limit: 0 }, { limit: 10_001 }, { offset: -1 }, { page: 1 }]) {
    assert.is((await workspace.refused("history", "p", body)).error_code, "INVALID_REQUEST");
  }
});

histories("is empty where nothing was done, and unknown where there is no plugin", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  assert.equal((await historyOf(workspace)).entries, []);
  await workspace.apply("p", { dry_run: true });
  assert.is((await historyOf(workspace)).entry_count, 0);
  assert.is((await workspace.refused("history", "q")).error_code, "PLUGIN_NOT_FOUND");
});

histories("is that of one tenant, and needs no files", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  await workspace.apply("p", { tenant: "acme" });
  Deno.removeSync(join(workspace.pluginsDir, "p"), { recursive: true });
  assert.is((await historyOf(workspace, { tenant: "acme" })).entry_count, 2);
  assert.is((await workspace.refused("history", "p")).error_code, "PLUGIN_NOT_FOUND");
});

histories("does not know what an older godwit did not record", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  await workspace.apply("p", { target_version: 1 });
  const database = workspace.database("p");
  for (const column of ["run_id", "backup", "changes", "data_loss", "file_text"]) {
    sqliteShell(database, `ALTER TABLE plugin_schema_migration_log DROP COLUMN ${column}`);
  }
  const [old] = (await historyOf(workspace)).entries;
  assert.equal(
    [old?.run_id, old?.backup, old?.changes, old?.data_loss, old?.has_text],
    [null, null, null, null, false],
  );
  await workspace.apply("p");
  const [newer, older] = (await historyOf(workspace)).entries;
  assert.equal([newer?.has_text, older?.has_text, older?.changes], [true, false, null]);
});

histories("shows the other entries beside a row that another program has changed", async () => {
  const cases: readonly (readonly [change: string, problem: string])[] = [
    ["changes = '[1]'", "changes does not hold changes"],
    ["data_loss = 'none'", "data_loss does not hold losses"],
    ["outcome = 'undone'", 'outcome holds the unknown "undone"'],
    ["direction = 'sideways'", 'direction holds the unknown "sideways"'],
    ["plan_hash = x'ff'", "plan_hash does not hold a text"],
    ["plan_hash = 'abc'", "plan_hash is not as godwit writes it"],
    ["logged_at = 'now'", "applied_at is not as godwit writes it"],
    ["version = 'two', checksum = x'ff'", "version does not hold an integer"],
  ];
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  for (const [at, [change, problem]] of cases.entries()) {
    const tenant = `t${at}`;
    await workspace.apply("p", { tenant });
    sqliteShell(
      workspace.database("p", tenant),
      `UPDATE plugin_schema_migration_log SET ${change} WHERE id = 2`,
    );
    const reply = await historyOf(workspace, { tenant });
    assert.equal(reply.entries.map(({ version }) => version), [1], change);
    assert.equal(reply.unreadable_entries.map(({ id }) => id), [2], change);
    assert.match(reply.unreadable_entries[0]?.problem ?? "", problem);
    assert.is(reply.entry_count, 2);
    assert.equal((await historyOf(workspace, { tenant, offset: 1 })).unreadable_entries, []);
  }
});

histories("says during a run that it has the database", async () => {
  await using workspace = new Workspace();
  workspace.write("p", FILES);
  const migrator = await workspace.migrator();
  const during: unknown[] = [];
  migrator.onBeforeRun(async () => {
    during.push(await workspace.ask("history", "p"));
  });
  await workspace.apply("p", { applied_by: "ada" });
  assert.match(JSON.stringify(during), /MIGRATION_IN_PROGRESS.*an apply by ada since/);
  assert.is((await historyOf(workspace)).entry_count, 2);
});

histories.run();
