// Several tabs with one sandbox in a real Chromium: one owns it, the others forward, and take over.

import * as assert from "uvu/assert";
import type { WireMessage } from "../../../lib/browser/sandbox.ts";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { migrationFile } from "../../support/migration_file.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE, SandboxTab } from "../../support/sandbox_tab.ts";
import { isIntact } from "../../support/sqlite_shell.ts";
import { suite } from "../../support/suite.ts";
import { exported, rowsOf, untilEvent, untilStarted, write } from "../../support/tab_calls.ts";

const tabs = suite("tabs of one sandbox");

let browser: TestBrowser;
let site: SandboxServer;

tabs.before(async () => {
  site = await SandboxServer.start({ files: BLANK_PAGE });
  browser = await openChromium();
});

tabs.after(async () => {
  await browser[Symbol.asyncDispose]();
  await site[Symbol.asyncDispose]();
});

tabs.after.each(async () => {
  for (const page of browser.context.pages().slice(1)) await page.close();
  // NoModificationAllowedError would show here too.
  browser.assertQuiet();
});

const FILES = {
  "001_a.sql": migrationFile("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2);", "DROP TABLE t;"),
};
// It changes every row, and then looks for something in every combination of four.
const LONG = {
  "002_b.sql": migrationFile(
    "UPDATE t SET a = -a; INSERT INTO t SELECT w.a FROM t w, t x, t y, t z WHERE w.a + x.a + y.a + z.a > 0;",
    "DELETE FROM t WHERE a > 0;",
  ),
};
const MANY_ROWS =
  "INSERT INTO t WITH RECURSIVE c (n) AS (SELECT 3 UNION ALL SELECT n + 1 FROM c LIMIT 2000) SELECT n FROM c";
const COUNT = "SELECT count(*), min(a) FROM t";

/** Opens a tab that owns the sandbox, and tabs that do not. */
async function openTabs(guests: number): Promise<readonly [SandboxTab, ...SandboxTab[]]> {
  const owner = await SandboxTab.open(browser, site.url);
  await owner.untilRole("owner");
  const others: SandboxTab[] = [];
  for (let count = 0; count < guests; count++) {
    const guest = await SandboxTab.open(browser, site.url);
    await guest.untilRole("guest");
    others.push(guest);
  }
  return [owner, ...others];
}

/** Opens two tabs, with a run of `plugin` under way that the guest has asked for. */
async function openAmidRun(plugin: string): Promise<{
  readonly owner: SandboxTab;
  readonly guest: SandboxTab;
  readonly pending: ReturnType<SandboxTab["ask"]>;
}> {
  const [owner, guest] = await openTabs(1);
  assert.ok(guest);
  await owner.save(plugin, FILES);
  await owner.ask("apply", plugin);
  await write(owner, plugin, MANY_ROWS);
  await owner.save(plugin, { ...FILES, ...LONG });
  const pending = guest.ask("apply", plugin);
  await untilStarted(guest, plugin, 2);
  return { owner, guest, pending };
}

/** What a tab was told of requests, as text without times. */
async function wireOf(tab: SandboxTab): Promise<readonly string[]> {
  const messages = await tab.handle.evaluate(({ events }) =>
    events.flatMap((each): WireMessage[] => each.kind === "wire" ? [each.message] : [])
  );
  return messages.map(({ at: _, ...message }) => JSON.stringify(message));
}

async function untilWire(tab: SandboxTab, count: number): Promise<void> {
  await tab.page.waitForFunction(
    ([{ events }, count]) => events.filter(({ kind }) => kind === "wire").length >= count,
    [tab.handle, count] as const,
  );
}

tabs("one tab owns, another forwards to it, and both are told of everything", async () => {
  const [owner, guest] = await openTabs(1);
  assert.ok(guest);
  await guest.save("shared", FILES);
  const reply = await guest.ask("apply", "shared", { applied_by: "guest" });
  assert.ok(reply.success, JSON.stringify(reply));
  await untilEvent(owner, "shared", "run_finished");
  await untilEvent(guest, "shared", "run_finished");
  assert.equal(await owner.ask("status", "shared"), await guest.ask("status", "shared"));
  assert.equal(await rowsOf(guest, "shared", COUNT), [[2, 1]]);
  await Promise.all([untilWire(owner, 6), untilWire(guest, 6)]);
  assert.equal(await wireOf(owner), await wireOf(guest));
  const [ownState, guestState] = [await owner.state(), await guest.state()];
  assert.equal(guestState, { ...ownState, role: "guest" });
  assert.equal(guestState?.storage, { kind: "opfs" });
});

tabs("of tabs that open at once, one owns the sandbox and all of them answer", async () => {
  const opened = await Promise.all(
    Array.from({ length: 4 }, () => SandboxTab.open(browser, site.url)),
  );
  const [first] = opened;
  assert.ok(first);
  await first.save("at-once", FILES);
  const replies = await Promise.all(opened.map((tab) => tab.ask("apply", "at-once")));
  // The lock is the plugin's, whichever tab asks.
  const outcomes = replies.map((reply) => reply.success ? "ran" : reply.error_code);
  assert.ok(outcomes.includes("ran"));
  assert.ok(outcomes.every((each) => each === "ran" || each === "MIGRATION_IN_PROGRESS"));
  const counts = await Promise.all(opened.map((tab) => rowsOf(tab, "at-once", COUNT)));
  assert.equal(counts, Array(4).fill([[2, 1]]));
  const roles = await Promise.all(opened.map(async (tab) => (await tab.state())?.role));
  assert.equal(roles.toSorted(), ["guest", "guest", "guest", "owner"]);
});

tabs("tabs that are reloaded in turn hand the sandbox to and fro", async () => {
  const [one, other] = await openTabs(1);
  assert.ok(other);
  await one.save("to-and-fro", FILES);
  for (let count = 0; count < 4; count++) {
    const [leaving, staying] = count % 2 === 0 ? [one, other] : [other, one];
    const verb = count % 4 < 2 ? "apply" : "rollback";
    const asked = staying.ask(verb, "to-and-fro");
    const [reply] = await Promise.all([asked, leaving.reload()]);
    // It was answered in time, or its owner left; then the next one knows how far it came.
    if (!reply.success) assert.match(reply.message, /The tab that owned the database|already|no /);
    const statuses = await Promise.all(
      [leaving, staying].map((tab) => tab.ask("status", "to-and-fro")),
    );
    assert.ok(statuses.every(({ success }) => success), JSON.stringify(statuses));
    assert.equal(statuses[0], statuses[1]);
    assert.equal((await leaving.state())?.storage, { kind: "opfs" });
  }
});

tabs("the guest becomes the owner when the owner's tab is closed", async () => {
  const [owner, guest, third] = await openTabs(2);
  assert.ok(guest && third);
  await owner.save("handed", FILES);
  await owner.ask("apply", "handed");
  const before = await owner.ask("status", "handed");
  await owner.page.close();
  await guest.untilRole("owner");
  assert.equal(await guest.ask("status", "handed"), before);
  assert.equal(await third.ask("status", "handed"), before);
  await guest.handle.evaluate(({ sandbox }) => sandbox.close());
  await third.untilRole("owner");
  assert.equal(await third.ask("status", "handed"), before);
  assert.equal(await rowsOf(third, "handed", COUNT), [[2, 1]]);
});

tabs("an owner that crashes amid a run is followed by the guest, on a whole database", async () => {
  const { owner, guest, pending } = await openAmidRun("crashed");
  // It waits for the run, and reads.
  const read = rowsOf(guest, "crashed", COUNT);
  await browser.crash(owner.page);
  const crashed = performance.now();
  await guest.untilRole("owner");
  const owned = performance.now();
  const reply = await pending;
  assert.ok(!reply.success);
  assert.is(reply.error_code, "DATABASE_UNAVAILABLE");
  assert.match(reply.message, /The tab that owned the database has closed/);
  assert.equal(await read, [[2002, 1]]);
  const answered = performance.now();
  console.log(
    `after a crash: owner after ${ms(owned - crashed)}, rows after ${ms(answered - crashed)}`,
  );
  const status = await guest.ask("status", "crashed");
  assert.ok(status.success && status.verb === "status");
  assert.is(status.current_version, 1);
  assert.is(status.locked, false);
  const path = Deno.makeTempFileSync();
  Deno.writeFileSync(path, await exported(guest, "crashed") ?? new Uint8Array());
  assert.ok(isIntact(path));
  Deno.removeSync(path);
});

tabs("an owner that is closed amid a run leaves a whole database too", async () => {
  const { owner, guest, pending } = await openAmidRun("closed");
  const closing = performance.now();
  await owner.page.close();
  await guest.untilRole("owner");
  const owned = performance.now();
  const reply = await pending;
  assert.is(!reply.success && reply.error_code, "DATABASE_UNAVAILABLE");
  assert.equal(await rowsOf(guest, "closed", COUNT), [[2002, 1]]);
  const answered = performance.now();
  console.log(
    `after closing: owner after ${ms(owned - closing)}, rows after ${ms(answered - closing)}`,
  );
});

tabs("a guest whose server is away takes over as soon as it is back", async () => {
  const [owner, guest] = await openTabs(1);
  assert.ok(guest);
  await owner.save("away", FILES);
  await owner.ask("apply", "away");
  await site.stop();
  // The spare worker serves one plugin more.
  await owner.ask("status", "away-1");
  await owner.save("away-2", FILES);
  await owner.save("away-3", FILES);
  await owner.ask("apply", "away-2");
  const refused = await owner.ask("apply", "away-3");
  assert.ok(!refused.success);
  assert.is(refused.error_code, "DATABASE_UNAVAILABLE", refused.message);
  assert.match(
    refused.message,
    /database_worker\.js: .* \(EHOSTUNREACH\): the server of this page/,
  );
  const tried = guest.page.waitForEvent("console", {
    predicate: (message) => message.text().includes("Cannot take over yet"),
  });
  const rows = rowsOf(guest, "away", COUNT);
  await owner.page.close();
  await tried;
  await site.restart();
  assert.equal(await rows, [[2, 1]]);
  await guest.untilRole("owner");
  assert.ok((await guest.ask("apply", "away-3")).success);
  browser.assertQuiet(/ERR_CONNECTION_REFUSED/);
});

tabs("an owner that is reloaded again and again comes up on OPFS with its rows", async () => {
  const [owner] = await openTabs(0);
  await owner.save("reloaded", FILES);
  await owner.ask("apply", "reloaded");
  for (let count = 0; count < 4; count++) {
    // Every other time it is left while the database is being opened.
    const opening = count % 2 === 0 ? null : owner.ask("status", "reloaded").catch(() => null);
    await owner.reload();
    await opening;
    // The tab before it may still hold the lock.
    await owner.untilRole("owner");
    assert.equal((await owner.state())?.storage, { kind: "opfs" });
    assert.equal(await rowsOf(owner, "reloaded", COUNT), [[2, 1]]);
  }
});

function ms(duration: number): string {
  return `${Math.round(duration)} ms`;
}

tabs.run();
