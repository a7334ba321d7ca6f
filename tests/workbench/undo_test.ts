// What the page takes back, in a real Chromium: runs and queries that are stopped, and runs and
// databases that a backup replaces.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const COUNT_FOR_EVER =
  "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted)";
const NOTES = {
  "001_create_notes.sql": migrationFile(
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);\n" +
      "INSERT INTO notes (body) VALUES ('first note'), ('second note');",
    "DROP TABLE notes;",
  ),
  "002_create_pins.sql": migrationFile("CREATE TABLE pins (note_id INTEGER);", "DROP TABLE pins;"),
};

const undo = suite("the page's undo");

let browser: TestBrowser;
let site: SandboxServer;

undo.before(async () => {
  site = await SandboxServer.start({
    files: await publishedPlugins({
      endless: {
        ...NOTES,
        "003_count.sql": migrationFile(
          `CREATE TABLE numbers (n);\nINSERT INTO numbers ${COUNT_FOR_EVER} SELECT n FROM counted WHERE n < 0;`,
          "DROP TABLE numbers;",
        ),
      },
      asked: NOTES,
      lossy: {
        ...NOTES,
        "003_empty_notes.sql": migrationFile("DELETE FROM notes;", "SELECT 1;"),
      },
    }),
  });
  browser = await openChromium();
});

undo.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

undo.after.each(async () => {
  for (const page of browser.context.pages().slice(1)) await page.close();
  browser.assertQuiet();
});

undo(
  "Cancel ends an endless dry run that shows how far it is, and a run after it works",
  async () => {
    const sandbox = await SandboxPage.open(browser, site.url, "endless");
    await sandbox.step("003");
    await sandbox.button("Dry run").click();
    await sandbox.page.getByText("Trying 003, 2 of 3 done").waitFor();
    await sandbox.page.getByText(/^Statement 2 of 2, /).waitFor();
    await sandbox.button("Cancel").click();
    await sandbox.result.getByText(/cancelled.*nothing is kept/).waitFor();
    await sandbox.result.getByText("CANCELLED", { exact: true }).waitFor();
    await sandbox.applyTo("002");
    await sandbox.state("endless").getByText("Version 2").waitFor();

    const { reply } = await sandbox.newestMessage("cancel");
    assert.is(JSON.parse(reply).cancelled, true);
  },
);

undo("Stop ends an endless statement of the prompt, and the next one runs", async () => {
  const sandbox = await SandboxPage.open(browser, site.url, "asked");
  await sandbox.applyTo("002");
  await sandbox.view("Data");
  const prompt = sandbox.page.getByRole("region", { name: "SQL" });
  await sandbox.runSql(`${COUNT_FOR_EVER} SELECT max(n) FROM counted`);
  await prompt.getByText("Running …").waitFor();
  await sandbox.button("Stop").click();
  await prompt.getByRole("status").getByText(/^Stopped/).waitFor();
  assert.is(await sandbox.button("Stop").count(), 0);
  await sandbox.runSql("SELECT count(*) AS notes FROM notes");
  await prompt.getByRole("cell", { name: "2" }).waitFor();
});

undo("the history has every run, with its plan, its losses and its backup", async () => {
  const sandbox = await SandboxPage.open(browser, site.url, "lossy");
  await sandbox.step("003");
  await sandbox.button("Dry run").click();
  await sandbox.result.getByText("Dry run: would apply 3 migrations").waitFor();
  const difference = sandbox.result.getByRole("group", { name: "Difference of the schemas" });
  await difference.getByText("+CREATE TABLE pins").waitFor();
  await sandbox.button("Show what is lost").click();
  await sandbox.result.getByRole("cell", { name: "second note" }).waitFor();
  await sandbox.button("Apply to here").click();
  await sandbox.button("Apply and delete this data").click();
  await sandbox.result.getByText("Applied 3 migrations; now at version 3").waitFor();
  await sandbox.button("Roll back this step").click();
  await sandbox.result.getByText("Rolled back 1 migration; now at version 2").waitFor();

  await sandbox.view("History");
  const [newest = "", oldest = "", ...others] = await runsOf(sandbox);
  assert.equal(others, []);
  assert.match(newest, /^Rolled back 1 migration .* by sandbox Rolled back 003 empty notes/);
  assert.match(oldest, /^Applied 3 migrations .* by sandbox Applied 003 empty notes/);
  assert.match(
    oldest,
    /lost 2 rows of notes .*added table pins.* Plan [0-9a-f]{12} Run .* Backup /,
  );
  const { reply } = await sandbox.newestMessage("history");
  assert.is(JSON.parse(reply).entry_count, 4);
});

/** The text of each run in the history. */
async function runsOf(sandbox: SandboxPage): Promise<readonly string[]> {
  const runs = sandbox.page.getByRole("list", { name: "Runs, newest first" });
  await runs.waitFor();
  const texts = await runs.locator("> li").allInnerTexts();
  return texts.map((text) => text.replaceAll(/\s+/g, " ").trim());
}

undo.run();
