// Takes the pictures of the sandbox's page that docs/SANDBOX.md shows, in Chromium, on the example plugins.
// For Deno.

import { fileURLToPath } from "node:url";
import { chromium, type Locator, type Page } from "playwright-core";
import { openFleetStore } from "../../lib/nats/fleet_store.ts";
import { CHROMIUM, TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { withJetStream } from "../support/nats_cluster.ts";
import { inFolder, SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { storeFleetScene } from "./fleet_scene.ts";

const IMAGES = new URL("../../docs/images/", import.meta.url);
const WIDE = { width: 1280, height: 800 };
// Room for both sides of a diagram.
const WIDER = { width: 1720, height: 1_400 };
const NARROW = { width: 400, height: 1_000 };
const LARGEST_BYTES = 250_000;

/** SQLite itself refuses it, for an index and a CHECK use the column. */
const FAILING = {
  "001_create_quotes.sql": migrationFile(
    "CREATE TABLE quotes (\n    id INTEGER PRIMARY KEY,\n    text TEXT NOT NULL,\n    author TEXT NOT NULL,\n" +
      "    channel TEXT NOT NULL DEFAULT '#general'\n) STRICT;\n\n" +
      "CREATE INDEX quotes_channel ON quotes (channel);\n",
    "DROP TABLE quotes;",
    "-- What people said.",
  ),
  "002_drop_channel.sql": migrationFile(
    "DROP INDEX quotes_channel;\n\nALTER TABLE quotes DROP COLUMN channel;\n",
    "ALTER TABLE quotes ADD COLUMN channel TEXT NOT NULL DEFAULT '#general';\n" +
      "CREATE INDEX quotes_channel ON quotes (channel);",
    "-- Quotes belong to the whole server now.",
  ),
};

const DRAFT = `-- Who liked which quote, and when.

-- UP: create likes
CREATE TABLE likes (
    quote_id INTEGER NOT NULL REFERENCES quotes (id) ON DELETE CASCADE,
    liked_by TEXT NOT NULL,
    liked_at TEXT NOT NULL,
    PRIMARY KEY (quote_id, liked_by)
) STRICT, WITHOUT ROWID;

CREATE INDEX likes_liked_by ON likes (liked_by, liked_at);

-- DOWN: drop likes
DROP TABLE likes;
`;

const SCHEMA = `CREATE TABLE likes (
    quote_id INTEGER NOT NULL
        REFERENCES quotes (id) ON DELETE CASCADE,
    liked_by TEXT NOT NULL,
    PRIMARY KEY (quote_id, liked_by)
) STRICT, WITHOUT ROWID;

`;

const QUERY = `SELECT name, count(*) AS quotes
FROM authors
JOIN quotes ON quotes.author_id = authors.id
GROUP BY name ORDER BY quotes DESC`;

if (import.meta.main) await main();

async function main(): Promise<void> {
  Deno.mkdirSync(IMAGES, { recursive: true });
  await using site = await SandboxServer.start();
  await using browser = await TestBrowser.start((profile) =>
    chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
      viewport: WIDE,
      deviceScaleFactor: 1.15,
      locale: "en-GB",
      timezoneId: "UTC",
      reducedMotion: "reduce",
      colorScheme: "light",
    })
  );
  const sandbox = await SandboxPage.open(browser, site.url, "quote-db");
  const { page } = sandbox;
  await sandbox.step("004");
  await sandbox.button("Apply to here").click();
  await sandbox.button("Apply and delete this data").click();
  await sandbox.result.getByText(/^Applied /).waitFor();
  await sandbox.button("Dismiss").click();

  await sandbox.step("003");
  const schema = page.getByRole("region", { name: "Schema" });
  await schema.getByRole("img").first().waitFor();
  await take(page, "timeline");
  await page.setViewportSize(WIDER);
  await take(page, "diagram", schema);
  await page.setViewportSize(WIDE);

  await page.emulateMedia({ colorScheme: "dark" });
  await sandbox.view("Data");
  await page.getByRole("region", { name: "Tables" }).getByRole("button", { name: /^quotes \d/ })
    .click();
  await sandbox.runSql(QUERY);
  await page.getByRole("region", { name: "Result" }).waitFor();
  await take(page, "dark");
  await page.emulateMedia({ colorScheme: "light" });

  await sandbox.view("Playground");
  const playground = page.getByRole("region", { name: "Playground" });
  await playground.getByLabel("File name").fill("007_create_likes.sql");
  await sandbox.type("Migration", DRAFT);
  await page.getByRole("list", { name: "Changes" }).getByText("likes").first().waitFor();
  await take(page, "playground");

  await sandbox.view("Schema");
  await page.getByRole("textbox", { name: "schema.sql" }).focus();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.insertText(SCHEMA);
  await page.getByLabel("What it is for").fill("likes for quotes");
  await page.getByRole("heading", { name: "007_likes_for_quotes.sql" }).waitFor();
  await take(page, "schema");

  await sandbox.view("Migrations");
  await sandbox.step("001");
  await page.setViewportSize(NARROW);
  await page.reload();
  await sandbox.untilShown("quote-db");
  await sandbox.entry("001").getByText("table quotes").waitFor();
  await page.getByRole("link", { name: "trivia" }).getByText("version 0").waitFor();
  await page.getByRole("article").getByRole("heading", { name: "001" }).waitFor();
  await take(page, "narrow");
  await page.setViewportSize(WIDE);

  await sandbox.drop(inFolder("quotes", FAILING));
  await sandbox.untilShown("quotes");
  await sandbox.step("002");
  await page.getByRole("article").getByRole("list", { name: "Findings" }).waitFor();
  await page.getByText("Saved 2 files to quotes").waitFor({ state: "detached" });
  await take(page, "failing", page.getByRole("main"));
  await takeFleet(sandbox);
  browser.assertQuiet();
}

/** The fleet, of which the tab is a node. */
async function takeFleet(sandbox: SandboxPage): Promise<void> {
  const { page, dialog } = sandbox;
  await using server = withJetStream();
  await server.start();
  await using store = await openFleetStore(await server.connect());
  await storeFleetScene(store);
  await page.getByRole("button", { name: /^NATS: / }).click();
  await dialog.getByLabel("Address").fill(server.url);
  await dialog.getByText("Take part in rollouts of a fleet").click();
  await dialog.getByLabel("Node name").fill("till-3");
  await dialog.getByLabel("Labels").fill("region=eu, kind=till");
  await sandbox.button("Connect").click();
  await dialog.getByText("node till-3 of the fleet").waitFor();
  await sandbox.button("Close").click();
  await page.getByRole("link", { name: "Fleet", exact: true }).click();
  await page.getByRole("row", { name: "this browser quote-db" }).waitFor();
  await page.getByRole("combobox", { name: "Plugin" }).selectOption("quote-db");
  await take(page, "fleet");
}

/** Takes the window, or the part of it that a part of the page fills. */
async function take(page: Page, name: string, part?: Locator): Promise<void> {
  // What was clicked would be outlined or pointed at, and what was said floats above.
  await page.mouse.move(0, 0);
  await page.evaluate(() =>
    document.activeElement instanceof HTMLElement && document.activeElement.blur()
  );
  const path = fileURLToPath(new URL(`sandbox-${name}.png`, IMAGES));
  const bytes = await (part ?? page).screenshot({ path, animations: "disabled" });
  console.log(`${path} ${(bytes.length / 1_000).toFixed(0)} kB`);
  if (bytes.length > LARGEST_BYTES) throw new Error(`${name} is too large; show less of the page`);
}
