// The page's data view in a real Chromium: rows, the prompt, and the database as a file.

import { join } from "node:path";
import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { isIntact, sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const FILES = {
  "001_create_cells.sql": migrationFile(
    "CREATE TABLE cells (id INTEGER PRIMARY KEY, value);\n" +
      "INSERT INTO cells (value) VALUES (NULL), ('text'), (2.5), (x'00ff');\n" +
      "CREATE VIEW texts AS SELECT value FROM cells WHERE typeof(value) = 'text';",
    "DROP VIEW texts; DROP TABLE cells;",
  ),
};

const KEYED = {
  "001_create_quotes.sql": migrationFile(
    "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT);\n" +
      "INSERT INTO authors (name) VALUES ('Ada'), ('Grace');\n" +
      "CREATE TABLE quotes (id INTEGER PRIMARY KEY, author REFERENCES authors, body TEXT);\n" +
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)\n" +
      "INSERT INTO quotes SELECT i, i % 2 + 1, 'text ' || i FROM n;",
    "DROP TABLE quotes; DROP TABLE authors;",
  ),
};

const data = suite("the page's data view");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so all of them are in one tab, each with a plugin.
let sandbox: SandboxPage;
let directory: string;

data.before(async () => {
  directory = Deno.makeTempDirSync({ prefix: "godwit-downloads-" });
  site = await SandboxServer.start({
    files: await publishedPlugins({
      cells: FILES,
      asked: FILES,
      undone: FILES,
      moved: FILES,
      kept: FILES,
      keyed: KEYED,
    }),
  });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "cells");
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
});

data.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  Deno.removeSync(directory, { recursive: true });
});

data.after.each(() => browser.assertQuiet());

async function chooseApplied(plugin: string): Promise<void> {
  await sandbox.choose(plugin);
  await sandbox.applyTo("001");
  await sandbox.view("Data");
  await sandbox.page.getByRole("region", { name: "Rows of cells" }).waitFor();
}

data(
  "tables and views are listed with their rows; NULL and blobs look like what they are",
  async () => {
    await chooseApplied("cells");
    const tables = sandbox.page.getByRole("region", { name: "Tables" });
    const shown = sandbox.page.getByRole("region", { name: "cells", exact: true });
    await shown.getByText("4 rows").waitFor();
    await tables.getByRole("button", { name: "cells 4" }).waitFor();
    assert.equal(await shown.getByRole("columnheader").allInnerTexts(), ["id\nINTEGER", "value"]);
    assert.equal(await shown.locator("tbody tr").allInnerTexts(), [
      "1\tNULL",
      "2\ttext",
      "3\t2.5",
      "4\tblob, 2 bytes",
    ]);
    await shown.getByTitle("00 ff").waitFor();
    await tables.getByRole("button", { name: "texts" }).click();
    const view = sandbox.page.getByRole("region", { name: "texts", exact: true });
    await view.getByText("1 row", { exact: true }).waitFor();
    assert.equal(await view.getByRole("columnheader").allInnerTexts(), ["value\nBLOB"]);
    assert.equal(await view.locator("tbody tr").allInnerTexts(), ["text"]);
  },
);

data("rows are sorted, filtered, followed by a key, and copied", async () => {
  await sandbox.choose("keyed");
  const { page } = sandbox;
  await sandbox.applyTo("001");
  await sandbox.view("Data");
  await page.getByRole("button", { name: "quotes" }).click();
  const quotes = page.getByRole("region", { name: "quotes", exact: true });
  await quotes.getByText("1 to 100 of 250 rows").waitFor();
  const body = quotes.getByRole("columnheader", { name: /^body/ });
  await body.getByRole("button").click();
  await body.getByRole("button").click();
  await quotes.locator("tbody tr").first().getByText("text 99", { exact: true }).waitFor();
  assert.is(await body.getAttribute("aria-sort"), "descending");
  await sandbox.button("Next").click();
  await quotes.getByText("101 to 200 of 250 rows").waitFor();
  await page.getByLabel("Filter id").fill(">= 249");
  await quotes.getByText("2 rows found").waitFor();

  const copied = async (format: string): Promise<string> => {
    await sandbox.button(`Copy as ${format}`).click();
    await page.getByText(`Copied 2 rows as ${format}`).waitFor();
    return await page.evaluate(() => navigator.clipboard.readText());
  };
  assert.is(await copied("CSV"), "id,author,body\r\n250,1,text 250\r\n249,2,text 249\r\n");
  assert.equal(JSON.parse(await copied("JSON"))[1], { id: 249, author: 2, body: "text 249" });
  assert.match(await copied("INSERT"), /^INSERT INTO "quotes" .* VALUES \(250, 1, 'text 250'\);\n/);

  await quotes.getByRole("button", { name: "Open the row of authors" }).first().click();
  const authors = page.getByRole("region", { name: "authors", exact: true });
  await authors.getByText("1 row found").waitFor();
  assert.equal(await authors.locator("tbody tr").allInnerTexts(), ["1\tAda"]);
  await page.goBack();
  await quotes.getByText("2 rows found").waitFor();
});

data("a cell is edited by a statement that is shown first, and the edit is undone", async () => {
  await sandbox.choose("keyed");
  const { page } = sandbox;
  await sandbox.view("Data");
  await page.getByRole("button", { name: /^authors \d/ }).click();
  const authors = page.getByRole("region", { name: "authors", exact: true });
  await authors.getByRole("cell", { name: "Ada" }).click();
  assert.ok(await page.getByRole("button", { name: /^Edit/ }).isDisabled());
  await page.getByRole("switch", { name: "Allow writing" }).check();
  // By keyboard: down to the next author, and on to the bar below.
  await authors.getByRole("cell", { name: "Ada" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("group", { name: "Selected cell" }).getByText("Grace").waitFor();
  await sandbox.button("Edit").focus();
  await page.keyboard.press("Enter");
  await sandbox.dialog.getByLabel("Value").fill("it's Grace");
  await sandbox.dialog.getByText(`UPDATE "authors" SET "name" = 'it''s Grace' WHERE "id" = 2`)
    .waitFor();
  await sandbox.button("Run this statement").click();
  await authors.getByRole("cell", { name: "it's Grace" }).waitFor();
  await page.getByRole("list", { name: "Backups" }).getByRole("listitem").waitFor();
  await sandbox.button("Undo this statement").click();
  await sandbox.button("Restore this backup").click();
  await authors.getByRole("cell", { name: "Grace", exact: true }).waitFor();
});

data("the prompt completes names, runs what is selected, explains, and remembers", async () => {
  await sandbox.choose("keyed");
  const { page } = sandbox;
  await sandbox.view("Data");
  const prompt = page.getByRole("region", { name: "SQL" });
  const status = prompt.getByRole("status");
  const editor = page.getByRole("textbox", { name: "SQL to run" });
  await sandbox.untilCompleting("SQL to run");
  await sandbox.type("SQL to run", "SELECT * FROM auth");
  await page.keyboard.press("Control+Space");
  await page.getByRole("option", { name: "authors" }).waitFor();
  await page.keyboard.press("Escape");

  await sandbox.type("SQL to run", "SELECT 1 AS one; SELECT 2 AS two;\nSELECT nope");
  await sandbox.button("Run").click();
  await status.getByText("Run one statement at a time, or select those to run").waitFor();
  await editor.press("ControlOrMeta+a");
  await sandbox.button("Run selection").click();
  await status.getByText(/^1\. 1 row/).waitFor();
  await status.getByText(/^3\. no such column: nope \(line 2, column 8\)/).waitFor();
  await prompt.getByRole("columnheader", { name: "two" }).waitFor();

  await sandbox.type("SQL to run", "SELECT * FROM quotes WHERE body = 'x'");
  await sandbox.button("Explain").click();
  const plan = prompt.getByRole("group", { name: "Query plan" });
  assert.is(await plan.getByRole("listitem").innerText(), "SCAN quotes reads every row");

  await page.reload();
  await sandbox.untilShown("keyed");
  await editor.focus();
  await page.keyboard.press("Alt+ArrowUp");
  await editor.getByText("WHERE body = 'x'").waitFor();
  await page.keyboard.press("Alt+ArrowUp");
  await editor.getByText("SELECT 1 AS one").waitFor();
  await prompt.getByText("Earlier statements", { exact: true }).click();
  await sandbox.button("Delete these statements").click();
  await prompt.getByText("Earlier statements").waitFor({ state: "detached" });
});

data("the prompt reads until writing is allowed, and shows an error at its place", async () => {
  await chooseApplied("asked");
  const prompt = sandbox.page.getByRole("region", { name: "SQL" });
  await sandbox.runSql("SELECT count(*) AS how_many FROM cells");
  await prompt.getByRole("columnheader", { name: "how_many" }).waitFor();
  await prompt.getByRole("cell", { name: "4" }).waitFor();

  await sandbox.runSql("DELETE FROM cells");
  await prompt.getByRole("status").getByText(/only read/i).waitFor();
  await sandbox.page.getByRole("switch", { name: "Allow writing" }).check();
  await sandbox.runSql("INSERT INTO cells (value) VALUES (1), (2)");
  await prompt.getByRole("status").getByText("2 rows changed").waitFor();
  assert.is(await sandbox.dialog.count(), 0);
  await sandbox.page.getByText("6 rows").waitFor();
  await sandbox.runSql("DROP TABLE cells");
  await prompt.getByRole("status").getByText(/migration/).waitFor();

  await sandbox.runSql("SELECT id,\n  absent FROM cells");
  await prompt.getByRole("status").getByText(/no such column: absent/).waitFor();
  assert.match(await prompt.locator(".cm-lintRange-error").innerText(), /^absent/);
});

data("a statement that deletes is tried, asked about, backed up, and can be undone", async () => {
  await chooseApplied("undone");
  const prompt = sandbox.page.getByRole("region", { name: "SQL" });
  const status = prompt.getByRole("status");
  await sandbox.page.getByRole("switch", { name: "Allow writing" }).check();
  await sandbox.runSql("SELECT count(*) AS how_many FROM cells");
  await prompt.getByRole("cell", { name: "4" }).waitFor();

  await sandbox.runSql("DELETE FROM cells WHERE id > 1");
  await sandbox.dialog.getByText("it would delete 3 rows of cells").waitFor();
  assert.is(await prompt.getByRole("cell").count(), 0);
  await sandbox.button("Cancel").click();
  await status.getByText("Not run: it would delete 3 rows of cells").waitFor();
  await sandbox.page.getByText("4 rows").waitFor();
  assert.is(await sandbox.page.getByRole("list", { name: "Backups" }).count(), 0);

  await sandbox.button("Run").click();
  await sandbox.button("Back up and run").click();
  await status.getByText(/^3 rows changed/).waitFor();
  await sandbox.page.getByText("1 row", { exact: true }).first().waitFor();
  await sandbox.page.getByRole("list", { name: "Backups" }).getByRole("listitem").waitFor();
  await sandbox.button("Undo this statement").click();
  await sandbox.button("Restore this backup").click();
  await sandbox.result.getByText(/^Restored /).waitFor();
  await sandbox.page.getByText("4 rows").waitFor();
  assert.is(await sandbox.button("Undo this statement").count(), 0);

  await sandbox.runSql("DELETE FROM cells WHERE id > 100");
  await status.getByText(/^0 rows changed/).waitFor();
  assert.is(await sandbox.dialog.count(), 0);
});

data(
  "what is exported opens in sqlite3, and goes back in after a question; a text file does not",
  async () => {
    await chooseApplied("moved");
    const downloading = sandbox.page.waitForEvent("download");
    await sandbox.button("Export").click();
    const download = await downloading;
    assert.is(download.suggestedFilename(), "moved.sqlite3");
    const path = join(directory, "moved.sqlite3");
    await download.saveAs(path);
    assert.ok(isIntact(path));
    assert.is(
      sqliteShell(path, "SELECT group_concat(typeof(value)) FROM cells"),
      "null,text,real,blob",
    );
    assert.is(
      sqliteShell(path, "SELECT version, status FROM plugin_schema_migrations"),
      "1|applied",
    );

    sqliteShell(path, "INSERT INTO cells (value) VALUES ('brought back')");
    const input = sandbox.page.getByLabel("Import", { exact: true });
    await input.setInputFiles(path);
    await sandbox.dialog.getByRole("heading", { name: "Replace the database of moved" }).waitFor();
    await sandbox.button("Cancel").click();
    await sandbox.page.getByText("4 rows").waitFor();
    await input.setInputFiles(path);
    await sandbox.button("Replace database").click();
    await sandbox.page.getByText("Imported moved.sqlite3").waitFor();
    await sandbox.page.getByRole("cell", { name: "brought back" }).waitFor();

    const text = join(directory, "notes.sqlite3");
    Deno.writeTextFileSync(text, "These are notes, and no database.");
    await input.setInputFiles(text);
    await sandbox.button("Replace database").click();
    await sandbox.page.getByText(/not a (SQLite )?database/i).waitFor();
    await sandbox.page.getByRole("cell", { name: "brought back" }).waitFor();
  },
);

data("a backup is exported and deleted by name, after a question", async () => {
  await sandbox.choose("kept");
  await sandbox.applyTo("001");
  await sandbox.button("Roll back this step").click();
  await sandbox.button("Roll back and delete this data").click();
  await sandbox.result.getByText("Backup, listed under").waitFor();
  await sandbox.view("Data");
  const backups = sandbox.page.getByRole("list", { name: "Backups" }).getByRole("listitem");
  const downloading = sandbox.page.waitForEvent("download");
  await backups.getByRole("button", { name: /^Export / }).click();
  const download = await downloading;
  const path = join(directory, "backup.sqlite3");
  await download.saveAs(path);
  assert.is(sqliteShell(path, "SELECT count(*) FROM cells"), "4");
  const remove = backups.getByRole("button", { name: /^Delete / });
  await remove.click();
  await sandbox.button("Cancel").click();
  assert.is(await backups.count(), 1);
  await remove.click();
  await sandbox.dialog.getByRole("button", { name: /^Delete/ }).click();
  await backups.waitFor({ state: "detached" });
});

data.run();
