// cancel: it ends the run that has a database, and says what came of it.

import * as assert from "uvu/assert";
import { sleep } from "../../lib/deadline.ts";
import type { CancelReply } from "../../lib/message/reply.ts";
import { ENDLESS_INSERT } from "../support/endless.ts";
import { leastRequest } from "../support/least_request.ts";
import { migrationFile } from "../support/migration_file.ts";
import { MigratorProcess } from "../support/migrator_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const cancels = suite("cancel");

const CREATE = migrationFile("CREATE TABLE t (a);", "DROP TABLE t;");
const ENDLESS = migrationFile(ENDLESS_INSERT, "SELECT 1;");
const ENDLESS_REHEARSAL = migrationFile(
  "CREATE TABLE e AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) " +
    "SELECT n FROM c;",
);

async function cancel(workspace: Workspace, body: object = {}): Promise<CancelReply> {
  const reply = await workspace.ask("cancel", "p", body);
  if (!reply.success) throw new Error(JSON.stringify(reply));
  return reply;
}

async function untilStarted(workspace: Workspace, version: number): Promise<void> {
  while (
    !workspace.events.some((each) => each.event === "migration_started" && each.version === version)
  ) await sleep(5);
}

cancels("an apply ends with CANCELLED and keeps what was committed before", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_endless.sql": ENDLESS });
  const asked = workspace.refused("apply", "p");
  await untilStarted(workspace, 2);
  const { cancelled, run_id } = await cancel(workspace);
  const reply = await asked;
  assert.equal([cancelled, run_id], [true, reply.run_id]);
  assert.is(reply.error_code, "CANCELLED");
  assert.equal(reply.applied_migrations?.map(({ version }) => version), [1]);
  assert.equal([reply.current_version, reply.failed_version], [1, 2]);
  const finished = workspace.events.at(-1);
  assert.is(finished?.event === "run_finished" && finished.error_code, "CANCELLED");
  workspace.write("p", { "002_endless.sql": migrationFile("INSERT INTO t VALUES (1);") });
  assert.is((await workspace.apply("p")).current_version, 2);
});

cancels("a dry run, and a plan in one transaction, keep nothing", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_endless.sql": ENDLESS });
  for (const request of [{ dry_run: true }, { transaction: "plan" }]) {
    workspace.events.length = 0;
    const asked = workspace.refused("apply", "p", request);
    await untilStarted(workspace, 2);
    assert.ok((await cancel(workspace)).cancelled);
    const reply = await asked;
    assert.is(reply.error_code, "CANCELLED");
    assert.is(reply.current_version, 0);
    assert.ok(reply.applied_migrations?.every(({ applied_at }) => applied_at === null));
    assert.is((await workspace.status("p")).current_version, 0);
  }
});

cancels("a rollback ends too", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_create.sql": CREATE,
    "002_more.sql": migrationFile("SELECT 1;", ENDLESS_INSERT),
  });
  await workspace.apply("p");
  workspace.events.length = 0;
  const asked = workspace.refused("rollback", "p");
  await untilStarted(workspace, 2);
  assert.ok((await cancel(workspace)).cancelled);
  const reply = await asked;
  assert.equal([reply.error_code, reply.current_version], ["CANCELLED", 2]);
  assert.equal(reply.rolled_back_migrations, []);
});

cancels("a rehearsal ends, before anything has run", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_endless.sql": ENDLESS_REHEARSAL });
  const asked = workspace.refused("apply", "p");
  while ((await workspace.status("p")).progress === undefined) await sleep(5);
  assert.ok((await cancel(workspace)).cancelled);
  const reply = await asked;
  assert.equal([reply.error_code, reply.current_version], ["CANCELLED", 0]);
  assert.match(reply.message, "nothing has run");
  assert.equal(workspace.events, []);
});

cancels("with nothing running says so", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  assert.equal(await cancel(workspace), {
    success: true,
    verb: "cancel",
    plugin_name: "p",
    cancelled: false,
    run_id: null,
    message: 'No run has "p"; nothing was cancelled',
  });
  await workspace.apply("p");
  const { cancelled, run_id } = await cancel(workspace);
  assert.equal([cancelled, run_id], [false, null]);
});

cancels("names the run that it does not mean, and leaves it running", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_endless.sql": ENDLESS });
  const asked = workspace.refused("apply", "p");
  await untilStarted(workspace, 2);
  const other = await cancel(workspace, { run_id: "another" });
  assert.is(other.cancelled, false);
  assert.match(other.message, `held by another run, ${other.run_id}`);
  assert.ok((await workspace.status("p")).locked);
  const own = await cancel(workspace, { run_id: other.run_id });
  assert.equal([own.cancelled, own.run_id], [true, other.run_id]);
  assert.is((await asked).error_code, "CANCELLED");
});

cancels("every run has the id that its request names", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  const named: string[] = [];
  for (const verb of ["plan", "apply", "backup", "restore", "rollback"] as const) {
    const run_id = crypto.randomUUID();
    // A backup has no events.
    if (verb !== "backup") named.push(run_id);
    const reply = await workspace.ask(verb, "p", { ...leastRequest(verb), run_id });
    assert.equal([reply.success, "run_id" in reply && reply.run_id], [true, run_id], verb);
    const refused = await workspace.refused(verb, "p", { ...leastRequest(verb), run_id: "mine" });
    assert.is(refused.error_code, "INVALID_REQUEST");
  }
  const ids = new Set(workspace.events.map(({ run_id }) => run_id));
  assert.equal([...ids], named);
});

cancels("does not reach the database of another tenant", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_endless.sql": ENDLESS });
  const asked = workspace.refused("apply", "p", { tenant: "acme" });
  await untilStarted(workspace, 2);
  assert.not.ok((await cancel(workspace)).cancelled);
  assert.not.ok((await cancel(workspace, { tenant: "globex" })).cancelled);
  const reply = await cancel(workspace, { tenant: "acme" });
  assert.equal([reply.cancelled, reply.tenant], [true, "acme"]);
  assert.is((await asked).error_code, "CANCELLED");
});

cancels("a run ends that waits for listeners to close the database", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE });
  const closed = Promise.withResolvers<void>();
  const requested = Promise.withResolvers<void>();
  (await workspace.migrator()).onBeforeRun(() => {
    requested.resolve();
    return closed.promise;
  });
  const asked = workspace.refused("apply", "p");
  await requested.promise;
  assert.ok((await cancel(workspace)).cancelled);
  assert.is((await asked).error_code, "CANCELLED");
  closed.resolve();
  assert.is(sqliteShell(workspace.database("p"), "SELECT name FROM sqlite_schema"), "");
});

cancels("a run ends that waits for a thread", async () => {
  await using workspace = new Workspace({ workers: 2 });
  workspace.write("busy", { "001_create.sql": CREATE, "002_endless.sql": ENDLESS });
  workspace.write("p", { "001_create.sql": CREATE });
  const busy = workspace.refused("apply", "busy");
  await untilStarted(workspace, 2);
  const asked = workspace.refused("apply", "p");
  while (!(await cancel(workspace)).cancelled) await sleep(5);
  const reply = await asked;
  assert.is(reply.error_code, "CANCELLED");
  assert.match(reply.message, "it had not begun");
  await workspace.ask("cancel", "busy");
  assert.is((await busy).error_code, "CANCELLED");
  assert.is((await workspace.apply("p")).current_version, 1);
});

cancels("reaches the run of another process", async () => {
  await using workspace = new Workspace();
  workspace.write("p", { "001_create.sql": CREATE, "002_endless.sql": ENDLESS });
  await using other = new MigratorProcess(workspace, "apply", "p");
  await other.sawEvent("migration_applied");
  const { run_id } = await other.sawEvent("migration_started");
  const reply = await cancel(workspace);
  assert.equal([reply.cancelled, reply.run_id], [true, run_id]);
  const ended = await other.reply();
  assert.is(ended.success || ended.error_code, "CANCELLED");
  assert.not.ok((await workspace.status("p")).locked);
});

cancels("an operation of SQLite that does not yield is answered all the same", async () => {
  // However slow the machine is, the operation ends while the next run waits for it.
  await using workspace = new Workspace({ workers: 3, busyTimeoutMs: 300_000 });
  workspace.write("p", {
    "001_create.sql": migrationFile("CREATE TABLE t (n, found); INSERT INTO t (n) VALUES (15000);"),
    "002_more.sql": migrationFile("CREATE TABLE u (a);"),
    // Quick where there are no rows, as in the rehearsal.
    "003_long.sql": migrationFile(
      "UPDATE t SET found = instr(hex(zeroblob(3 * n)), hex(zeroblob(n)) || '1');",
    ),
  });
  const asked = workspace.refused("apply", "p");
  await untilStarted(workspace, 3);
  assert.ok((await cancel(workspace)).cancelled);
  const reply = await asked;
  assert.is(reply.error_code, "CANCELLED");
  assert.match(reply.message, "inside one operation of SQLite, which cannot be interrupted");
  assert.match(reply.message, "the migration that was running is undone.");
  assert.equal(reply.applied_migrations?.map(({ version }) => version), [1, 2]);
  assert.is(reply.current_version, 2);
  // The next run waits for the operation.
  workspace.write("p", { "003_long.sql": migrationFile("INSERT INTO u VALUES (1);") });
  assert.is((await workspace.apply("p")).current_version, 3);
  assert.is(sqliteShell(workspace.database("p"), "SELECT count(*) FROM t WHERE found >= 0"), "0");
});

cancels.run();
