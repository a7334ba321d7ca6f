// Drafts of the playground in a real Chromium: nothing that is typed is lost.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { inFolder, SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const PINS = migrationFile("CREATE TABLE pins (body TEXT);", "DROP TABLE pins;");
const FILES = {
  "001_create_jokes.sql": migrationFile("CREATE TABLE jokes (body TEXT);", "DROP TABLE jokes;"),
  "002_create_tags.sql": migrationFile("CREATE TABLE tags (body TEXT);", "DROP TABLE tags;"),
};

const drafts = suite("drafts");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so they are in one tab, each with a plugin.
let sandbox: SandboxPage;

drafts.before(async () => {
  const plugins = { first: FILES, second: FILES, third: FILES, fourth: FILES, fifth: FILES };
  site = await SandboxServer.start({ files: await publishedPlugins(plugins) });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "first");
});

drafts.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

drafts.after.each(() => browser.assertQuiet());

async function openPlayground(plugin: string): Promise<void> {
  await sandbox.choose(plugin);
  await sandbox.view("Playground");
  await sandbox.page.getByText("Runs up, down and up again").waitFor();
}

async function typed(shown: SandboxPage = sandbox): Promise<string> {
  const editor = shown.page.getByRole("textbox", { name: "Migration" });
  await editor.waitFor();
  return (await editor.locator(".cm-line").allInnerTexts()).join("\n");
}

function chosen(): Promise<string> {
  return sandbox.page.getByRole("combobox", { name: "Draft" }).locator("option:checked")
    .innerText();
}

async function choose(file: string): Promise<void> {
  await sandbox.page.getByRole("combobox", { name: "Draft" }).selectOption({ label: file });
}

async function undo(): Promise<void> {
  await sandbox.page.getByRole("textbox", { name: "Migration" }).focus();
  await sandbox.page.keyboard.press("ControlOrMeta+z");
}

drafts(
  "a draft is there after a reload that comes at once, and after the browser was closed",
  async () => {
    await openPlayground("first");
    await sandbox.type("Migration", PINS);
    await sandbox.page.reload();
    assert.match(await typed(), /CREATE TABLE pins/);
    assert.is(await chosen(), "003_try_something.sql");
    await sandbox.page.getByLabel("File name").fill("003_create_pins.sql");
    await browser.restart();
    sandbox = await SandboxPage.open(browser, `${site.url}#/first/playground`);
    assert.match(await typed(), /CREATE TABLE pins/);
    assert.is(await sandbox.page.getByLabel("File name").inputValue(), "003_create_pins.sql");
  },
);

drafts("opening a file leaves the draft, and each can be undone for itself", async () => {
  await openPlayground("second");
  await sandbox.type("Migration", PINS);
  await sandbox.view("Migrations");
  await sandbox.step("001");
  await sandbox.button("Open in playground").click();
  assert.match(await typed(), /CREATE TABLE jokes/);
  await sandbox.type("Migration", "-- typed over 001");
  await choose("003_try_something.sql");
  assert.match(await typed(), /CREATE TABLE pins/);
  await undo();
  assert.match(await typed(), /CREATE TABLE notes/);
  await sandbox.page.keyboard.press("ControlOrMeta+Shift+z");
  await choose("001_create_jokes.sql");
  assert.is(await typed(), "-- typed over 001");
  await sandbox.view("Migrations");
  await sandbox.button("Open in playground").click();
  assert.is(await typed(), "-- typed over 001");
  await undo();
  assert.match(await typed(), /CREATE TABLE jokes/);
  await sandbox.page.reload();
  await choose("003_try_something.sql");
  assert.match(await typed(), /CREATE TABLE pins/);
});

drafts("a draft is discarded only after a question", async () => {
  await openPlayground("third");
  await sandbox.type("Migration", PINS);
  await sandbox.button("New draft").click();
  assert.match(await typed(), /CREATE TABLE notes/);
  await choose("003_try_something.sql");
  await sandbox.button("Discard").click();
  await sandbox.dialog.getByText("What you typed into 003_try_something.sql is deleted").waitFor();
  await sandbox.button("Cancel").click();
  assert.match(await typed(), /CREATE TABLE pins/);
  await sandbox.button("Discard").click();
  await sandbox.button("Discard draft").click();
  await sandbox.page.getByRole("textbox", { name: "Migration" }).getByText("notes").first()
    .waitFor();
  await sandbox.page.reload();
  assert.match(await typed(), /CREATE TABLE notes/);
});

drafts("an applied file says so first, and shows how it differs from what ran", async () => {
  await sandbox.choose("fourth");
  await sandbox.applyTo("002");
  await sandbox.step("001");
  await sandbox.button("Open in playground").click();
  const playground = sandbox.page.getByRole("region", { name: "Playground" });
  await playground.getByText("001 is applied.").waitFor();
  await playground.getByText("Runs up, down and up again").waitFor();
  const text = await playground.innerText();
  assert.ok(text.indexOf("001 is applied") < text.indexOf("Runs up, down and up again"));
  const difference = playground.getByRole("group", { name: "Difference from what ran" });
  assert.is(await difference.count(), 0);
  await sandbox.type("Migration", FILES["001_create_jokes.sql"].replace("body", "joke"));
  assert.match(await difference.innerText(), /^-CREATE TABLE jokes \(body TEXT\);$/m);
  assert.match(await difference.innerText(), /^\+CREATE TABLE jokes \(joke TEXT\);$/m);
  assert.match(await difference.innerText(), /^--- 001_create_jokes\.sql as it ran$/m);

  await sandbox.button("Write a new migration instead").click();
  await playground.getByText("Runs up, down and up again").waitFor();
  assert.is(await chosen(), "003_try_something.sql");
  await choose("001_create_jokes.sql");
  await sandbox.button("Save to fourth").click();
  await sandbox.entry("001").getByText("Changed").waitFor();
  await sandbox.step("001");
  const step = sandbox.page.getByRole("article");
  const shown = step.getByRole("group", { name: "Difference from what ran" });
  assert.match(await shown.innerText(), /^\+CREATE TABLE jokes \(joke TEXT\);$/m);
});

drafts("what another tab types is taken over, and can be undone", async () => {
  await openPlayground("fifth");
  await sandbox.type("Migration", "-- typed here");
  const there = await SandboxPage.open(browser, `${site.url}#/fifth/playground`);
  assert.is(await typed(there), "-- typed here");
  await there.type("Migration", "-- typed there");
  await sandbox.page.getByRole("textbox", { name: "Migration" }).getByText("-- typed there")
    .waitFor();
  await undo();
  assert.is(await typed(), "-- typed here");
  await there.page.getByRole("textbox", { name: "Migration" }).getByText("-- typed here").waitFor();
  await there.page.close();
});

drafts("a draft that the browser does not keep is said to be, and leaving asks", async () => {
  await sandbox.drop(inFolder("full", FILES));
  await sandbox.untilShown("full");
  await sandbox.view("Playground");
  await sandbox.page.evaluate(() => {
    for (let size = 4 << 20; size > 0; size >>= 1) {
      try {
        for (let at = 0;; at++) localStorage.setItem(`filled ${size} ${at}`, "x".repeat(size));
      } catch {
        // Full for this size.
      }
    }
  });
  await sandbox.type("Migration", PINS);
  await sandbox.page.getByText("The browser does not keep this draft").waitFor();
  const asked = new Promise<string>((resolve) =>
    sandbox.page.once("dialog", async (dialog) => {
      resolve(dialog.type());
      await dialog.accept();
    })
  );
  await sandbox.page.close({ runBeforeUnload: true });
  assert.is(await asked, "beforeunload");
});

drafts.run();
