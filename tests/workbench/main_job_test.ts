// The main job in a real Chromium: everything pending from the header, what blocks it, and the way
// through a long timeline.

import * as assert from "uvu/assert";
import type { Locator } from "playwright-core";
import { barriersIn } from "../support/accessibility.ts";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const job = suite("the main job");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so all of them are in one tab, each with a plugin.
let sandbox: SandboxPage;

/** Files that each create a table. */
function tables(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => {
    const file = `${String(index + 1).padStart(3, "0")}_create_t${index + 1}.sql`;
    return [file, migrationFile(`CREATE TABLE t${index + 1} (a);`, `DROP TABLE t${index + 1};`)];
  }));
}

const WRONG = migrationFile("CREATE TABEL wrong (a);", "SELECT 1;");

job.before(async () => {
  const files = await publishedPlugins({
    short: tables(3),
    long: { ...tables(25), "024_create_t24.sql": WRONG },
    blocked: { ...tables(2), "003_wrong.sql": WRONG },
    stray: { ...tables(2), "notes.sql": "-- no migration" },
  });
  site = await SandboxServer.start({ files });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "short");
});

job.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

job.after.each(() => browser.assertQuiet());

function timeline(): Locator {
  return sandbox.page.getByRole("region", { name: "Timeline" });
}

job("everything pending is tried and applied from any view", async () => {
  await sandbox.choose("short");
  await sandbox.view("Data");
  await sandbox.button("Dry run all").click();
  await sandbox.result.getByText("Dry run: would apply 3 migrations").waitFor();
  await sandbox.view("History");
  await sandbox.button("Apply all").click();
  await sandbox.result.getByText("Applied 3 migrations; now at version 3").waitFor();
  await sandbox.state("short").getByText("Nothing pending").waitFor();
  assert.is(await sandbox.button("Apply all").count(), 0);
  assert.is(await sandbox.button("Dry run all").count(), 0);
});

job("an error blocks what needs its file, with the reason and the way to it", async () => {
  await sandbox.choose("blocked");
  const head = sandbox.page.getByRole("main").locator(".plugin-head");
  await head.getByText("Blocked by an error in 003_wrong.sql").waitFor();
  assert.ok(await sandbox.button("Apply all").isDisabled());
  assert.ok(await sandbox.button("Dry run all").isDisabled());
  await sandbox.step("002");
  assert.not.ok(await sandbox.button("Apply to here").isDisabled());
  await head.getByRole("button", { name: "Show it" }).click();
  await sandbox.page.getByRole("article").getByRole("heading", { name: "003 wrong" }).waitFor();
  assert.ok(await sandbox.button("Apply to here").isDisabled());
  assert.is(await head.getByRole("button", { name: "Show it" }).count(), 0);
  await sandbox.applyTo("002");
});

job("a file without a number blocks every apply", async () => {
  await sandbox.choose("stray");
  await sandbox.step("001");
  const actions = sandbox.page.getByRole("group", { name: "Run", exact: true });
  await actions.getByText("Blocked by an error in notes.sql").waitFor();
  assert.ok(await sandbox.button("Apply to here").isDisabled());
  await actions.getByRole("button", { name: "Show it" }).click();
  await sandbox.page.getByRole("article").getByRole("heading", { name: "notes.sql" }).waitFor();
});

job("a long timeline is compact, is searched, and jumps to what is pending or wrong", async () => {
  await sandbox.choose("long");
  await sandbox.applyTo("002");
  const items = timeline().getByRole("listitem");
  assert.is(await items.count(), 26);
  const box = await items.nth(5).boundingBox();
  assert.ok(box !== null && box.height < 34, `an entry is ${box?.height} pixels high`);
  assert.equal(await barriersIn(sandbox.page), []);

  const search = sandbox.page.getByRole("searchbox", { name: "Find a migration" });
  await search.fill("t17");
  assert.is(await items.count(), 1);
  await sandbox.page.keyboard.press("Enter");
  await sandbox.page.getByRole("article").getByRole("heading", { name: "017" }).waitFor();
  await search.fill("applied");
  assert.is(await items.count(), 2);
  // The arrow keys go through what was found.
  await search.focus();
  while (!/^00/.test(await focused())) await sandbox.page.keyboard.press("Tab");
  await sandbox.page.keyboard.press("ArrowDown");
  await sandbox.page.getByRole("article").getByRole("heading", { name: /00[12]/ }).waitFor();
  await search.fill("nothing has this");
  await sandbox.page.getByText("No migration matches").waitFor();

  await sandbox.button("Next pending (23)").click();
  await sandbox.page.getByRole("article").getByRole("heading", { name: "003" }).waitFor();
  assert.is(await search.inputValue(), "");
  await sandbox.button("Next error (1)").click();
  await sandbox.page.getByRole("article").getByRole("heading", { name: "024" }).waitFor();
  const shown = timeline().locator("[aria-current]");
  const frame = await sandbox.page.locator(".migrations-timeline").boundingBox();
  const entry = await shown.boundingBox();
  assert.ok(frame !== null && entry !== null && entry.y < frame.y + frame.height);
});

async function focused(): Promise<string> {
  return await sandbox.page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
}

job.run();
