// Every view of the page in a real Chromium: axe-core finds nothing in light, in dark and at 400 pixels.

import { Buffer } from "node:buffer";
import * as assert from "uvu/assert";
import { formatShareLink } from "../../lib/workbench/model/share_link.ts";
import { barriersIn } from "../support/accessibility.ts";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 400, height: 800 };

const accessibility = suite("the page's accessibility");

let browser: TestBrowser;
let site: SandboxServer;
let sandbox: SandboxPage;

accessibility.before(async () => {
  site = await SandboxServer.start();
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "quote-db");
});

accessibility.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

accessibility.after.each(() => browser.assertQuiet());

/** A database without a history. */
function databaseFile(): Buffer {
  const path = Deno.makeTempFileSync();
  try {
    sqliteShell(path, "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT)");
    return Buffer.from(Deno.readFileSync(path));
  } finally {
    Deno.removeSync(path);
  }
}

/** Fails on what axe-core finds, and on a page that scrolls sideways, however it is looked at. */
async function assertOpenToAll(): Promise<void> {
  const { page } = sandbox;
  const found: string[] = [];
  // Colours do not depend on the width, nor does what is named and where the focus goes on colours.
  for (const [size, colorScheme] of [[WIDE, "light"], [NARROW, "dark"]] as const) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const barriers = await barriersIn(page);
    found.push(...barriers.map((each) => `${size.width} ${colorScheme}: ${each}`));
  }
  const beyond = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  await page.setViewportSize(WIDE);
  assert.equal(found, []);
  assert.ok(beyond <= 0, `the page scrolls sideways by ${beyond} pixels`);
}

accessibility("the question before rows are lost", async () => {
  await sandbox.step("005");
  await sandbox.button("Apply to here").click();
  await sandbox.dialog.getByRole("listitem").first().waitFor();
  await assertOpenToAll();
  await sandbox.button("Apply and delete this data").click();
});

accessibility("migrations, with a result, findings and what a step changes", async () => {
  await sandbox.result.getByText(/^Applied 5 migrations/).waitFor();
  await assertOpenToAll();
  await sandbox.step("006");
  await sandbox.page.getByRole("article").getByText(/loses data|Warning/).first().waitFor();
  await sandbox.button("Dry run").click();
  await sandbox.button("Show what is lost").click();
  await sandbox.result.getByRole("table").first().waitFor();
  await assertOpenToAll();
});

accessibility("data, with rows and an answer at the prompt", async () => {
  await sandbox.view("Data");
  await sandbox.page.getByRole("region", { name: /^Rows of/ }).waitFor();
  await sandbox.runSql("SELECT * FROM quotes");
  await sandbox.page.getByRole("region", { name: "Result" }).waitFor();
  await assertOpenToAll();
  await sandbox.runSql("SELECT missing FROM quotes");
  await sandbox.page.getByText(/no such column/).first().waitFor();
  await assertOpenToAll();
});

accessibility("a cell that is edited, a query plan, and names that are completed", async () => {
  await sandbox.page.getByRole("switch", { name: "Allow writing" }).check();
  await sandbox.page.getByRole("button", { name: /^quotes \d/ }).click();
  const rows = sandbox.page.getByRole("region", { name: "Rows of quotes" });
  await rows.locator("tbody td").nth(1).click();
  await sandbox.button("Edit").click();
  await assertOpenToAll();
  await sandbox.button("Cancel").click();
  await sandbox.untilCompleting("SQL to run");
  await sandbox.type("SQL to run", "SELECT * FROM quo");
  await sandbox.page.keyboard.press("Control+Space");
  await sandbox.page.getByRole("option", { name: "quotes", exact: true }).waitFor();
  await assertOpenToAll();
  await sandbox.type("SQL to run", "SELECT * FROM quotes");
  await sandbox.button("Explain").click();
  await sandbox.page.getByRole("group", { name: "Query plan" }).waitFor();
  await assertOpenToAll();
});

accessibility("a restore, before it and after it", async () => {
  await sandbox.page.getByRole("button", { name: /^Restore / }).first().click();
  await sandbox.dialog.getByText("Version 5 becomes 2").waitFor();
  await assertOpenToAll();
  await sandbox.button("Restore this backup").click();
  await sandbox.button("Undo this restore").waitFor();
  await assertOpenToAll();
});

accessibility("the history", async () => {
  await sandbox.view("History");
  await sandbox.page.getByRole("list", { name: "Runs, newest first" }).waitFor();
  await assertOpenToAll();
});

accessibility("the playground, with an error", async () => {
  await sandbox.view("Playground");
  await sandbox.page.getByText("Runs up, down and up again").waitFor();
  await sandbox.type("Migration", "-- UP\nCREATE TABLE (a);\n-- DOWN\nSELECT 1;\n");
  await sandbox.page.getByText("1 error").first().waitFor();
  await assertOpenToAll();
});

accessibility("an applied file in the playground, with its difference from what ran", async () => {
  await sandbox.view("Migrations");
  await sandbox.step("001");
  await sandbox.button("Open in playground").click();
  await sandbox.page.getByText("001 is applied.").waitFor();
  await sandbox.type("Migration", "-- UP\nCREATE TABLE a (b);\n-- DOWN\nDROP TABLE a;\n");
  await sandbox.page.getByRole("group", { name: "Difference from what ran" }).waitFor();
  await assertOpenToAll();
});

accessibility("a schema that is edited, with a question, a file, and an error", async () => {
  await sandbox.view("Schema");
  const editor = sandbox.page.getByRole("textbox", { name: "schema.sql" });
  await editor.focus();
  await sandbox.page.keyboard.press("ControlOrMeta+Home");
  await sandbox.page.keyboard.insertText("CREATE TABLE moods (name TEXT);\n");
  await sandbox.page.getByRole("textbox", { name: "Generated migration" }).waitFor();
  await assertOpenToAll();
  await sandbox.type("schema.sql", "CREATE TABLE authors (id INTEGER PRIMARY KEY, title TEXT);\n");
  await sandbox.page.getByRole("radio", { name: "Renamed to authors.title" }).waitFor();
  await assertOpenToAll();
  await sandbox.type("schema.sql", "CREATE TABLE (a);\n");
  await sandbox.page.getByText("the last schema without an error").waitFor();
  await assertOpenToAll();
  await sandbox.button("Start over from the schema of the files").click();
  await sandbox.page.getByText("No change").waitFor();
});

accessibility("messages, with one that is open", async () => {
  await sandbox.view("Messages");
  await sandbox.page.getByRole("listitem").filter({ hasText: ".apply" }).first()
    .locator("summary").click();
  await sandbox.page.getByRole("region", { name: "Reply" }).waitFor();
  await assertOpenToAll();
});

accessibility("the NATS panel, with a login and a problem", async () => {
  await sandbox.button("NATS: not connected").click();
  await sandbox.dialog.getByRole("combobox", { name: "Login" }).selectOption("User and password");
  await sandbox.dialog.getByLabel("Address").fill("http://127.0.0.1");
  await sandbox.button("Connect").click();
  await sandbox.dialog.getByRole("alert").getByText("WebSocket").waitFor();
  await assertOpenToAll();
  await sandbox.button("Close").click();
});

accessibility("a database to open, files of a link, and a plugin that is not there", async () => {
  await sandbox.page.getByLabel("Choose files").setInputFiles({
    name: "shop.sqlite3",
    mimeType: "application/vnd.sqlite3",
    buffer: databaseFile(),
  });
  await sandbox.dialog.getByText("001_baseline.sql").click();
  await assertOpenToAll();
  await sandbox.button("Cancel").click();
  const link = await formatShareLink({
    format: 1,
    plugin: "notes",
    files: [{ file: "001_a.sql", text: "-- UP\nCREATE TABLE a (b);\n-- DOWN\nDROP TABLE a;\n" }],
    open: "001_a.sql",
  });
  assert.ok(link.ok);
  await sandbox.page.evaluate((hash) => void (location.hash = hash), link.value);
  await sandbox.page.getByRole("list", { name: "Changes" }).first().waitFor();
  await assertOpenToAll();
  await sandbox.page.evaluate(() => void (location.hash = "#/nope"));
  await sandbox.page.getByRole("heading", { name: "There is no plugin nope here" }).waitFor();
  await assertOpenToAll();
});

accessibility("a plugin's own page, and the plugin page works", async () => {
  await sandbox.choose("trivia");
  await sandbox.view("Plugin page");
  const frame = sandbox.page.frameLocator("iframe");
  await frame.getByText("Version 0, updates available: 5.").waitFor();
  await assertOpenToAll();
  await frame.getByRole("button", { name: "Update the questions" }).click();
  await frame.getByText("The questions are up to date, at version 5.").waitFor();
  await sandbox.state("trivia").getByText("Version 5").waitFor();
  const { request } = await sandbox.newestMessage("apply");
  assert.equal(JSON.parse(request), { applied_by: "page of trivia" });
});

accessibility.run();
