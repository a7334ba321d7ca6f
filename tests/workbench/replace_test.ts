// "Replace with this" in a real Chromium: the cure of a finding in the editor, undone, and saved.

import * as assert from "uvu/assert";
import type { Locator } from "playwright-core";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { inFolder, SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const BASE = {
  "001_create_quotes.sql": migrationFile(
    `CREATE TABLE quotes (id INTEGER PRIMARY KEY, author TEXT, mood TEXT);
CREATE INDEX quotes_author ON quotes (author);`,
    "DROP TABLE quotes;",
  ),
};
const FAULTY = migrationFile(
  "-- Moods are gone.\nALTER TABLE quotes DROP COLUMN mood;",
  "ALTER TABLE quotes ADD COLUMN mood TEXT;",
);

const replacing = suite("Replace with this");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so all of them are in one tab, each with a plugin.
let sandbox: SandboxPage;

replacing.before(async () => {
  site = await SandboxServer.start({ files: await publishedPlugins({ deployed: BASE }) });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "deployed");
});

replacing.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

replacing.after.each(() => browser.assertQuiet());

async function textOf(editor: Locator): Promise<string> {
  return (await editor.locator(".cm-line").allInnerTexts()).map((line) => line === "\n" ? "" : line)
    .join("\n");
}

replacing("puts the cure into the playground's editor, and Ctrl+Z takes it back", async () => {
  const { page } = sandbox;
  await sandbox.view("Playground");
  await sandbox.type("Migration", FAULTY);
  const editor = page.getByRole("textbox", { name: "Migration" });
  const findings = page.getByRole("list", { name: "Findings" });
  await findings.getByText("alter-drop-column").waitFor();
  await findings.getByText("Show the difference").click();
  const difference = page.getByRole("group", { name: "Difference of the file" });
  assert.match(await difference.innerText(), /-ALTER TABLE quotes DROP COLUMN mood;/);
  assert.match(await difference.innerText(), /\+CREATE TABLE quotes_new/);
  await findings.getByRole("button", { name: "Replace with this" }).first().click();
  await page.getByRole("status").getByText(/^Runs/).waitFor();
  const cured = await textOf(editor);
  assert.match(cured, /-- Moods are gone\.\n-- quotes: drops mood[^]*CREATE INDEX quotes_author/);
  assert.match(cured, /-- DOWN\nALTER TABLE quotes ADD COLUMN mood TEXT;/);
  // The button is gone, and the keyboard is in the editor.
  await page.keyboard.press("ControlOrMeta+z");
  await findings.getByText("alter-drop-column").waitFor();
  assert.is((await textOf(editor)).trim(), FAULTY.trim());
  await page.keyboard.press("ControlOrMeta+y");
  await page.getByRole("status").getByText(/^Runs/).waitFor();
  assert.is(await textOf(editor), cured);
});

replacing(
  "a pending file opens in the playground with its cure, and is saved and applied",
  async () => {
    const { page } = sandbox;
    await sandbox.drop(inFolder("faulty", { ...BASE, "002_drop_mood.sql": FAULTY }));
    await sandbox.untilShown("faulty");
    await sandbox.step("002");
    await page.getByRole("button", { name: "Open in playground with this" }).first().click();
    await page.getByRole("status").getByText(/^Runs/).waitFor();
    await sandbox.button("Save to faulty").click();
    await sandbox.view("Migrations");
    await sandbox.applyTo("002");
    await sandbox.state("faulty").getByText("Version 2").waitFor();
  },
);

replacing.run();
