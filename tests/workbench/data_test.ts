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

const data = suite("the page's data view");

let browser: TestBrowser;
let site: SandboxServer;
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
    }),
  });
  browser = await openChromium();
});

data.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  Deno.removeSync(directory, { recursive: true });
});

data.after.each(async () => {
  for (const page of browser.context.pages().slice(1)) await page.close();
  browser.assertQuiet();
});

async function openApplied(plugin: string): Promise<SandboxPage> {
  const sandbox = await SandboxPage.open(browser, site.url, plugin);
  await sandbox.applyTo("001");
  await sandbox.view("Data");
  await sandbox.page.getByRole("region", { name: "Rows of cells" }).waitFor();
  return sandbox;
}

data(
  "tables and views are listed with their rows; NULL and blobs look like what they are",
  async () => {
    const sandbox = await openApplied("cells");
    const tables = sandbox.page.getByRole("region", { name: "Tables" });
    await tables.getByText("4 rows").waitFor();
    const rows = tables.getByRole("row");
    assert.equal(await rows.allInnerTexts(), [
      "id\tvalue",
      "1\tNULL",
      "2\ttext",
      "3\t2.5",
      "4\tblob, 2 bytes",
    ]);
    await tables.getByTitle("00 ff").waitFor();
    await tables.getByRole("button", { name: "texts" }).click();
    await tables.getByText("1 row", { exact: true }).waitFor();
    assert.equal(await rows.allInnerTexts(), ["value", "text"]);
  },
);

data("the prompt reads until writing is allowed, and shows an error at its place", async () => {
  const sandbox = await openApplied("asked");
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
  const sandbox = await openApplied("undone");
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
    const sandbox = await openApplied("moved");
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
  const sandbox = await SandboxPage.open(browser, site.url, "kept");
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
