// The page's runs in a real Chromium: what is applied, tried, refused, failed and rolled back.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { inFolder, SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const NOTES = {
  "001_create_notes.sql": migrationFile(
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);\n" +
      "INSERT INTO notes (body) VALUES ('first note'), ('second note');",
    "DROP TABLE notes;",
  ),
  "002_create_pins.sql": migrationFile(
    "CREATE TABLE pins (note_id INTEGER REFERENCES notes (id));\nALTER TABLE notes ADD COLUMN pinned INTEGER;",
    "DROP TABLE pins;\nCREATE TABLE kept (id INTEGER PRIMARY KEY, body TEXT NOT NULL);\n" +
      "INSERT INTO kept SELECT id, body FROM notes;\nDROP TABLE notes;\nALTER TABLE kept RENAME TO notes;",
  ),
};
const LOSING = {
  ...NOTES,
  "003_empty_notes.sql": migrationFile("DELETE FROM notes;", "SELECT 1;"),
};

const runs = suite("the page's runs");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so all of them are in one tab, each with a plugin.
let sandbox: SandboxPage;

runs.before(async () => {
  site = await SandboxServer.start({
    files: await publishedPlugins({
      kept: NOTES,
      tried: NOTES,
      back: NOTES,
      losing: LOSING,
      findings: {
        ...NOTES,
        "003_select_nothing.sql": migrationFile("SELECT * FROM nowhere;", "SELECT 1;"),
      },
      failing: {
        ...NOTES,
        "003_unique_bodies.sql": migrationFile(
          "CREATE UNIQUE INDEX notes_body ON notes (body);",
          "DROP INDEX notes_body;",
        ),
      },
      changed: NOTES,
    }),
  });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "kept");
});

runs.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

runs.after.each(() => browser.assertQuiet());

runs("what was applied is there after a reload, rows and all", async () => {
  await sandbox.state("kept").getByText("2 migrations pending").waitFor();
  await sandbox.applyTo("002");
  await sandbox.result.getByText("Applied 2 migrations; now at version 2").waitFor();
  await sandbox.page.reload();
  await sandbox.untilShown("kept");
  await sandbox.state("kept").getByText("Version 2").waitFor();
  await sandbox.state("kept").getByText("Nothing pending").waitFor();
  await sandbox.entry("001").getByText("Applied").waitFor();
  await sandbox.entry("002").getByText("current version").waitFor();
  await sandbox.view("Data");
  await sandbox.page.getByRole("region", { name: "Rows of notes" })
    .getByRole("cell", { name: "second note" }).waitFor();
});

runs("a dry run says what would happen, and changes nothing", async () => {
  await sandbox.choose("tried");
  await sandbox.step("002");
  await sandbox.button("Dry run").click();
  await sandbox.result.getByText("Dry run: would apply 2 migrations").waitFor();
  await sandbox.result.getByText("added table notes").waitFor();
  await sandbox.state("tried").getByText("Version 0").waitFor();
  await sandbox.view("Data");
  await sandbox.page.getByText("No tables yet; apply a migration first").waitFor();
  const { request, reply } = await sandbox.newestMessage("status");
  assert.equal(JSON.parse(request), {});
  assert.equal(JSON.parse(reply).applied_migrations, []);
});

runs(
  "a migration that fails is undone, recorded, shown in the timeline, and can be put right",
  async () => {
    await sandbox.choose("failing");
    await sandbox.applyTo("002");
    await sandbox.view("Data");
    await sandbox.page.getByRole("switch", { name: "Allow writing" }).check();
    await sandbox.runSql("INSERT INTO notes (body) VALUES ('first note')");
    await sandbox.page.getByText("1 row changed").waitFor();
    await sandbox.view("Migrations");
    await sandbox.step("003");
    await sandbox.button("Apply to here").click();
    await sandbox.result.getByText(/Apply to here failed: .*UNIQUE constraint failed/).waitFor();
    // The dry run before it has failed already, and a dry run records nothing.
    await sandbox.state("failing").getByText("Version 2").waitFor();
    await sandbox.entry("003").getByText("Pending").waitFor();

    await sandbox.view("Data");
    await sandbox.runSql("DELETE FROM notes WHERE id = 3");
    await sandbox.button("Back up and run").click();
    await sandbox.page.getByText("1 row changed").waitFor();
    await sandbox.view("Migrations");
    await sandbox.applyTo("003");
    await sandbox.entry("003").getByText("current version").waitFor();
  },
);

runs("rolling back says what goes, and takes it away", async () => {
  await sandbox.choose("back");
  await sandbox.applyTo("002");
  await sandbox.step("001");
  await sandbox.page.getByText("Rolls back 002").waitFor();
  await sandbox.button("Roll back to 001").click();
  await sandbox.result.getByText("Rolled back 1 migration; now at version 1").waitFor();
  await sandbox.entry("001").getByText("current version").waitFor();
  await sandbox.entry("002").getByText("Pending").waitFor();
  await sandbox.entry("Empty database").click();
  await sandbox.button("Roll back everything").click();
  await sandbox.dialog.getByText("2 rows of notes").waitFor();
  await sandbox.button("Roll back and delete this data").click();
  await sandbox.result.getByText("Rolled back 1 migration; now at version 0").waitFor();
});

runs(
  "what loses rows is asked about first: cancelling runs nothing, agreeing runs that plan",
  async () => {
    await sandbox.choose("losing");
    await sandbox.applyTo("002");
    await sandbox.entry("003").getByText("loses data").waitFor();
    await sandbox.step("003");
    await sandbox.button("Apply to here").click();
    assert.is(await sandbox.dialog.getByRole("heading").innerText(), "Apply to here");
    await sandbox.dialog.getByText("Applying 003 deletes data. Measured on your rows:").waitFor();
    assert.equal(await sandbox.dialog.getByRole("listitem").allInnerTexts(), ["2 rows of notes"]);
    await sandbox.dialog.getByText("The database is backed up first").waitFor();
    await sandbox.button("Cancel").click();
    await sandbox.result.getByText("Dry run: would apply 1 migration").waitFor();
    await sandbox.state("losing").getByText("Version 2").waitFor();
    const tried = await sandbox.newestMessage("plan");
    assert.equal(JSON.parse(tried.request).target_version, 3);

    await sandbox.view("Migrations");
    await sandbox.button("Apply to here").click();
    const footnote = await sandbox.dialog.getByText("Only the plan of this dry run").innerText();
    await sandbox.button("Apply and delete this data").click();
    await sandbox.result.getByText("Applied 1 migration; now at version 3").waitFor();
    await sandbox.result.getByText("loses 2 rows of notes").waitFor();
    await sandbox.result.getByText("Backup, listed under").waitFor();
    const applied = await sandbox.newestMessage("apply");
    const { plan_hash, dry_run } = JSON.parse(applied.request);
    assert.is(dry_run, undefined);
    assert.is(plan_hash, JSON.parse(tried.reply).plan_hash);
    assert.ok(footnote.includes(plan_hash.slice(0, 12)), footnote);
  },
);

runs(
  "a finding stands at its line, and its change list and its state in the timeline",
  async () => {
    await sandbox.choose("findings");
    await sandbox.entry("003").getByText("1 error").waitFor();
    await sandbox.step("003");
    const findings = sandbox.page.getByRole("article").getByRole("list", { name: "Findings" });
    await findings.getByText("no such table: nowhere").waitFor();
    await findings.getByRole("button", { name: /^Line 2/ }).click();
    const editor = sandbox.page.getByRole("textbox", { name: "SQL of 003_select_nothing.sql" });
    assert.match(await editor.locator(".cm-lintRange-error").innerText(), /nowhere/);
    const actions = sandbox.page.getByRole("group", { name: "Run", exact: true });
    await actions.getByText("Blocked by an error in 003_select_nothing.sql").waitFor();
    assert.ok(await sandbox.button("Apply to here").isDisabled());

    await sandbox.step("002");
    const changes = sandbox.page.getByRole("list", { name: "Changes" }).getByRole("listitem");
    assert.equal(
      (await changes.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, " ").trim()).sort(),
      ["+added column notes.pinned", "+added table pins"],
    );
  },
);

runs(
  "a file that was applied and is another now is shown as changed, and nothing runs",
  async () => {
    await sandbox.choose("changed");
    await sandbox.applyTo("001");
    const files = { ...NOTES, "001_create_notes.sql": `${NOTES["001_create_notes.sql"]}-- more\n` };
    await sandbox.drop(inFolder("changed", files));
    await sandbox.dialog.getByText("001 create_notes is applied and would have another text")
      .waitFor();
    await sandbox.button("Replace files").click();
    await sandbox.entry("001").getByText("Changed").waitFor();
    await sandbox.step("002");
    const actions = sandbox.page.getByRole("group", { name: "Run", exact: true });
    await actions.getByText("Blocked by an error in 001_create_notes.sql").waitFor();
    assert.ok(await sandbox.button("Apply to here").isDisabled());
    await actions.getByRole("button", { name: "Show it" }).click();
    const step = sandbox.page.getByRole("article");
    await step.getByRole("list", { name: "Findings" }).getByText("checksum-mismatch").waitFor();
    const difference = step.getByRole("group", { name: "Difference from what ran" });
    assert.match(await difference.innerText(), /^\+-- more$/m);
  },
);

runs.run();
