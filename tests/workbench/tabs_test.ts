// Two tabs with the page in a real Chromium: one owns the databases, the other says so and works too.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const FILES = {
  "001_create_notes.sql": migrationFile(
    "CREATE TABLE notes (body TEXT); INSERT INTO notes VALUES ('one'), ('two');",
    "DROP TABLE notes;",
  ),
  "002_empty_notes.sql": migrationFile("DELETE FROM notes;", "SELECT 1;"),
};

const BANNER = "Open in another tab.";

const tabs = suite("the page in two tabs");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so both are in the same two tabs.
let owner: SandboxPage;
let guest: SandboxPage;

tabs.before(async () => {
  site = await SandboxServer.start({
    files: await publishedPlugins({ shared: FILES, raced: FILES }),
  });
  browser = await openChromium({ hasServiceWorkers: false });
  owner = await SandboxPage.open(browser, site.url, "raced");
  guest = await SandboxPage.open(browser, site.url, "raced");
  await guest.page.getByRole("status").getByText(BANNER).waitFor();
  assert.is(await owner.page.getByText(BANNER).count(), 0);
});

tabs.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

tabs.after.each(() => browser.assertQuiet());

/** Brings a tab to the front; one in the background draws once a second. */
function show(sandbox: SandboxPage): Promise<void> {
  return sandbox.page.bringToFront();
}

tabs("what was changed between the question and the answer is refused, and said", async () => {
  await show(owner);
  await owner.applyTo("001");
  await owner.step("002");
  await owner.button("Apply to here").click();
  await owner.dialog.getByText("2 rows of notes").waitFor();

  await show(guest);
  await guest.step("001");
  await guest.button("Roll back this step").click();
  await guest.button("Roll back and delete this data").click();
  await guest.result.getByText("Rolled back 1 migration").waitFor();

  await show(owner);
  await owner.button("Apply and delete this data").click();
  await owner.result.getByText("PLAN_CHANGED").waitFor();
  await owner.state("raced").getByText("Version 0").waitFor();
});

tabs(
  "a guest says so, forwards what is done in it, and takes over when the owner closes",
  async () => {
    for (const tab of [owner, guest]) {
      await show(tab);
      await tab.choose("shared");
    }
    await guest.applyTo("001");
    await owner.state("shared").getByText("Version 1").waitFor();
    await owner.entry("001").getByText("current version").waitFor();
    await show(owner);
    const seen = await owner.newestMessage("apply");
    assert.is(JSON.parse(seen.reply).current_version, 1);

    await owner.page.close();
    await guest.page.getByText(BANNER).waitFor({ state: "detached" });
    await guest.step("001");
    await guest.button("Roll back this step").click();
    await guest.button("Roll back and delete this data").click();
    await guest.result.getByText("Rolled back 1 migration; now at version 0").waitFor();
  },
);

tabs.run();
