// The address of the page in a real Chromium: the place, the way back, what is not there, and links.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const FILES = {
  "001_create_notes.sql": migrationFile(
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);\n" +
      "CREATE TABLE tags (name TEXT);\nINSERT INTO notes (body) VALUES ('one'), ('two');",
    "DROP TABLE tags; DROP TABLE notes;",
  ),
  "002_create_pins.sql": migrationFile("CREATE TABLE pins (a);", "DROP TABLE pins;"),
};

const address = suite("the page's address");

let browser: TestBrowser;
let site: SandboxServer;
let sandbox: SandboxPage;

address.before(async () => {
  site = await SandboxServer.start({
    files: await publishedPlugins({ placed: FILES, second: FILES }),
  });
  browser = await openChromium({ hasServiceWorkers: false });
  await browser.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  sandbox = await SandboxPage.open(browser, site.url, "placed");
});

address.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

address.after.each(() => browser.assertQuiet());

/** The fragment of the address. */
function hash(): string {
  return new URL(sandbox.page.url()).hash;
}

/** Changes the fragment as a person does who types it. */
async function typeHash(fragment: string): Promise<void> {
  await sandbox.page.evaluate((to) => void (location.hash = to), fragment);
}

async function untilSelected(view: string): Promise<void> {
  await sandbox.page.getByRole("tab", { name: view, selected: true }).waitFor();
}

address("Back leads through views, tables and plugins, and stays on the page", async () => {
  const { page } = sandbox;
  await sandbox.applyTo("001");
  await sandbox.step("002");
  await sandbox.view("Data");
  await page.getByRole("region", { name: "Rows of notes" }).waitFor();
  await page.getByRole("button", { name: "tags" }).click();
  await page.getByRole("region", { name: "Rows of tags" }).waitFor();
  assert.is(hash(), "#/placed/data/tags");
  await sandbox.choose("second");
  await untilSelected("Migrations");

  await page.goBack();
  await sandbox.untilShown("placed");
  await page.getByRole("region", { name: "Rows of tags" }).waitFor();
  await page.goBack();
  await page.getByRole("region", { name: "Rows of notes" }).waitFor();
  await page.goBack();
  await untilSelected("Migrations");
  assert.is(hash(), "#/placed/migrations/2");
  await page.goForward();
  await untilSelected("Data");
});

address("the rows that are shown are in the address, and come back with a reload", async () => {
  const { page } = sandbox;
  await page.getByRole("columnheader", { name: /^body/ }).getByRole("button").click();
  await page.getByLabel("Filter body").fill("= two");
  await page.getByText("1 row found").waitFor();
  await sandbox.runSql("SELECT count(*) AS how_many FROM notes");
  await page.getByRole("columnheader", { name: "how_many" }).waitFor();
  assert.is(
    hash(),
    "#/placed/data/notes?sort=body&where.body=%3D+two&sql=SELECT+count%28*%29+AS+how_many+FROM+notes",
  );
  await page.reload();
  await page.getByText("1 row found").waitFor();
  await page.getByRole("columnheader", { name: /^body/, exact: false }).waitFor();
  assert.is(await page.locator('th[aria-sort="ascending"]').count(), 1);
  const editor = page.getByRole("textbox", { name: "SQL to run" });
  await editor.getByText("how_many").waitFor();
  assert.is(await page.getByRole("region", { name: "Result" }).count(), 0);
});

address("a plugin, a step or a table that is not there is said, and not replaced", async () => {
  const { page } = sandbox;
  for (const plugin of ["nope", "Not%20a%20name"]) {
    await typeHash(`#/${plugin}/migrations`);
    await page.getByRole("heading", { name: /^There is no plugin (nope|Not a name) here/ })
      .waitFor();
    assert.is(hash(), `#/${plugin}/migrations`);
  }
  await page.reload();
  await page.getByRole("heading", { name: "There is no plugin Not a name here" }).waitFor();
  assert.is(hash(), "#/Not%20a%20name/migrations");
  await typeHash("#/placed/migrations/99");
  await page.getByRole("heading", { name: "placed has no migration 99" }).waitFor();
  assert.is(hash(), "#/placed/migrations/99");
  await typeHash("#/placed/data/nope");
  await page.getByText("has no table nope, which the address names").waitFor();
  await typeHash("#/placed/data/notes?where.nope=1");
  await page.getByRole("alert").getByText("no such column: notes.nope").waitFor();
  await sandbox.button("Show all rows").click();
  await page.getByText("2 rows").waitFor();
});

address("a link has the files in it, and opens them read-only on a copy of the page", async () => {
  const { page } = sandbox;
  await sandbox.view("Playground");
  await sandbox.type("Migration", migrationFile("CREATE TABLE moods (name);", "DROP TABLE moods;"));
  await page.getByText(/^Runs/).waitFor();
  await sandbox.button("Share").click();
  await page.getByText("Copied a link with the files in it").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /^http:.*#share=[\w-]+$/);

  await using elsewhere = await SandboxServer.start();
  const requests = elsewhere.requests.length;
  const other = new SandboxPage(await browser.open(link.replace(site.url, elsewhere.url)));
  await other.page.getByRole("heading", { name: "Shared playground" }).waitFor();
  await other.page.getByRole("heading", { name: "003_try_something.sql" }).waitFor();
  await other.page.getByRole("list", { name: "Changes" }).getByText("table moods").waitFor();
  const shown = other.page.getByRole("textbox", { name: "SQL of 003_try_something.sql" });
  assert.is(await shown.getAttribute("aria-readonly"), "true");
  await other.page.getByRole("combobox", { name: "File" }).selectOption("002_create_pins.sql");
  await other.page.getByRole("list", { name: "Changes" }).getByText("table pins").waitFor();
  assert.not.match(elsewhere.requests.slice(requests).join("\n"), /share/);

  await other.button("Save as a plugin …").click();
  await other.dialog.getByLabel("Plugin").fill("kept");
  await other.button("Save files").click();
  await other.untilShown("kept");
  await other.state("kept").getByText("3 migrations pending").waitFor();
  await other.page.goBack();
  await other.page.getByRole("heading", { name: "Shared playground" }).waitFor();
  await other.page.close();
});

address("a link that was cut or changed is refused, and what a link says is text", async () => {
  const { page } = sandbox;
  await typeHash("#share=cut");
  await page.getByRole("alert").getByText("The link cannot be opened").waitFor();
  const hostile = "<img src=x onerror='globalThis.ran=1'>";
  const fragment = await page.evaluate(async (text) => {
    const shared = {
      format: 1,
      plugin: "a",
      files: [{ file: `${text}.sql`, text }],
      open: `${text}.sql`,
    };
    const bytes = new Uint8Array(
      await new Response(
        new Blob([JSON.stringify(shared)]).stream()
          .pipeThrough(new CompressionStream("deflate-raw")),
      ).arrayBuffer(),
    );
    const base64 = btoa(String.fromCharCode(...bytes));
    return `#share=${base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
  }, hostile);
  await typeHash(fragment);
  await page.getByRole("heading", { name: `${hostile}.sql` }).waitFor();
  assert.is(await page.locator("img").count(), 0);
  assert.is(await page.evaluate(() => "ran" in globalThis), false);
});

address.run();
