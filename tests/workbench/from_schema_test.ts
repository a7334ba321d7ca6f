// A new migration from a schema in a real Chromium: what is typed, what is shown, what is created.

import * as assert from "uvu/assert";
import type { Locator } from "playwright-core";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { inFolder, SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const QUOTES = {
  "001_create_quotes.sql": migrationFile(
    "CREATE TABLE quotes (id INTEGER PRIMARY KEY, author TEXT, body TEXT NOT NULL);",
    "DROP TABLE quotes;",
  ),
};
const SCHEMA = "CREATE TABLE quotes (id INTEGER PRIMARY KEY, author TEXT, body TEXT NOT NULL);\n";
const TAGS = "CREATE TABLE tags (name TEXT PRIMARY KEY);\n";

const fromSchema = suite("a new migration from a schema");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so all of them are in one tab, each with a plugin.
let sandbox: SandboxPage;

fromSchema.before(async () => {
  site = await SandboxServer.start({ files: await publishedPlugins({ deployed: QUOTES }) });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "deployed");
});

fromSchema.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

fromSchema.after.each(() => browser.assertQuiet());

/** The schema of a plugin whose files are saved in the browser. */
async function openSaved(plugin: string): Promise<void> {
  await sandbox.drop(inFolder(plugin, QUOTES));
  await sandbox.untilShown(plugin);
  await sandbox.view("Schema");
  await state("No change");
}

async function state(words: string, shown: SandboxPage = sandbox): Promise<void> {
  const editor = shown.page.getByRole("region", { name: "New migration from schema" });
  await editor.getByRole("status").getByText(words, { exact: true }).waitFor();
}

function generated(): Locator {
  return sandbox.page.getByRole("textbox", { name: "Generated migration" });
}

async function untilNamed(file: string): Promise<void> {
  await sandbox.page.getByRole("heading", { level: 4, name: file }).waitFor();
}

async function textOf(editor: Locator): Promise<string> {
  return (await editor.locator(".cm-line").allInnerTexts()).join("\n");
}

fromSchema(
  "the file, the changes and the difference are shown as the schema is typed",
  async () => {
    await openSaved("typed");
    await sandbox.page.getByText("so there is nothing to migrate").waitFor();
    assert.is(
      (await textOf(sandbox.page.getByRole("textbox", { name: "schema.sql" }))).trim(),
      SCHEMA.trim(),
    );
    await sandbox.type("schema.sql", SCHEMA + TAGS);
    await state("1 change");
    await untilNamed("002_change_table_tags.sql");
    assert.match(
      await textOf(generated()),
      /-- UP[^]*CREATE TABLE tags[^]*DROP TABLE tags;/,
    );
    await sandbox.page.getByRole("list", { name: "Changes" }).getByText("table tags").waitFor();
    await sandbox.page.getByRole("img", { name: /After/ }).getByText("tags").first().waitFor();
    await sandbox.page.getByRole("radio", { name: "Text" }).check();
    const difference = sandbox.page.getByRole("group", { name: "Difference of the schemas" });
    assert.match(await difference.innerText(), /\+CREATE TABLE tags \(name TEXT PRIMARY KEY\);/);
    await sandbox.page.getByLabel("What it is for").fill("Tags for quotes");
    await untilNamed("002_tags_for_quotes.sql");
  },
);

fromSchema(
  "a possible rename is a question, and its answer makes the file, by keyboard",
  async () => {
    await openSaved("renamed");
    await sandbox.type("schema.sql", SCHEMA.replace("author", "writer"));
    await state("1 question to answer");
    assert.is(await generated().count(), 0);
    const question = sandbox.page.getByRole("group", {
      name: /^quotes\.author is not in the schema/,
    });
    await question.getByRole("radio", { name: "Dropped" }).focus();
    await sandbox.page.keyboard.press("Space");
    await sandbox.page.getByRole("list", { name: "Losses" })
      .getByText("Loses the values of quotes.author").waitFor();
    await sandbox.page.keyboard.press("ArrowLeft");
    await sandbox.page.getByRole("list", { name: "Losses" }).waitFor({ state: "detached" });
    await sandbox.page.getByRole("list", { name: "Changes" }).getByText("was author").waitFor();
    assert.match(await textOf(generated()), /RENAME COLUMN author TO writer/);
    assert.ok(await question.getByRole("radio", { name: "Renamed to quotes.writer" }).isChecked());
  },
);

fromSchema("an error is shown at its place, and the last result stays, marked", async () => {
  await openSaved("wrong");
  await sandbox.type("schema.sql", SCHEMA + TAGS);
  await state("1 change");
  await sandbox.type("schema.sql", `${SCHEMA}  CREATE TABEL tags (name);\n`);
  await state("Error in line 2");
  const editor = sandbox.page.getByRole("textbox", { name: "schema.sql" });
  assert.match(await editor.locator(".cm-lintRange-error").first().innerText(), /^TABEL/);
  await sandbox.button("Line 2, column 10").waitFor();
  await sandbox.page.getByText("This is the migration of the last schema without an error")
    .waitFor();
  assert.match(await textOf(generated()), /CREATE TABLE tags/);
  assert.is(await sandbox.button("Create file").getAttribute("aria-disabled"), "true");
  await sandbox.button("Create file").focus();
  await sandbox.page.keyboard.press("Enter");
  await editor.focus();
  await sandbox.page.keyboard.press("ControlOrMeta+z");
  await state("1 change");
  assert.is(await sandbox.button("Create file").getAttribute("aria-disabled"), "false");
});

fromSchema("the file is created as the next one, and is not applied", async () => {
  await openSaved("created");
  await sandbox.type("schema.sql", SCHEMA + TAGS);
  await sandbox.page.getByLabel("What it is for").fill("add tags");
  await untilNamed("002_add_tags.sql");
  await sandbox.button("Create file").click();
  await sandbox.page.getByText("Created 002_add_tags.sql; it is not applied yet").waitFor();
  await sandbox.page.getByRole("article").getByRole("heading", { name: "002 add tags" }).waitFor();
  await sandbox.state("created").getByText("Version 0").waitFor();
  await sandbox.state("created").getByText("2 migrations pending").waitFor();
  await sandbox.view("Schema");
  await state("No change");
  await sandbox.view("Migrations");
  await sandbox.applyTo("002");
});

fromSchema(
  "the draft is there after a reload, with its answers, until it is given up",
  async () => {
    await openSaved("reloaded");
    await sandbox.type("schema.sql", SCHEMA.replace("author", "writer"));
    await sandbox.page.getByRole("radio", { name: "Renamed to quotes.writer" }).check();
    await sandbox.page.getByLabel("What it is for").fill("say writer");
    await untilNamed("002_say_writer.sql");
    await sandbox.page.reload();
    await untilNamed("002_say_writer.sql");
    assert.match(await textOf(generated()), /RENAME COLUMN author TO writer/);
    await sandbox.button("Start over from the schema of the files").click();
    await state("No change");
    await sandbox.page.getByRole("textbox", { name: "schema.sql" }).focus();
    await sandbox.page.keyboard.press("ControlOrMeta+z");
    await state("1 question to answer");
    await sandbox.button("Start over from the schema of the files").click();
    await state("No change");
    await sandbox.page.reload();
    await state("No change");
  },
);

fromSchema("files of a server are not written: the file is downloaded, or tried", async () => {
  await sandbox.choose("deployed");
  await sandbox.view("Schema");
  await state("No change");
  await sandbox.type("schema.sql", SCHEMA + TAGS);
  await state("1 change");
  assert.is(await sandbox.button("Create file").count(), 0);
  const [download] = await Promise.all([
    sandbox.page.waitForEvent("download"),
    sandbox.button("Download").click(),
  ]);
  assert.is(download.suggestedFilename(), "002_change_table_tags.sql");
  assert.match(Deno.readTextFileSync(await download.path()), /^-- Change table tags\n/);
  await sandbox.button("Open in playground").click();
  const playground = sandbox.page.getByRole("region", { name: "Playground" });
  await playground.getByText("Runs up, down and up again").waitFor();
  assert.is(
    await playground.getByLabel("File name").inputValue(),
    "002_change_table_tags.sql",
  );
});

fromSchema("what another tab types is taken over, and can be undone", async () => {
  await openSaved("shared");
  await sandbox.type("schema.sql", SCHEMA + TAGS);
  await state("1 change");
  const there = await SandboxPage.open(browser, `${site.url}#/shared/schema`);
  await state("1 change", there);
  await there.type("schema.sql", SCHEMA.replace("author TEXT, ", ""));
  const editor = sandbox.page.getByRole("textbox", { name: "schema.sql" });
  await editor.getByText("tags").waitFor({ state: "detached" });
  await sandbox.page.getByRole("list", { name: "Losses" })
    .getByText("Loses the values of quotes.author").waitFor();
  await editor.focus();
  await sandbox.page.keyboard.press("ControlOrMeta+z");
  await editor.getByText("tags").waitFor();
  await there.page.getByRole("textbox", { name: "schema.sql" }).getByText("tags").waitFor();
  await there.page.close();
});

fromSchema("a text that takes long is given up for a newer one", async () => {
  await openSaved("endless");
  await sandbox.type(
    "schema.sql",
    "CREATE TABLE e AS WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) " +
      "SELECT sum(n) FROM c;",
  );
  await state("Comparing …");
  await sandbox.type("schema.sql", SCHEMA + TAGS);
  // The limit of a comparison is twice as long.
  await generated().waitFor({ timeout: 10_000 });
  await state("1 change");
});

fromSchema("an unedited schema follows the files of the plugin", async () => {
  await openSaved("followed");
  await sandbox.drop(inFolder("followed", {
    ...QUOTES,
    "002_tags.sql": migrationFile(TAGS, "DROP TABLE tags;"),
  }));
  await sandbox.button("Replace files").click();
  // The page shows the migrations once the files are saved.
  await sandbox.entry("002").waitFor();
  await sandbox.view("Schema");
  await sandbox.page.getByRole("textbox", { name: "schema.sql" }).getByText("tags").waitFor();
  await state("No change");
});

fromSchema.run();
