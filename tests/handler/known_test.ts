// A status, or an apply with nothing to do, that knows that nothing has changed opens no database;
// any change shows in the very next.

import * as assert from "uvu/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { call } from "../../lib/handler/dispatch.ts";
import type { HandlerContext } from "../../lib/handler/context.ts";
import { openMigrator } from "../../lib/migrator.ts";
import { ALL_PLUGINS } from "../../lib/message/plugin_name.ts";
import type { StatusReply } from "../../lib/message/reply.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const statuses = suite("known plans");

const LONG_AGO = new Date("2026-01-01T00:00:00Z");

/** A context that counts how often a database is opened. */
async function counting(
  workspace: Workspace,
): Promise<{ readonly context: HandlerContext; readonly opened: () => number }> {
  const { context } = await workspace.migrator();
  let count = 0;
  const { databases } = context;
  return {
    context: {
      ...context,
      databases: {
        engineVersion: databases.engineVersion,
        tenantsOf: databases.tenantsOf,
        stuckThreads: databases.stuckThreads,
        stateOf: (address) => databases.stateOf?.(address) ?? null,
        open(target, purpose) {
          count += 1;
          return databases.open(target, purpose);
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      },
    },
    opened: () => count,
  };
}

async function statusOf(context: HandlerContext): Promise<StatusReply> {
  const reply = await call("status", "p", {}, context);
  if (!reply.success) throw new Error(JSON.stringify(reply));
  return reply;
}

/** As if nothing had been written for a while. */
function age(workspace: Workspace): void {
  const migrations = join(workspace.pluginsDir, "p", "migrations");
  const files = [...Deno.readDirSync(migrations)].map(({ name }) => join(migrations, name));
  for (const path of [migrations, ...files]) Deno.utimeSync(path, LONG_AGO, LONG_AGO);
  for (const directory of [workspace.dataDir, join(workspace.dataDir, "p")]) ageFiles(directory);
}

function ageFiles(directory: string): void {
  if (!existsSync(directory)) return;
  for (const { name } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (Deno.lstatSync(path).isFile) Deno.utimeSync(path, LONG_AGO, LONG_AGO);
  }
}

async function prepared(journalMode: "delete" | "wal"): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("p", {
    "001_a.sql": migrationFile("CREATE TABLE a (x); INSERT INTO a VALUES (1);", "DROP TABLE a;"),
    "002_b.sql": migrationFile("DELETE FROM a;", "SELECT 1;"),
  });
  await workspace.apply("p", { target_version: 1 });
  if (journalMode === "wal") sqliteShell(workspace.database("p"), "PRAGMA journal_mode=wal");
  return workspace;
}

for (const journalMode of ["delete", "wal"] as const) {
  statuses(`${journalMode}: the second status is the first, without a database`, async () => {
    await using workspace = await prepared(journalMode);
    const { context, opened } = await counting(workspace);
    age(workspace);
    const first = await statusOf(context);
    assert.is(opened(), 1);
    assert.equal(await statusOf(context), first);
    assert.equal(
      await call("status", "p", { limit: 1, offset: 1 }, context),
      {
        ...first,
        applied_migrations: [],
        pending_migrations: [],
        available_migrations: [
          { version: 2, name: "b" },
        ],
        pending_warnings: first.pending_warnings.slice(1, 2),
      },
    );
    assert.is(opened(), 1);
  });
}

statuses("a list of tenants opens those that have changed since the last", async () => {
  await using workspace = await prepared("delete");
  const tenants = ["a", "b", "c"];
  for (const tenant of tenants) await workspace.apply("p", { tenant, target_version: 1 });
  const { context, opened } = await counting(workspace);
  age(workspace);
  const list = async (): Promise<readonly (readonly unknown[])[]> => {
    const reply = await call("plugins", ALL_PLUGINS, { plugin: "p" }, context);
    if (!reply.success) throw new Error(reply.message);
    return reply.tenants.map((each) => [each.tenant, each.current_version, each.pending_count]);
  };
  const first = [["a", 1, 1], ["b", 1, 1], ["c", 1, 1]];
  assert.equal(await list(), first);
  const before = opened();
  assert.equal(await list(), first);
  assert.is(opened(), before);
  await workspace.apply("p", { tenant: "b" });
  assert.equal(await list(), [["a", 1, 1], ["b", 2, 0], ["c", 1, 1]]);
  // One of them parses the files.
  assert.is(opened(), before + 2);
  workspace.write("p", { "003_c.sql": migrationFile("CREATE TABLE c (x);") });
  assert.equal(await list(), [["a", 1, 2], ["b", 2, 1], ["c", 1, 2]]);
});

statuses("an apply with nothing to do opens none once the plan is known", async () => {
  await using workspace = await prepared("delete");
  await workspace.apply("p");
  const { context, opened } = await counting(workspace);
  age(workspace);
  const replies = [];
  for (let run = 0; run < 3; run++) {
    const reply = await call("apply", "p", {}, context);
    assert.ok(reply.success);
    assert.equal([reply.previous_version, reply.current_version], [2, 2]);
    replies.push({ ...reply, run_id: "", total_time_ms: 0 });
  }
  assert.is(opened(), 1);
  assert.equal(replies[1], replies[0]);
  assert.equal(replies[2], replies[0]);

  const wrong = await call("apply", "p", { plan_hash: "0".repeat(64) }, context);
  assert.ok(!wrong.success);
  assert.is(wrong.error_code, "PLAN_CHANGED");
  assert.is(opened(), 1);

  workspace.write("p", { "003_c.sql": migrationFile("CREATE TABLE c (x);") });
  const next = await call("apply", "p", {}, context);
  assert.ok(next.success);
  assert.is(next.current_version, 3);
});

statuses("a known plan runs nothing beside a run that holds the lock", async () => {
  await using workspace = await prepared("delete");
  await workspace.apply("p");
  const { context } = await counting(workspace);
  age(workspace);
  await statusOf(context);
  const lock = context.locks.acquire({ plugin: "p", tenant: null }, "1");
  if (lock.kind !== "acquired") throw new Error(lock.kind);
  const reply = await call("apply", "p", {}, context);
  lock.release();
  assert.ok(!reply.success);
  assert.is(reply.error_code, "MIGRATION_IN_PROGRESS");
});

const CHANGES: Readonly<Record<string, (workspace: Workspace) => void | Promise<void>>> = {
  "a row that another program writes": (workspace) => {
    sqliteShell(workspace.database("p"), "UPDATE a SET x = 2");
  },
  "a run of another migrator": async ({ pluginsDir, dataDir }) => {
    await using other = await openMigrator({ plugins: pluginsDir, data: dataDir });
    assert.ok((await other.apply("p")).success);
  },
  "an edited file of the same size": (workspace) =>
    workspace.write("p", { "002_b.sql": migrationFile("DELETE FROM a;", "SELECT 2;") }),
  "a new file": (workspace) =>
    workspace.write("p", { "003_c.sql": migrationFile("CREATE TABLE c (x);") }),
  "a statement of the code": (workspace) =>
    workspace.writeQueries("p", { "q.sql": "SELECT x FROM a;" }),
  "a deleted file": (workspace) =>
    Deno.removeSync(join(workspace.pluginsDir, "p", "migrations", "002_b.sql")),
  "another database in its place, as old": (workspace) => {
    const path = workspace.database("p");
    Deno.copyFileSync(path, `${path}.copy`);
    Deno.utimeSync(`${path}.copy`, LONG_AGO, LONG_AGO);
    Deno.renameSync(`${path}.copy`, path);
  },
  "another folder in its place, as old": (workspace) => {
    const folder = join(workspace.pluginsDir, "p");
    Deno.renameSync(folder, `${folder}-before`);
    workspace.write("p", { "001_a.sql": migrationFile("CREATE TABLE a (x);") });
    age(workspace);
  },
};
for (const [what, change] of Object.entries(CHANGES)) {
  for (const journalMode of ["delete", "wal"] as const) {
    statuses(`${journalMode}: ${what} is seen`, async () => {
      await using workspace = await prepared(journalMode);
      const { context, opened } = await counting(workspace);
      age(workspace);
      await statusOf(context);
      await change(workspace);
      await statusOf(context);
      assert.is(opened(), 2);
    });
  }
}

statuses("what has just been written is read each time", async () => {
  await using workspace = await prepared("delete");
  const { context, opened } = await counting(workspace);
  await statusOf(context);
  await statusOf(context);
  assert.is(opened(), 2);
});

statuses.run();
