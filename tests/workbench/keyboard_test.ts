// The page by keyboard alone, in a real Chromium: from its beginning to a migrated database.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const FILES = {
  "001_create_notes.sql": migrationFile(
    "CREATE TABLE notes (body TEXT); INSERT INTO notes VALUES ('one');",
    "DROP TABLE notes;",
  ),
  "002_empty_notes.sql": migrationFile("DELETE FROM notes;", "SELECT 1;"),
};

const keyboard = suite("the page by keyboard");

let browser: TestBrowser;
let site: SandboxServer;
let sandbox: SandboxPage;

keyboard.before(async () => {
  site = await SandboxServer.start({ files: await publishedPlugins({ keyed: FILES }) });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "keyed");
});

keyboard.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

keyboard.after.each(() => browser.assertQuiet());

/** The words of what has the focus; fails where that is not to be seen, or is nothing. */
async function focused(): Promise<string> {
  const { words, isSeen } = await sandbox.page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return { words: "", isSeen: false };
    // A hidden radio button or file input is outlined on what stands around it.
    const outlined = [element, element.nextElementSibling, element.parentElement];
    const inside = element.shadowRoot?.querySelector(".cm-editor") ?? null;
    const isSeen = [...outlined, inside].some((each) =>
      each !== null && getComputedStyle(each).outlineStyle !== "none"
    );
    const label = element.getAttribute("aria-label") ?? element.closest("label")?.textContent;
    return { words: (label ?? element.textContent ?? "").trim(), isSeen };
  });
  assert.ok(words !== "", "nothing has the focus");
  assert.ok(isSeen, `the focus on "${words}" is not to be seen`);
  return words;
}

/** Presses Tab until something has the focus whose words begin so; tells what was passed. */
async function tabTo(words: string): Promise<readonly string[]> {
  const passed: string[] = [];
  while (passed.length < 60) {
    await sandbox.page.keyboard.press("Tab");
    const found = await focused();
    if (found.startsWith(words)) return passed;
    passed.push(found);
  }
  throw new Error(`Tab does not reach "${words}": ${passed.join(" > ")}`);
}

keyboard("from the beginning to an applied migration", async () => {
  await tabTo("Skip to the plugin");
  await sandbox.page.keyboard.press("Enter");
  await tabTo("Migrations");
  await tabTo("001");
  await sandbox.page.keyboard.press("ArrowDown");
  assert.match(await focused(), /^002/);
  await sandbox.page.keyboard.press("Home");
  assert.match(await focused(), /^Empty database/);
  await sandbox.page.keyboard.press("ArrowDown");
  await sandbox.page.keyboard.press("Enter");
  await sandbox.page.getByRole("heading", { name: "001" }).waitFor();
  await tabTo("Apply to here");
  await sandbox.page.keyboard.press("Enter");
  await sandbox.result.getByText("Applied 1 migration; now at version 1").waitFor();
  assert.match(await focused(), /Roll back|Apply/);
});

keyboard("a dialog holds the focus, Escape closes it, and the focus goes back", async () => {
  await sandbox.entry("001").focus();
  await sandbox.page.keyboard.press("ArrowDown");
  await tabTo("Apply to here");
  await sandbox.page.keyboard.press("Enter");
  await sandbox.dialog.getByText("1 row of notes").waitFor();
  const inside = sandbox.page.locator("dialog :focus");
  assert.is(await inside.innerText(), "Cancel");
  await sandbox.page.keyboard.press("Tab");
  assert.is(await inside.innerText(), "Apply and delete this data");
  await sandbox.page.keyboard.press("Escape");
  await sandbox.dialog.waitFor({ state: "detached" });
  await sandbox.result.getByText("Dry run: would apply 1 migration").waitFor();
  assert.is(await focused(), "Apply to here");

  await sandbox.page.keyboard.press("Enter");
  await sandbox.dialog.waitFor();
  await sandbox.page.keyboard.press("Tab");
  await sandbox.page.keyboard.press("Enter");
  await sandbox.result.getByText("Applied 1 migration; now at version 2").waitFor();
  assert.match(await focused(), /Roll back|Apply/);
});

keyboard("the NATS panel opens and closes, and the focus goes back to its button", async () => {
  const button = sandbox.button("NATS: not connected");
  await button.focus();
  for (const close of ["Escape", "button"] as const) {
    await sandbox.page.keyboard.press("Enter");
    await sandbox.dialog.waitFor();
    if (close === "Escape") await sandbox.page.keyboard.press("Escape");
    else {
      await sandbox.button("Close").focus();
      await sandbox.page.keyboard.press("Enter");
    }
    await sandbox.dialog.waitFor({ state: "detached" });
    assert.match(await focused(), /^NATS/);
  }
});

keyboard("what had the focus may go away, and the focus stays on the page", async () => {
  const press = async (button: string): Promise<void> => {
    await sandbox.button(button).focus();
    await sandbox.page.keyboard.press("Enter");
  };
  await sandbox.entry("001").focus();
  await press("Dismiss");
  await sandbox.result.waitFor({ state: "detached" });
  assert.is(await focused(), "Migrations");
  await sandbox.page.getByRole("tab", { name: "Data" }).click();
  await sandbox.page.getByRole("textbox", { name: "SQL to run" }).focus();
  await sandbox.page.keyboard.insertText("SELECT 'ran'");
  await press("Run");
  await sandbox.page.getByRole("cell", { name: "ran" }).waitFor();
  assert.is(await focused(), "Run");
  await sandbox.page.getByRole("button", { name: /^Delete / }).focus();
  await sandbox.page.keyboard.press("Enter");
  await sandbox.dialog.waitFor();
  await press("Delete backup");
  await sandbox.page.getByRole("list", { name: "Backups" }).waitFor({ state: "detached" });
  assert.is(await focused(), "Data");
  await sandbox.page.getByRole("tab", { name: "Migrations" }).click();
  await press("Open in playground");
  await sandbox.page.getByRole("textbox", { name: "Migration" }).waitFor();
  assert.is(await focused(), "Playground");
});

keyboard("arrow keys go through the views, and Tab leaves an editor", async () => {
  await sandbox.view("Migrations");
  await sandbox.page.keyboard.press("ArrowRight");
  assert.is(await focused(), "Data");
  await sandbox.page.getByRole("region", { name: "Rows of notes" }).waitFor();
  await sandbox.page.keyboard.press("ArrowRight");
  assert.is(await focused(), "History");
  await sandbox.page.keyboard.press("ArrowRight");
  assert.is(await focused(), "Playground");
  await sandbox.page.getByText(/^Runs/).first().waitFor();
  const editor = sandbox.page.getByRole("textbox", { name: "Migration" });
  await editor.focus();
  const before = await editor.innerText();
  await sandbox.page.keyboard.press("Tab");
  await focused();
  assert.is(await editor.innerText(), before);
  assert.is(await editor.evaluate((element) => element.matches(":focus")), false);
  await sandbox.page.getByRole("tab", { name: "Playground" }).focus();
  await sandbox.page.keyboard.press("ArrowLeft");
  await sandbox.page.keyboard.press("ArrowLeft");
  await sandbox.type("SQL to run", "SELECT 41 + 1 AS answer");
  await sandbox.page.keyboard.press("ControlOrMeta+Enter");
  await sandbox.page.getByRole("cell", { name: "42" }).waitFor();
});

keyboard.run();
