// What the page takes back, in a real Chromium: runs and queries that are stopped, and runs and
// databases that a backup replaces.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { BLANK_PAGE } from "../support/sandbox_tab.ts";
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

const LOSSY = {
  ...NOTES,
  "003_empty_notes.sql": migrationFile("DELETE FROM notes;", "SELECT 1;"),
};

const undo = suite("the page's undo");

let browser: TestBrowser;
let site: SandboxServer;
let bareSite: SandboxServer;
// Starting SQLite takes longer than most cases, so there is one tab of each server.
let isolated: SandboxPage;
let bare: SandboxPage;

undo.before(async () => {
  const plugins = await publishedPlugins({
    endless: {
      ...NOTES,
      "003_count.sql": migrationFile(
        `CREATE TABLE numbers (n);\nINSERT INTO numbers ${COUNT_FOR_EVER} SELECT n FROM counted WHERE n < 0;`,
        "DROP TABLE numbers;",
      ),
    },
    asked: NOTES,
    lossy: LOSSY,
    undone: LOSSY,
    damaged: NOTES,
  });
  site = await SandboxServer.start({ files: { ...plugins, ...BLANK_PAGE } });
  bareSite = await SandboxServer.start({ files: plugins, isIsolated: false });
  browser = await openChromium({ hasServiceWorkers: false });
  isolated = await SandboxPage.open(browser, site.url, "endless");
  bare = await SandboxPage.open(browser, bareSite.url, "endless");
});

undo.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  await bareSite?.[Symbol.asyncDispose]();
});

undo.after.each(() => browser.assertQuiet());

for (const isIsolated of [true, false]) {
  const where = isIsolated ? "by interrupting it" : "by ending its thread";

  undo(`Cancel ends an endless dry run ${where}, and a run after it works`, async () => {
    const sandbox = await choose(isIsolated, "endless");
    await sandbox.step("003");
    await sandbox.button("Dry run").click();
    await sandbox.page.getByText("Dry run: 003, 2 of 3 done").waitFor();
    await sandbox.page.getByText(/^Statement 2 of 2, /).waitFor();
    await sandbox.button("Cancel").click();
    await sandbox.result.getByText("CANCELLED", { exact: true }).waitFor();
    await sandbox.result.getByText(/cancelled.*nothing is kept/).waitFor();
    await sandbox.applyTo("002");
    await sandbox.state("endless").getByText("Version 2").waitFor();
    const { reply } = await sandbox.newestMessage("cancel");
    assert.is(JSON.parse(reply).cancelled, true);
  });

  undo(`Stop ends an endless statement ${where}, and the next one runs`, async () => {
    const sandbox = await choose(isIsolated, "asked");
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
}

undo("the history has every run, with its plan, its losses and its backup", async () => {
  const sandbox = await choose(true, "lossy");
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
  // The backup of the run is from its middle, and the dialog says so.
  await sandbox.button("Undo this run").click();
  await sandbox.dialog.getByText(/The run made it at version 2, before/).waitFor();
  await sandbox.button("Cancel").click();
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

undo("Undo this run brings the rows back, and undoing that takes them away again", async () => {
  const sandbox = await choose(true, "undone");
  await sandbox.applyTo("002");
  await sandbox.step("003");
  await sandbox.button("Apply to here").click();
  await sandbox.button("Apply and delete this data").click();
  await sandbox.result.getByText("Applied 1 migration; now at version 3").waitFor();

  await sandbox.button("Undo this run").click();
  assert.equal(await pointsOf(sandbox), ["Version 3 becomes 2", "0 rows of notes become 2"]);
  await sandbox.button("Restore this backup").click();
  await sandbox.result.getByText(/^Restored undone.*; now at version 2/).waitFor();
  await sandbox.entry("003").getByText("Pending").waitFor();

  await sandbox.view("Data");
  const rows = sandbox.page.getByRole("region", { name: "Rows of notes" });
  await rows.getByRole("cell", { name: "second note" }).waitFor();
  const backups = sandbox.page.getByRole("list", { name: "Backups" }).getByRole("listitem");
  await backups.getByText("replaced by a restore").waitFor();
  assert.is(await backups.count(), 2);
  await sandbox.button("Undo this restore").click();
  assert.equal(await pointsOf(sandbox), ["Version 2 becomes 3", "2 rows of notes become 0"]);
  await sandbox.button("Restore this backup").click();
  await sandbox.state("undone").getByText("Version 3").waitFor();
  await rows.getByText("No rows").waitFor();
});

undo("a database that cannot be opened is replaced by a backup", async () => {
  await choose(true, "damaged");
  await isolated.applyTo("002");
  await isolated.view("Data");
  await isolated.button("Back up now").click();
  const backups = isolated.page.getByRole("list", { name: "Backups" }).getByRole("listitem");
  await backups.getByText("on request").waitFor();
  await isolated.page.close();
  await damage("/damaged.sqlite3");

  const sandbox = new SandboxPage(await browser.open(`${site.url}#/damaged`));
  await sandbox.button("Show its backups").click();
  await sandbox.page.getByRole("button", { name: /^Restore damaged/ }).click();
  await sandbox.dialog.getByText("The present database cannot be read").waitFor();
  await sandbox.button("Restore this backup").click();
  await sandbox.result.getByText(/^Restored damaged.*; now at version 2/).waitFor();
  await sandbox.state("damaged").getByText("Version 2").waitFor();
  await sandbox.page.getByRole("cell", { name: "second note" }).waitFor();
});

/** Shows a plugin in the tab of a server, in front, because a tab behind another one draws late. */
async function choose(isIsolated: boolean, plugin: string): Promise<SandboxPage> {
  const sandbox = isIsolated ? isolated : bare;
  await sandbox.page.bringToFront();
  await sandbox.choose(plugin);
  return sandbox;
}

/** What the open dialog says that a restore changes. */
async function pointsOf(sandbox: SandboxPage): Promise<readonly string[]> {
  const points = sandbox.dialog.getByRole("listitem");
  await points.first().waitFor();
  return await points.allInnerTexts();
}

/** Overwrites a database in the browser's storage, while no page has it open. */
async function damage(path: string): Promise<void> {
  const page = await browser.open(`${site.url}blank.html`);
  const count = await page.evaluate(async (path) => {
    let count = 0;
    const visit = async (directory: FileSystemDirectoryHandle): Promise<void> => {
      for await (const [, entry] of directory.entries()) {
        if (entry instanceof FileSystemDirectoryHandle) await visit(entry);
        else if (entry instanceof FileSystemFileHandle) await overwrite(entry);
      }
    };
    // The VFS opfs-sahpool writes the path of a file before its content, which begins at 4096.
    const overwrite = async (handle: FileSystemFileHandle): Promise<void> => {
      const head = await (await handle.getFile()).slice(0, 512).text();
      if (head.slice(0, head.indexOf("\0")) !== path) return;
      const data = "not a database".repeat(99);
      while (true) {
        try {
          const writable = await handle.createWritable({ keepExistingData: true });
          await writable.write({ type: "write", position: 4096, data });
          await writable.close();
          count += 1;
          return;
        } catch (error) {
          // A closed page releases its files a little later.
          if (!(error instanceof DOMException && error.name === "NoModificationAllowedError")) {
            throw error;
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    };
    await visit(await navigator.storage.getDirectory());
    return count;
  }, path);
  assert.is(count, 1);
  await page.close();
}

/** The text of each run in the history. */
async function runsOf(sandbox: SandboxPage): Promise<readonly string[]> {
  const runs = sandbox.page.getByRole("list", { name: "Runs, newest first" });
  await runs.waitFor();
  const texts = await runs.locator("> li").allInnerTexts();
  return texts.map((text) => text.replaceAll(/\s+/g, " ").trim());
}

undo.run();
