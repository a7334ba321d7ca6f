// The sandbox in a tab: migrations on OPFS in a real Chromium, which another SQLite can read.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { isIntact, sqliteShell } from "../../support/sqlite_shell.ts";
import { suite } from "../../support/suite.ts";
import { exported, queried, rowsOf, untilStarted, write } from "../../support/tab_calls.ts";
import { Workspace } from "../../support/workspace.ts";

const sandbox = suite("the sandbox in Chromium");

let browser: TestBrowser;
let site: SandboxServer;
let tab: SandboxTab;

sandbox.before(async () => {
  site = await SandboxServer.start({ files: BLANK_PAGE });
  browser = await openChromium();
  tab = await SandboxTab.open(browser, site.url);
});

sandbox.after(async () => {
  await browser[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

const FILES = {
  "001_a.sql": migrationFile(
    "CREATE TABLE t (a INTEGER NOT NULL); INSERT INTO t VALUES (1), (2), (3);",
    "DROP TABLE t;",
  ),
  "002_b.sql": migrationFile("CREATE INDEX t_a ON t (a);", "DROP INDEX t_a;"),
};
const UNIQUE = {
  "003_c.sql": migrationFile(
    "CREATE TABLE half (h); INSERT INTO half SELECT a FROM t; CREATE UNIQUE INDEX t_once ON t (a);",
    "DROP TABLE half; DROP INDEX t_once;",
  ),
};
// It reads rows that a rehearsal does not have, in every combination of four.
const LONG = {
  "003_c.sql": migrationFile(
    "INSERT INTO t SELECT w.a FROM t w, t x, t y, t z WHERE w.a + x.a + y.a + z.a < 0;",
    "DELETE FROM t WHERE a < 0;",
  ),
};
const MANY_ROWS =
  "INSERT INTO t WITH RECURSIVE c (n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM c LIMIT 1000) SELECT n FROM c";

sandbox("what was applied is there after a reload", async () => {
  await tab.save("kept", FILES);
  const applied = await tab.ask("apply", "kept", { applied_by: "mira" });
  assert.ok(applied.success, JSON.stringify(applied));
  const before = await tab.ask("status", "kept");
  await tab.reload();
  assert.equal((await tab.state())?.storage, { kind: "opfs" });
  const after = await tab.ask("status", "kept");
  assert.equal(after, before);
  assert.ok(after.success && "pending_count" in after);
  assert.is(after.current_version, 2);
  assert.is(after.pending_count, 0);
  assert.equal(await rowsOf(tab, "kept", "SELECT a FROM t ORDER BY a"), [[1], [2], [3]]);
});

sandbox(
  "the exported file opens in every SQLite, and godwit on Deno tells its history",
  async () => {
    await tab.save("exported", FILES);
    await tab.ask("apply", "exported");
    await tab.ask("rollback", "exported");
    const bytes = await exported(tab, "exported");
    assert.ok(bytes !== null);
    await using ws = new Workspace();
    ws.write("exported", FILES);
    Deno.mkdirSync(ws.dataDir);
    Deno.writeFileSync(ws.database("exported"), bytes);
    assert.ok(isIntact(ws.database("exported")));
    assert.is(sqliteShell(ws.database("exported"), "SELECT group_concat(a) FROM t"), "1,2,3");
    assert.equal(await ws.status("exported"), await tab.ask("status", "exported"));
    assert.is((await ws.apply("exported")).current_version, 2);
  },
);

sandbox("a dry run changes nothing, and makes no database", async () => {
  await tab.save("dry", FILES);
  const first = await tab.ask("apply", "dry", { dry_run: true });
  assert.ok(first.success && "applied_migrations" in first);
  assert.is(first.applied_migrations.length, 2);
  assert.is(await exported(tab, "dry"), null);
  await tab.ask("apply", "dry");
  const before = await exported(tab, "dry");
  assert.ok(before !== null);
  const dry = await tab.ask("rollback", "dry", { dry_run: true, target_version: 0 });
  assert.ok(dry.success && "rolled_back_migrations" in dry);
  assert.is(dry.rolled_back_migrations.length, 2);
  await tab.save("dry", { ...FILES, ...UNIQUE });
  const up = await tab.ask("apply", "dry", { dry_run: true });
  assert.ok(up.success, JSON.stringify(up));
  assert.equal(await exported(tab, "dry"), before);
  await tab.reload();
  assert.equal(await exported(tab, "dry"), before);
});

sandbox("a migration that fails is undone whole, and those before it stay", async () => {
  await tab.save("failing", { "001_a.sql": FILES["001_a.sql"] });
  await tab.ask("apply", "failing");
  await write(tab, "failing", "INSERT INTO t VALUES (1)");
  await tab.save("failing", { ...FILES, ...UNIQUE });
  const reply = await tab.ask("apply", "failing");
  assert.ok(!reply.success);
  assert.is(reply.error_code, "MIGRATION_FAILED");
  assert.is(reply.failed_version, 3);
  assert.equal(reply.applied_migrations?.map(({ version }) => version), [2]);
  const status = await tab.ask("status", "failing");
  assert.ok(status.success && status.verb === "status");
  assert.is(status.current_version, 2);
  assert.equal(status.failed_migrations.map(({ version }) => version), [3]);
  const tables = "SELECT name FROM sqlite_schema WHERE name IN ('half', 't', 't_a', 't_once')";
  assert.equal(await rowsOf(tab, "failing", `${tables} ORDER BY name`), [["t"], ["t_a"]]);
  await write(tab, "failing", "DELETE FROM t WHERE rowid = 4");
  assert.ok((await tab.ask("apply", "failing")).success);
});

sandbox("rollback() undoes, and a plan that was reviewed is the one that runs", async () => {
  await tab.save("reviewed", FILES);
  const reviewed = await tab.ask("apply", "reviewed", { dry_run: true });
  assert.ok(reviewed.success && "plan_hash" in reviewed);
  const { plan_hash } = reviewed;
  await tab.save("reviewed", { ...FILES, "002_b.sql": migrationFile("CREATE TABLE other (o);") });
  const changed = await tab.ask("apply", "reviewed", { plan_hash });
  assert.is(!changed.success && changed.error_code, "PLAN_CHANGED");
  await tab.save("reviewed", FILES);
  assert.ok((await tab.ask("apply", "reviewed", { plan_hash })).success);
  const back = await tab.ask("rollback", "reviewed", { target_version: 0 });
  assert.ok(back.success && "rolled_back_migrations" in back);
  assert.equal(back.rolled_back_migrations.map(({ version }) => version), [2, 1]);
  const refused = await queried(tab, "reviewed", "SELECT * FROM t");
  assert.is(!refused.ok && refused.message, "no such table: t");
});

sandbox(
  "while a plugin is migrated, status says so and everything else waits or is refused",
  async () => {
    await tab.save("long", FILES);
    await tab.ask("apply", "long");
    await write(tab, "long", MANY_ROWS);
    await tab.save("long", { ...FILES, ...LONG });
    const running = tab.ask("apply", "long");
    // At once, when the run has hardly begun, and then while it is under way.
    const early = await tab.ask("status", "long");
    assert.is(early.success && "locked" in early && early.locked, true);
    await untilStarted(tab, "long", 3);
    const second = await tab.ask("rollback", "long");
    assert.is(!second.success && second.error_code, "MIGRATION_IN_PROGRESS");
    const status = await tab.ask("status", "long");
    assert.ok(status.success && status.verb === "status");
    assert.is(status.locked, true);
    assert.is(status.progress?.version, 3);
    assert.is(status.current_version, 2);
    // Other plugins have threads of their own.
    await tab.save("other", FILES);
    assert.ok((await tab.ask("apply", "other")).success);
    await tab.handle.evaluate(({ sandbox }) => sandbox.close());
    const stopped = await running;
    assert.is(!stopped.success && stopped.error_code, "CANCELLED");
    await tab.reload();
    const after = await tab.ask("status", "long");
    assert.ok(after.success && "pending_count" in after);
    assert.is(after.locked, false);
    assert.is(after.current_version, 2);
    assert.equal(await rowsOf(tab, "long", "SELECT count(*) FROM t"), [[1003]]);
  },
);

sandbox("a name that no directory can have is refused, and not kept in memory", async () => {
  const page = await browser.open(new URL("blank.html", site.url).href);
  const said = await page.evaluate(async () => {
    const { openSandbox } = await import(new URL("client.js", location.href).href);
    const openings = ["", "..", "a/b"].map((name) =>
      openSandbox({ workerUrl: "sandbox_worker.js", name })
    );
    const results = await Promise.allSettled(openings);
    return results.map((each) => each.status === "rejected" ? `${each.reason}` : "opened");
  });
  assert.equal(
    said,
    ["", "..", "a/b"].map((name) =>
      `Error: Cannot start the sandbox: "${name}" is not a valid directory name; choose one like godwit`
    ),
  );
  await page.close();
});

sandbox("a call that a closed sandbox cannot answer is rejected", async () => {
  const tab = await SandboxTab.open(browser, site.url);
  const said = await tab.handle.evaluate(async ({ sandbox }) => {
    await sandbox.close();
    await sandbox.close();
    const calls = await Promise.allSettled([
      sandbox.plugins(),
      sandbox.request("status", "p", "{}"),
    ]);
    return calls.map((each) => each.status === "rejected" ? `${each.reason}` : "answered");
  });
  assert.equal(said, Array(2).fill("Error: The sandbox is closed; open it again"));
  await tab.page.close();
});

sandbox.run();
