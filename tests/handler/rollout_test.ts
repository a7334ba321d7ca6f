// Rollouts over the tenants of a plugin: real files, in waves, with limits.

import * as assert from "uvu/assert";
import type { RolloutProgressEvent } from "../../lib/message/event.ts";
import type { RolloutReply, RolloutRequest } from "../../lib/message/rollout.ts";
import { migrationFile } from "../support/migration_file.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const rollouts = suite("rollout");

const FIRST = { "001_scores.sql": migrationFile("CREATE TABLE scores (a);", "DROP TABLE scores;") };
const SECOND = {
  "002_best.sql": migrationFile(
    "ALTER TABLE scores ADD COLUMN best;",
    "ALTER TABLE scores DROP COLUMN best;",
  ),
};
const LOSSY = { "002_best.sql": migrationFile("DELETE FROM scores WHERE a > 1;", "SELECT 1;") };
const TENANTS = ["a", "b", "c", "d", "e"];

/** Five tenants at version 1; tenant `b` has two rows, `d` has three. */
async function withTenants(): Promise<Workspace> {
  const workspace = new Workspace();
  workspace.write("game", FIRST);
  for (const tenant of TENANTS) await workspace.succeed("apply", "game", { tenant });
  sqliteShell(workspace.database("game", "b"), "INSERT INTO scores VALUES (1), (2)");
  sqliteShell(workspace.database("game", "d"), "INSERT INTO scores VALUES (1), (2), (3)");
  return workspace;
}

/** An object in the way of the second file. */
function block(workspace: Workspace, tenant: string): void {
  sqliteShell(workspace.database("game", tenant), "ALTER TABLE scores ADD COLUMN best");
}

async function rollOut(workspace: Workspace, request: RolloutRequest = {}): Promise<RolloutReply> {
  return await workspace.succeed("rollout", "game", request);
}

async function versions(workspace: Workspace): Promise<readonly number[]> {
  return await Promise.all(
    TENANTS.map(async (tenant) =>
      (await workspace.succeed("status", "game", { tenant })).current_version
    ),
  );
}

rollouts("publishes how far it is, beside the events of its databases", async () => {
  await using workspace = await withTenants();
  block(workspace, "b");
  workspace.write("game", SECOND);
  const { subscribe } = await workspace.migrator();
  const seen: RolloutProgressEvent[] = [];
  const end = subscribe((event) => {
    if (event.event === "rollout_progress") seen.push(event);
  });
  const { run_id } = await rollOut(workspace, { max_failures: 1 });
  end();
  const counts = seen.map(({ applied, unchanged, failed }) => applied + unchanged + failed);
  assert.equal([counts.at(0), counts.at(-1)], [0, 5]);
  assert.equal(counts, counts.toSorted((one, other) => one - other));
  assert.ok(seen.every((event) => event.run_id === run_id && event.databases === 5));
  assert.is(seen.at(-1)?.failed, 1);
});

rollouts("migrates every tenant, and a second one finds nothing to do", async () => {
  await using workspace = await withTenants();
  workspace.write("game", SECOND);
  const first = await rollOut(workspace, { wave: "1,50%,100%" });
  assert.equal([first.databases, first.applied, first.unchanged, first.waiting], [5, 5, 0, 0]);
  assert.equal(first.waves.map(({ databases, applied }) => [databases, applied]), [
    [1, 1],
    [2, 2],
    [2, 2],
  ]);
  assert.equal(await versions(workspace), [2, 2, 2, 2, 2]);
  const second = await rollOut(workspace);
  assert.equal([second.applied, second.unchanged, second.halted], [0, 5, null]);
  const back = await rollOut(workspace, { target_version: 1, max_failures: 5 });
  assert.is(back.failed.length, 5);
  assert.match(back.failed[0]?.message ?? "", /version 2 is applied/);
});

rollouts("a database that has every file fails where one has changed since", async () => {
  await using workspace = await withTenants();
  workspace.write("game", {
    "001_scores.sql": migrationFile("CREATE TABLE scores (a, b);", "DROP TABLE scores;"),
  });
  const reply = await rollOut(workspace, { max_failures: 5 });
  assert.equal([reply.unchanged, reply.failed.length], [0, 5]);
  assert.match(reply.failed[0]?.message ?? "", /changed after it was applied/);
});

rollouts("a failure halts it in its wave; begun again, it goes on with the others", async () => {
  await using workspace = await withTenants();
  workspace.write("game", SECOND);
  block(workspace, "b");
  const halted = await rollOut(workspace, { wave: "1,3,100%", parallel: 1 });
  assert.equal(halted.failed.map(({ tenant, current_version }) => [tenant, current_version]), [
    ["b", 1],
  ]);
  assert.match(halted.failed[0]?.message ?? "", "best");
  assert.match(halted.halted ?? "", "1 database failed, and max_failures allows 0");
  assert.equal([halted.applied, halted.waiting], [1, 3]);
  assert.equal(await versions(workspace), [2, 1, 1, 1, 1]);
  const again = await rollOut(workspace, { max_failures: "20%" });
  assert.equal([again.applied, again.unchanged, again.failed.length], [3, 1, 1]);
  assert.is(again.halted, null);
  assert.equal(await versions(workspace), [2, 1, 2, 2, 2]);
});

rollouts("rows are measured before a wave is changed", async () => {
  await using workspace = await withTenants();
  workspace.write("game", LOSSY);
  const request = { wave: "2,100%", max_rows_lost: 2 };
  const halted = await rollOut(workspace, request);
  assert.match(halted.halted ?? "", "3 rows would be lost, and max_rows_lost allows 2");
  assert.equal(await versions(workspace), [2, 2, 1, 1, 1]);
  assert.equal([halted.rows_lost, halted.waiting], [1, 3]);
  assert.is(sqliteShell(workspace.database("game", "d"), "SELECT count(*) FROM scores"), "3");
  const done = await rollOut(workspace, { ...request, max_rows_lost: 3 });
  assert.equal(done.losses.map(({ tenant, rows_lost }) => [tenant, rows_lost]), [["d", 2]]);
  assert.ok(Deno.statSync(done.losses[0]?.backup ?? "").isFile);
  assert.equal(await versions(workspace), [2, 2, 2, 2, 2]);
});

rollouts("a dry run shows every loss and failure, and keeps nothing", async () => {
  await using workspace = await withTenants();
  workspace.write("game", LOSSY);
  Deno.writeTextFileSync(workspace.database("game", "a"), "no database");
  const reply = await rollOut(workspace, { dry_run: true, max_rows_lost: 0, wave: "1,100%" });
  assert.equal(reply.failed.map(({ tenant }) => tenant), ["a"]);
  assert.equal(reply.losses.map(({ tenant, rows_lost }) => [tenant, rows_lost]), [
    ["b", 1],
    ["d", 2],
  ]);
  assert.match(reply.halted ?? "", "1 database failed");
  assert.equal([reply.waiting, reply.rows_lost], [0, 3]);
  assert.is((await workspace.succeed("status", "game", { tenant: "b" })).current_version, 1);
  assert.is(sqliteShell(workspace.database("game", "d"), "SELECT count(*) FROM scores"), "3");
});

rollouts("every database gets the files that were there at the beginning", async () => {
  await using workspace = await withTenants();
  workspace.write("game", SECOND);
  const { subscribe } = await workspace.migrator();
  const stop = subscribe((event) => {
    if (event.event !== "run_finished") return;
    stop();
    workspace.write("game", LOSSY);
    workspace.write("game", { "003_new.sql": migrationFile("SELECT 1;", "SELECT 1;") });
  });
  const reply = await rollOut(workspace, { parallel: 1 });
  assert.equal([reply.applied, reply.rows_lost], [5, 0]);
  assert.is((await workspace.succeed("status", "game", { tenant: "e" })).current_version, 2);
});

rollouts("two of one plugin do not run at once", async () => {
  await using workspace = await withTenants();
  workspace.write("game", SECOND);
  const replies = await Promise.all([
    workspace.ask("rollout", "game"),
    workspace.ask("rollout", "game"),
  ]);
  const [refused] = replies.filter(({ success }) => !success);
  assert.is(replies.filter(({ success }) => success).length, 1);
  assert.ok(refused?.success === false);
  assert.is(refused.error_code, "MIGRATION_IN_PROGRESS");
});

rollouts("it is cancelled as a run, and says how far it came", async () => {
  await using workspace = await withTenants();
  workspace.write("game", SECOND);
  const { subscribe } = await workspace.migrator();
  const cancelled = Promise.withResolvers<unknown>();
  const stop = subscribe((event) => {
    if (event.event !== "run_finished") return;
    stop();
    cancelled.resolve(workspace.ask("cancel", "game"));
  });
  const reply = await workspace.refused("rollout", "game", { parallel: 1 });
  await cancelled.promise;
  assert.is(reply.error_code, "CANCELLED");
  assert.match(reply.message, /\d of 5 databases were migrated and stay so/);
});

rollouts("bad requests are refused by name", async () => {
  await using workspace = await withTenants();
  for (
    const [request, problem] of [
      [{ wave: "10%" }, /wave: expected counts and shares/],
      [{ max_failures: "5" }, /max_failures: expected a whole number/],
      [{ parallel: 0 }, /parallel: expected a whole number of 1 or more/],
      [{ tenant: "a" }, /unknown key "tenant"/],
    ] as const
  ) {
    assert.match((await workspace.refused("rollout", "game", request)).message, problem);
  }
  assert.is((await workspace.refused("rollout", "unknown")).error_code, "PLUGIN_NOT_FOUND");
  const beyond = await rollOut(workspace, { target_version: 9 });
  assert.is(beyond.failed[0]?.error_code, "INVALID_REQUEST");
});

rollouts("a plugin without tenants has nothing to migrate", async () => {
  await using workspace = new Workspace();
  workspace.write("game", FIRST);
  const reply = await rollOut(workspace);
  assert.equal([reply.databases, reply.applied, reply.halted, reply.waves.length], [0, 0, null, 0]);
});

rollouts.run();
