// Files brought to the page in a real Chromium: dropped, chosen, bad ones, and a server without any.

import { Buffer } from "node:buffer";
import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { inFolder, SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { suite } from "../support/suite.ts";
import type { Files } from "../support/workspace.ts";

const FILES = {
  "001_create_jokes.sql": migrationFile("CREATE TABLE jokes (body TEXT);", "DROP TABLE jokes;"),
  "002_create_pins.sql": migrationFile("CREATE TABLE pins (body TEXT);", "DROP TABLE pins;"),
};
const DEPLOYED = { "001_create_jokes.sql": FILES["001_create_jokes.sql"] };

const files = suite("files brought to the page");

let browser: TestBrowser;
let site: SandboxServer;
// Starting SQLite takes longer than most cases, so they are in one tab.
let sandbox: SandboxPage;

files.before(async () => {
  site = await SandboxServer.start({
    files: await publishedPlugins({ deployed: DEPLOYED, asked: FILES }),
  });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "deployed");
});

files.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

files.after.each(() => {
  // The browser says itself what a server does not have.
  browser.assertQuiet(/Failed to load resource.*404/);
});

async function chooseFiles(texts: Files): Promise<void> {
  await sandbox.page.getByLabel("Choose files").setInputFiles(
    Object.entries(texts).map(([name, content]) => ({
      name,
      mimeType: "application/sql",
      buffer: Buffer.from(content),
    })),
  );
}

files("a folder that is dropped is a plugin at once, and is there after a reload", async () => {
  await sandbox.drop({ ...inFolder("dropped", FILES), "dropped/README.md": "no migration" });
  await sandbox.untilShown("dropped");
  await sandbox.state("dropped").getByText("saved here").waitFor();
  await sandbox.applyTo("002");
  await sandbox.page.reload();
  await sandbox.untilShown("dropped");
  await sandbox.state("dropped").getByText("Version 2").waitFor();
});

files("a file that cannot be read is shown for what it is, and blocks what needs it", async () => {
  await sandbox.drop(inFolder("mixed", {
    ...FILES,
    "003_no_sections.sql": "CREATE TABLE t (a);",
    "notes.sql": migrationFile("SELECT 1;"),
    "004_bytes.sql": new Uint8Array([0xff, 0xfe, 0x00]),
  }));
  await sandbox.untilShown("mixed");
  for (const entry of ["003", "004", "notes.sql"]) {
    await sandbox.entry(entry).getByText("Cannot be read").waitFor();
  }
  await sandbox.entry("003").click();
  const findings = sandbox.page.getByRole("article").getByRole("list", { name: "Findings" });
  await findings.getByText(/-- UP/).first().waitFor();
  await sandbox.entry("notes.sql").click();
  await findings.getByText(/NNN_description\.sql|001_/).first().waitFor();
  await sandbox.step("001");
  await sandbox.page.getByRole("article").getByText("Blocked by an error in notes.sql").waitFor();
  assert.ok(await sandbox.button("Apply to here").isDisabled());
});

files(
  "files that are chosen get a plugin's name first; a bad name is refused with its rule",
  async () => {
    await chooseFiles(FILES);
    await sandbox.dialog.getByText("2 files: 001_create_jokes.sql, 002_create_pins.sql").waitFor();
    const name = sandbox.dialog.getByLabel("Plugin");
    await name.fill("../Bad Name");
    await sandbox.button("Save files").click();
    await sandbox.dialog.getByText(/^Choose another name: /).waitFor();
    await name.fill("chosen");
    await sandbox.button("Save files").click();
    await sandbox.untilShown("chosen");
    await sandbox.entry("002").getByText("create pins").waitFor();
  },
);

files(
  "files in place of a deployment's are deleted after a question, and those apply again",
  async () => {
    await sandbox.choose("deployed");
    await chooseFiles(FILES);
    await sandbox.dialog.getByLabel("Plugin").fill("deployed");
    await sandbox.dialog.getByText("This plugin exists").waitFor();
    await sandbox.button("Save files").click();
    await sandbox.state("deployed").getByText("2 migrations pending").waitFor();
    await sandbox.button("Delete files").click();
    await sandbox.dialog.getByText("Its database stays").waitFor();
    await sandbox.dialog.getByRole("button", { name: "Delete files" }).click();
    await sandbox.state("deployed").getByText("from the server").waitFor();
    await sandbox.state("deployed").getByText("1 migration pending").waitFor();
  },
);

files("a folder of a known plugin's name replaces its files only after a question", async () => {
  await sandbox.choose("asked");
  await sandbox.applyTo("002");
  await sandbox.drop(inFolder("asked", DEPLOYED));
  await sandbox.dialog.getByRole("heading", { name: "Replace the files of asked" }).waitFor();
  await sandbox.dialog.getByText("002 create_pins is applied and is not among them").waitFor();
  await sandbox.button("Cancel").click();
  await sandbox.state("asked").getByText("from the server").waitFor();
  await sandbox.drop(inFolder("asked", FILES));
  await sandbox.button("Replace files").click();
  await sandbox.state("asked").getByText("saved here").waitFor();
  await sandbox.state("asked").getByText("Nothing pending").waitFor();
});

files("a database that is dropped opens as a plugin, with its schema as a baseline", async () => {
  const path = Deno.makeTempFileSync();
  sqliteShell(
    path,
    "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO owners VALUES (1, 'Ada')",
  );
  const database = Deno.readFileSync(path);
  Deno.removeSync(path);
  await sandbox.drop({ "My Shop.sqlite3": database });
  await sandbox.dialog.getByText("It has no history.").waitFor();
  const name = sandbox.dialog.getByLabel("Plugin");
  assert.is(await name.inputValue(), "my-shop");
  await sandbox.dialog.getByText("001_baseline.sql").click();
  await sandbox.dialog.getByText("CREATE TABLE owners").waitFor();
  await name.fill("deployed");
  await sandbox.button("Open as a plugin").click();
  await sandbox.dialog.getByText("There is a plugin deployed; choose another name").waitFor();
  await name.fill("shop");
  await sandbox.button("Open as a plugin").click();
  await sandbox.untilShown("shop");
  await sandbox.state("shop").getByText("Version 1").waitFor();
  await sandbox.state("shop").getByText("Nothing pending").waitFor();
  await sandbox.entry("001").getByText("baseline").waitFor();
  await sandbox.view("Data");
  await sandbox.page.getByRole("cell", { name: "Ada" }).waitFor();

  const downloading = sandbox.page.waitForEvent("download");
  await sandbox.button("Export").click();
  const exported = Deno.readFileSync(await (await downloading).path());
  await sandbox.drop({ "again.db": exported });
  await sandbox.dialog.getByText("It has the history of shop, and 1 file in its log.").waitFor();
  assert.is(await name.inputValue(), "shop");
  await sandbox.dialog.getByText("The database of shop is replaced").waitFor();
  await sandbox.button("Cancel").click();
  await sandbox.drop({ "notes.db": "no database" });
  await sandbox.page.getByText("notes.db: The file is not a SQLite database").waitFor();
});

files("what is no SQL is refused in words", async () => {
  await sandbox.drop({ "photo.jpg": "not SQL", "letter.txt": "not SQL either" });
  await sandbox.page.getByText("None of the 2 files is a .sql file or a SQLite database").waitFor();
  assert.is(await sandbox.dialog.count(), 0);
});

files("a draft is rehearsed as it is typed, and is saved to the plugin", async () => {
  await sandbox.choose("deployed");
  await sandbox.view("Playground");
  const playground = sandbox.page.getByRole("region", { name: "Playground" });
  await playground.getByText("Runs up, down and up again").waitFor();
  const findings = playground.getByRole("list", { name: "Findings" });
  await sandbox.type(
    "Migration",
    migrationFile("CREATE TABLE pins (body TEXT;", "DROP TABLE pins;"),
  );
  await findings.getByText(/syntax error|incomplete/).waitFor();
  await playground.getByText(/^1 error/).waitFor();
  const editor = playground.getByRole("textbox", { name: "Migration" });
  assert.match(await editor.locator(".cm-lintRange-error").first().innerText(), /;/);

  await sandbox.type("Migration", FILES["002_create_pins.sql"]);
  await playground.getByText("Runs up, down and up again").waitFor();
  assert.is(await findings.count(), 0);
  await sandbox.page.getByRole("list", { name: "Changes" }).getByText("table pins").waitFor();

  const name = playground.getByLabel("File name");
  assert.is(await name.inputValue(), "002_try_something.sql");
  await name.fill("pins.sql");
  await playground.getByText("Name the file NNN_description.sql").waitFor();
  assert.ok(await sandbox.button("Save to deployed").isDisabled());
  await name.fill("002_create_pins.sql");
  await sandbox.button("Save to deployed").click();
  await sandbox.entry("002").getByText("create pins").waitFor();
  await sandbox.state("deployed").getByText("2 migrations pending").waitFor();
});

files("a server without a manifest is said to have none, and everything else works", async () => {
  await using bare = await SandboxServer.start({ files: { "plugins/manifest.json": "no JSON" } });
  const elsewhere = await SandboxPage.open(browser, bare.url);
  await elsewhere.page.getByRole("heading", { name: "No plugins yet" }).waitFor();
  await elsewhere.page.getByRole("status").getByText(/manifest\.json/).waitFor();
  await elsewhere.drop(inFolder("dropped", FILES));
  await elsewhere.untilShown("dropped");
  await elsewhere.applyTo("001");
  await elsewhere.page.close();
});

files.run();
