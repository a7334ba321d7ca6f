// The page in Debian's Firefox ESR: it opens, tries, applies, and has its rows after a reload.

import * as assert from "uvu/assert";
import { openFirefox, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const FILES = {
  "001_create_notes.sql": migrationFile(
    "CREATE TABLE notes (body TEXT);\nINSERT INTO notes VALUES ('kept');",
    "DROP TABLE notes;",
  ),
};

const firefox = suite("the page in Firefox");

let browser: TestBrowser;
let site: SandboxServer;
let sandbox: SandboxPage;

firefox.before(async () => {
  site = await SandboxServer.start({ files: await publishedPlugins({ foxed: FILES }) });
  browser = await openFirefox();
  sandbox = await SandboxPage.open(browser, site.url, "foxed");
});

firefox.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

firefox("tries, applies, keeps, and says what is wrong as it is typed", async () => {
  await sandbox.page.getByText("Stored in this browser").waitFor();
  await sandbox.step("001");
  await sandbox.button("Dry run").click();
  await sandbox.result.getByText("Dry run: would apply 1 migration").waitFor();
  await sandbox.state("foxed").getByText("Version 0").waitFor();
  await sandbox.applyTo("001");
  await sandbox.page.reload();
  await sandbox.untilShown("foxed");
  await sandbox.state("foxed").getByText("Version 1").waitFor();
  await sandbox.view("Data");
  await sandbox.page.getByRole("cell", { name: "kept" }).waitFor();
  await sandbox.page.getByLabel("Filter body").fill("kep");
  await sandbox.page.getByText("1 row found").waitFor();
  await sandbox.page.getByRole("columnheader", { name: /^body/ }).getByRole("button").click();
  await sandbox.page.locator('th[aria-sort="ascending"]').waitFor();
  assert.is(new URL(sandbox.page.url()).hash, "#/foxed/data/notes?sort=body&where.body=kep");
  await sandbox.runSql("SELECT 1; SELECT 2");
  await sandbox.page.getByText("Run one statement at a time, or select those to run").waitFor();
  await sandbox.page.evaluate(() => history.back());
  await sandbox.entry("001").getByText("current version").waitFor();
  await sandbox.view("Playground");
  await sandbox.type("Migration", migrationFile("CREATE TABLE (a);", "SELECT 1;"));
  await sandbox.page.getByText("1 error").first().waitFor();
  browser.assertQuiet();
});

firefox("keeps drafts, and generates a migration from a schema", async () => {
  await sandbox.view("Schema");
  await sandbox.page.getByRole("textbox", { name: "schema.sql" }).getByText("notes").waitFor();
  await sandbox.type(
    "schema.sql",
    "CREATE TABLE notes (body TEXT);\nCREATE TABLE pins (body TEXT);\n",
  );
  await sandbox.page.getByRole("heading", { name: "002_change_table_pins.sql" }).waitFor();
  await sandbox.page.reload();
  await sandbox.page.getByRole("heading", { name: "002_change_table_pins.sql" }).waitFor();
  await sandbox.view("Playground");
  const editor = sandbox.page.getByRole("textbox", { name: "Migration" });
  await editor.getByText("CREATE TABLE (a);").waitFor();
  await sandbox.view("Schema");
  await sandbox.button("Open in playground").click();
  await sandbox.page.getByText("Runs up, down and up again").waitFor();
  await sandbox.button("Save to foxed").click();
  await sandbox.button("Apply all").click();
  await sandbox.result.getByText("Applied 1 migration; now at version 2").waitFor();

  await sandbox.step("002");
  const schema = sandbox.page.getByRole("region", { name: "Schema" });
  await schema.getByRole("list", { name: "Changes" }).getByRole("button", { name: /pins/ }).click();
  const selected = schema.getByRole("region", { name: "Selected table" });
  await selected.getByText("pins").waitFor();
  const frame = schema.getByRole("group", { name: /^After: arrow keys/ });
  const drawing = frame.locator("svg");
  const before = await drawing.getAttribute("viewBox");
  await frame.focus();
  await sandbox.page.keyboard.press("+");
  assert.is.not(await drawing.getAttribute("viewBox"), before);
  await schema.getByRole("radio", { name: "Text" }).check();
  await schema.getByText("+CREATE TABLE pins").waitFor();
  browser.assertQuiet();
});

firefox.run();
