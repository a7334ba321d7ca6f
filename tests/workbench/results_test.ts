// Results of runs in a real Chromium: they make way for what is looked at.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { inFolder, SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const results = suite("results");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so all of them are in one tab, each with a plugin.
let sandbox: SandboxPage;

/** Twelve files, of which the last but one deletes a row. */
function twelve(): Readonly<Record<string, string>> {
  const create = Array.from({ length: 12 }, (_, index) => {
    const version = String(index + 1).padStart(3, "0");
    const up = index === 10
      ? "DELETE FROM t1;"
      : `CREATE TABLE t${index + 1} (a); INSERT INTO t${index + 1} VALUES (1);`;
    const down = index === 10 ? "INSERT INTO t1 VALUES (1);" : `DROP TABLE t${index + 1};`;
    return [`${version}_step.sql`, migrationFile(up, down)] as const;
  });
  return Object.fromEntries(create);
}

results.before(async () => {
  const files = await publishedPlugins({ many: twelve(), shared: twelve() });
  site = await SandboxServer.start({ files });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "many");
});

results.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

results.after.each(async () => {
  await browser.closeAllBut(sandbox.page);
  browser.assertQuiet();
});

function kind(shown: SandboxPage = sandbox): Promise<string | null> {
  return shown.result.getAttribute("data-kind");
}

results(
  "a result has ten entries, losses first, and folds when another step is selected",
  async () => {
    await sandbox.applyTo("001");
    await sandbox.step("012");
    await sandbox.button("Apply to here").click();
    await sandbox.button("Apply and delete this data").click();
    await sandbox.result.getByText(/^Applied 11 migrations/).waitFor();
    const entries = sandbox.result.locator(".entries > li");
    assert.is(await entries.count(), 10);
    assert.match(await entries.first().innerText(), /^011[^]*1 row of t1/);
    await sandbox.button("Show all 11 migrations").click();
    assert.is(await entries.count(), 11);
    assert.is(await kind(), "done");

    await sandbox.step("003");
    await sandbox.button("Show the result").waitFor();
    assert.is(await kind(), "past");
    assert.is(await entries.count(), 0);
    await sandbox.result.getByText("Applied 11 migrations; now at version 12").waitFor();
    const sql = await sandbox.page.getByRole("heading", { level: 4, name: "SQL" }).boundingBox();
    const step = await sandbox.page.getByRole("article").boundingBox();
    assert.ok(sql !== null && step !== null && sql.y - step.y < 260, `SQL begins at ${sql?.y}`);

    await sandbox.button("Show the result").focus();
    await sandbox.page.keyboard.press("Enter");
    assert.is(await entries.count(), 10);
    assert.is(await kind(), "done");
    await sandbox.page.keyboard.press("Enter");
    assert.is(await entries.count(), 0);
  },
);

results(
  "a result is folded once the database or the files are others, and not green there",
  async () => {
    await sandbox.choose("shared");
    await sandbox.applyTo("002");
    assert.is(await kind(), "done");
    const other = await SandboxPage.open(browser, site.url, "shared");
    await other.step("001");
    await other.button("Roll back to 001").click();
    await other.button("Roll back and delete this data").click();
    await other.result.getByText(/^Rolled back 1 migration/).waitFor();
    await sandbox.button("Show the result").waitFor();
    assert.is(await kind(), "past");

    await other.drop(inFolder("shared", {
      ...twelve(),
      "001_step.sql": migrationFile("CREATE TABLE t1 (b);", "DROP TABLE t1;"),
    }));
    await other.button("Replace files").click();
    await other.entry("001").getByText("Changed").waitFor();
    await other.step("001");
    await other.button("Show the result").click();
    await other.button("Fold the result").waitFor();
    assert.is(await kind(other), "past");
  },
);

results.run();
