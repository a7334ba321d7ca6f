// The page of a plan in a real browser: open to all, complete on paper, and closed to what is in it.

import * as assert from "uvu/assert";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { planPage } from "../../lib/review/plan_page.ts";
import { barriersIn } from "../support/accessibility.ts";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const pages = suite("the page of a plan");

const EXAMPLES = new URL("../../examples/plugins/quote-db/migrations/", import.meta.url);
const COMMAND = "godwit apply p --to 2";

/** A name, a value and SQL as written by someone who wants to get in. */
const HOSTILE = `</style></code><img src=x onerror="globalThis.ran=1"><script>ran=1</script>`;
/** Turns the text after it around. */
const OVERRIDE = "\u202e";

let browser: TestBrowser;

pages.before(async () => {
  browser = await openChromium();
});

pages.after(() => browser?.[Symbol.asyncDispose]());

pages.after.each(() => browser.assertQuiet());

/** Writes the page of a request, and opens it as its reader does: a file, without a network. */
async function open(workspace: Workspace, body: unknown = { rows: 20 }): Promise<Page> {
  const reply = await workspace.ask("plan", "p", body);
  if (reply.success && reply.verb !== "plan") throw new Error("It is no plan");
  const path = `${workspace.root}/plan.html`;
  Deno.writeTextFileSync(path, await planPage(reply, reply.success ? COMMAND : null));
  return await browser.open(pathToFileURL(path).href);
}

/** A workspace whose plugin is at version 4 of the example, with two files to go. */
async function beforeDrop(): Promise<Workspace> {
  const workspace = new Workspace();
  for (const { name } of Deno.readDirSync(EXAMPLES)) {
    workspace.write("p", { [name]: Deno.readFileSync(new URL(name, EXAMPLES)) });
  }
  await workspace.apply("p", { target_version: 4 });
  return workspace;
}

const HOSTILE_FILES = {
  "001_create.sql": migrationFile(
    `CREATE TABLE "${HOSTILE.replaceAll('"', '""')}" (a TEXT DEFAULT '${HOSTILE}');
     INSERT INTO "${
      HOSTILE.replaceAll('"', '""')
    }" VALUES ('${HOSTILE}'), ('admin${OVERRIDE}resu');`,
    `-- ${HOSTILE}\nDROP TABLE "${HOSTILE.replaceAll('"', '""')}"; /* ${OVERRIDE} ${HOSTILE} */`,
  ),
};

async function assertOpenToAll(page: Page): Promise<void> {
  const found: string[] = [];
  for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [400, "dark"]] as const) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    found.push(...(await barriersIn(page)).map((each) => `${width} ${colorScheme}: ${each}`));
    const beyond = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    if (beyond > 0) found.push(`${width}: it scrolls sideways by ${beyond} pixels`);
  }
  assert.equal(found, []);
}

pages("shows losses, schemas, drawings, SQL with findings, and the command", async () => {
  await using workspace = await beforeDrop();
  const page = await open(workspace);
  const text = await page.locator("main").innerText();
  for (
    const part of [
      "p: apply 2 migrations, version 4 → 6",
      "Loses 6 values",
      "6 values of quotes.channel",
      "#planning",
      "-    channel TEXT NOT NULL DEFAULT '#general',",
      "INSERT INTO quotes_search (quotes_search) VALUES ('rebuild');",
      'Drops the column "channel" of "quotes" with 6 values',
      COMMAND,
    ]
  ) assert.ok(text.includes(part), part);
  const drawings = page.getByRole("img");
  assert.match(
    await drawings.first().getAttribute("aria-label") ?? "",
    /^Before: .*quotes, altered/,
  );
  assert.match(
    await drawings.nth(1).getAttribute("aria-label") ?? "",
    /^After: .*quotes_search, added/,
  );
  // The line of a statement is that of its file.
  const drop = page.locator(".line", { hasText: /^DROP TABLE quotes;/ });
  assert.is(await drop.getAttribute("data-line"), "25");
  await assertOpenToAll(page);
});

pages("with nothing to do, and where there is no plan, says so", async () => {
  await using workspace = await beforeDrop();
  const idle = await open(workspace, { target_version: 4 });
  assert.match(await idle.locator("h1").innerText(), "nothing to apply, at version 4");
  workspace.write("p", { "007_wrong.sql": migrationFile("SELEC 1;") });
  const failed = await open(workspace);
  const text = await failed.locator("main").innerText();
  assert.match(text, /VALIDATION_FAILED/);
  assert.match(text, /near "SELEC"/);
  await assertOpenToAll(failed);
});

pages("names, SQL and rows are text: they neither run nor load anything", async () => {
  await using workspace = new Workspace();
  workspace.write("p", HOSTILE_FILES);
  const asked: string[] = [];
  const listen = (request: { url(): string }): number => asked.push(request.url());
  browser.context.on("request", listen);
  const up = await open(workspace);
  assert.is(await up.evaluate(() => Reflect.get(globalThis, "ran")), undefined);
  await workspace.apply("p");
  const down = await open(workspace, { direction: "rollback", rows: 20 });
  const text = await down.locator("main").innerText();
  assert.ok(text.includes(`2 rows of ${HOSTILE}`));
  assert.ok(text.includes("admin\\u202eresu"), "what turns text around is shown");
  assert.not.ok(text.includes(OVERRIDE));
  assert.is(await down.evaluate(() => Reflect.get(globalThis, "ran")), undefined);
  assert.is(await down.locator("img, script, link, iframe").count(), 0);
  await assertOpenToAll(down);
  browser.context.off("request", listen);
  assert.ok(asked.every((url) => url.startsWith("file:")), asked.join("\n"));
});

pages("its policy refuses what is added to it", async () => {
  await using workspace = await beforeDrop();
  const page = await open(workspace);
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = 1";
    document.body.append(script);
    const style = document.createElement("style");
    style.textContent = "body { display: none }";
    document.body.append(style);
  });
  assert.is(await page.evaluate(() => Reflect.get(globalThis, "ran")), undefined);
  assert.ok(await page.locator("h1").isVisible());
  browser.assertQuiet(/Policy violation/, /Content Security Policy/);
});

pages("prints light, with nothing cut off", async () => {
  await using workspace = await beforeDrop();
  const page = await open(workspace);
  await page.setViewportSize({ width: 700, height: 900 });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const cut = await page.evaluate(() =>
    [...document.querySelectorAll("main *")]
      .filter((each) =>
        each.scrollWidth > each.clientWidth && each.clientWidth > 0 &&
        getComputedStyle(each).overflowX !== "visible"
      )
      .map((each) => each.className)
  );
  assert.equal(cut, []);
  assert.is(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(28, 33, 38)");
  assert.ok((await page.pdf()).length > 10_000);
});

pages("the cure of findings is shown once, also on paper", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_base.sql": migrationFile(
      "CREATE TABLE t (a, b); CREATE INDEX t_a ON t (a); CREATE INDEX t_b ON t (b);",
      "DROP TABLE t;",
    ),
    "002_rebuild.sql": migrationFile(
      "CREATE TABLE n (a, b); INSERT INTO n SELECT * FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;",
      "SELECT 1;",
    ),
  });
  await workspace.apply("p", { target_version: 1 });
  const page = await open(workspace);
  await page.emulateMedia({ media: "print" });
  const cures = page.locator("details").filter({ hasText: "The file without this" });
  assert.is(await cures.count(), 1);
  assert.match(await cures.innerText(), /CREATE INDEX t_a ON t \(a\);[^]*CREATE INDEX t_b ON t/);
});

pages("the statement of the code that a file breaks is shown, as it is written", async () => {
  await using workspace = new Workspace();
  workspace.write("p", {
    "001_base.sql": migrationFile("CREATE TABLE t (a, b);", "DROP TABLE t;"),
  });
  await workspace.apply("p");
  workspace.write("p", { "002_rename.sql": migrationFile("ALTER TABLE t RENAME b TO c;") });
  workspace.writeQueries("p", { "q.sql": `SELECT b FROM t WHERE a = '${HOSTILE}';` });
  const page = await open(workspace);
  const broken = page.locator("li.finding").filter({ hasText: "broken-query" });
  assert.match(await broken.innerText(), "queries/q.sql:1:8 no longer works: no such column: b");
  assert.ok((await broken.innerText()).includes(`SELECT b FROM t WHERE a = '${HOSTILE}';`));
  assert.is(await page.evaluate(() => Reflect.get(globalThis, "ran")), undefined);
});

pages.run();
