// The diagram of a large schema in a real Chromium: focus, zoom, search, selection, and the text
// beside it.

import * as assert from "uvu/assert";
import type { Locator } from "playwright-core";
import { barriersIn } from "../support/accessibility.ts";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { migrationFile } from "../support/migration_file.ts";
import { publishedPlugins } from "../support/published_plugins.ts";
import { SandboxPage } from "../support/sandbox_page.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { until } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";

const diagram = suite("the diagram");

const NUMBERS = [...Array(38).keys()];
const FILES = {
  "001_create_everything.sql": migrationFile(
    `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));
${NUMBERS.map((n) => `CREATE TABLE stock_${n} (id INTEGER PRIMARY KEY);`).join("\n")}
CREATE TABLE likes (id INTEGER PRIMARY KEY);
INSERT INTO users (name) VALUES ('Ada');`,
  ),
  "002_pay_orders.sql": migrationFile(
    "ALTER TABLE orders ADD COLUMN paid_at TEXT;\nDROP TABLE likes;",
  ),
};

let browser: TestBrowser;
let site: SandboxServer;
let sandbox: SandboxPage;
let directory: string;

diagram.before(async () => {
  directory = Deno.makeTempDirSync({ prefix: "godwit-downloads-" });
  site = await SandboxServer.start({ files: await publishedPlugins({ large: FILES }) });
  browser = await openChromium({ hasServiceWorkers: false });
  sandbox = await SandboxPage.open(browser, site.url, "large");
  await sandbox.page.setViewportSize({ width: 1_440, height: 1_000 });
  await sandbox.step("002");
  await schema().getByRole("img").first().waitFor();
});

diagram.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
  Deno.removeSync(directory, { recursive: true });
});

diagram.after.each(() => browser.assertQuiet());

function schema(): Locator {
  return sandbox.page.getByRole("region", { name: "Schema" });
}

function drawing(): Locator {
  return schema().getByRole("img", { name: /^After/ });
}

function boxes(): Promise<number> {
  return drawing().locator(".box").count();
}

/** The middle of a box of a drawing, and how wide it is, in pixels. */
async function place(table: string): Promise<{ x: number; y: number; width: number }> {
  const box = await drawing().locator(`[data-box="${table}"] .box-frame`).boundingBox();
  if (box === null) throw new Error(`${table} is not drawn`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, width: box.width };
}

/** Waits until a box is in the middle of its frame. */
async function untilCentred(table: string): Promise<void> {
  await sandbox.page.waitForFunction((table) => {
    const [, frame] = document.querySelectorAll(".diagram-frame");
    const box = frame?.querySelector(`[data-box="${table}"] .box-frame`)?.getBoundingClientRect();
    const around = frame?.getBoundingClientRect();
    if (box === undefined || around === undefined) return false;
    return Math.abs(box.x + box.width / 2 - around.x - around.width / 2) < 2 &&
      Math.abs(box.y + box.height / 2 - around.y - around.height / 2) < 2;
  }, table);
}

async function zoom(button: "Zoom in" | "Zoom out", times: number): Promise<void> {
  for (let step = 0; step < times; step += 1) await sandbox.button(button).click();
}

/** Finds a table while nothing can be read, so that what is near it is drawn alone. */
async function findFromAfar(table: string): Promise<void> {
  await zoom("Zoom out", 6);
  await schema().getByRole("combobox", { name: "Find a table" }).fill(table);
  await sandbox.page.keyboard.press("Enter");
  await untilCentred(table);
  await zoom("Zoom in", 5);
  await until("only what is near is drawn", async () => await boxes() < 41);
}

diagram(
  "a large one begins with what changes, and a dropped table is in both drawings",
  async () => {
    assert.is(await boxes(), 3);
    await drawing().getByText("paid_at", { exact: true }).waitFor();
    await drawing().locator('[data-box="dropped likes"][data-mark="removed"]').waitFor();
    await schema().getByRole("img", { name: /^Before: .*likes, dropped/ }).waitFor();
  },
);

diagram("all tables fit the frame, and wheel, keys and buttons zoom", async () => {
  await schema().getByRole("radio", { name: "All" }).check();
  await drawing().locator('[data-box="stock_37"]').waitFor();
  assert.is(await boxes(), 41);
  await drawing().scrollIntoViewIfNeeded();
  const frame = await drawing().boundingBox();
  for (const { x, y } of [await place("users"), await place("stock_0"), await place("stock_37")]) {
    assert.ok(frame !== null && x > frame.x && x < frame.x + frame.width, `${x}`);
    assert.ok(y > frame.y && y < frame.y + frame.height, `${y}`);
  }
  const { x, y, width } = await place("stock_20");
  await sandbox.page.mouse.move(x, y);
  await sandbox.page.mouse.wheel(0, -400);
  // The browser answers before the page has seen the wheel.
  await until("the wheel zooms", async () => (await place("stock_20")).width > width);
  const zoomed = await place("stock_20");
  assert.ok(zoomed.width > width * 1.5, `${zoomed.width} of ${width}`);
  assert.ok(Math.abs(zoomed.x - x) < 2 && Math.abs(zoomed.y - y) < 2, "the pointer's place moves");
  await sandbox.page.mouse.down();
  await sandbox.page.mouse.move(x + 40, y - 30, { steps: 3 });
  await sandbox.page.mouse.up();
  const dragged = await place("stock_20");
  assert.ok(Math.abs(dragged.x - x - 40) < 2 && Math.abs(dragged.y - y + 30) < 2);
  assert.is(await schema().getByRole("region", { name: "Selected table" }).count(), 0);
  await schema().getByRole("group", { name: /^After: arrow keys/ }).focus();
  await sandbox.page.keyboard.press("+");
  assert.ok((await place("stock_20")).width > dragged.width);
  await sandbox.page.keyboard.press("ArrowRight");
  await sandbox.page.keyboard.press("0");
  assert.ok(Math.abs((await place("stock_20")).width - width) < 1);
  await sandbox.button("Zoom in").click();
  assert.ok((await place("stock_20")).width > width);
});

diagram("from afar rows are lines, and from near only what the frame shows is drawn", async () => {
  await schema().getByRole("radio", { name: "All" }).check();
  await schema().getByLabel("All columns").check();
  await zoom("Zoom out", 6);
  await drawing().locator(".row-lines").first().waitFor({ state: "attached" });
  assert.is(await boxes(), 41);
  assert.is(await drawing().getByText("paid_at").count(), 0);
  await findFromAfar("orders");
  await drawing().getByText("paid_at", { exact: true }).waitFor();
  await drawing().locator('[data-box="orders"][data-selected]').waitFor();
});

diagram("two fingers zoom, and what is between them stays there", async () => {
  await schema().getByRole("radio", { name: "All" }).check();
  await sandbox.button("Show everything").click();
  await drawing().scrollIntoViewIfNeeded();
  const { x, y, width } = await place("stock_20");
  const session = await sandbox.page.context().newCDPSession(sandbox.page);
  const touch = async (type: "touchStart" | "touchMove" | "touchEnd", spread: number) =>
    await session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd"
        ? []
        : [{ x: x - spread, y, id: 1 }, { x: x + spread, y, id: 2 }],
    });
  await touch("touchStart", 20);
  for (const spread of [30, 40, 60]) await touch("touchMove", spread);
  await touch("touchEnd", 0);
  await session.detach();
  await until("the fingers zoom", async () => (await place("stock_20")).width > width * 2);
  const zoomed = await place("stock_20");
  assert.ok(Math.abs(zoomed.x - x) < 4 && Math.abs(zoomed.y - y) < 4, `${zoomed.x} ${zoomed.y}`);
  await sandbox.button("Show everything").click();
});

diagram("the whole screen shows more of it, and gives it back", async () => {
  const height = async (): Promise<number> => (await drawing().boundingBox())?.height ?? 0;
  const before = await height();
  await sandbox.button("Full screen").click();
  await until("it fills the screen", async () => await height() > before * 1.3);
  await sandbox.button("Full screen").click();
  await until("it is back", async () => Math.abs(await height() - before) < 1);
});

diagram("the slash finds a table, and a selected one shows its foreign keys and rows", async () => {
  await schema().getByRole("radio", { name: "Changes" }).check();
  await sandbox.page.getByRole("tab", { name: "Migrations" }).focus();
  await sandbox.page.keyboard.press("/");
  await sandbox.page.keyboard.type("stock_31");
  await untilCentred("stock_31");
  // It is not among those that change.
  assert.ok(await schema().getByRole("radio", { name: "All" }).isChecked());
  const finder = schema().getByRole("combobox", { name: "Find a table" });
  await finder.fill("user");
  await sandbox.page.keyboard.press("Enter");
  await untilCentred("users");
  const selected = schema().getByRole("region", { name: "Selected table" });
  await selected.getByText("referred to by").waitFor();
  await selected.getByRole("button", { name: "orders" }).click();
  await selected.getByText("(user_id)").waitFor();
  assert.is(await drawing().locator(".box[data-lit]").count(), 2);
  assert.equal(await barriersIn(sandbox.page), []);
  await selected.getByRole("button", { name: "users" }).click();
  await sandbox.applyTo("001");
  await sandbox.step("002");
  await schema().getByRole("list", { name: "Changes" }).getByRole("button", { name: /paid_at/ })
    .click();
  await untilCentred("orders");
  await selected.getByRole("button", { name: "users" }).click();
  await selected.getByRole("button", { name: "Open its rows" }).click();
  await sandbox.page.getByRole("cell", { name: "Ada" }).waitFor();
  await sandbox.view("Migrations");
});

diagram("the drawings are saved as one SVG that needs no styles", async () => {
  await schema().getByRole("radio", { name: "All" }).check();
  await drawing().locator('[data-box="stock_37"]').waitFor();
  await findFromAfar("users");
  const downloading = sandbox.page.waitForEvent("download");
  await sandbox.button("Save SVG").click();
  const download = await downloading;
  assert.is(download.suggestedFilename(), "large-002_pay_orders.svg");
  const path = `${directory}/drawing.svg`;
  await download.saveAs(path);
  const text = Deno.readTextFileSync(path);
  // The sandbox's own page parses no text: its policy refuses that.
  const other = await browser.open("about:blank");
  const { sizes, fills, names } = await other.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    return {
      sizes: [...parsed.querySelectorAll("svg svg")].map((each) =>
        Number(each.getAttribute("width"))
      ),
      names: [...parsed.querySelectorAll("text > tspan")].map((each) => each.textContent),
      fills: [...parsed.querySelectorAll("rect, text")].map((each) => each.getAttribute("fill")),
    };
  }, text);
  await other.close();
  assert.is(sizes.length, 2);
  // Also what the frame does not show.
  for (const name of ["users", "orders", "likes", "stock_0", "stock_37"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(sizes.every((width) => width > 100));
  assert.ok(fills.every((fill) => fill?.startsWith("rgb") === true), fills.join(" "));
  assert.not.match(text, /class=|data-|var\(/);
});

diagram("the schema is a text beside the drawings, between any two versions", async () => {
  await schema().getByRole("radio", { name: "Text" }).check();
  const difference = schema().getByRole("group", { name: "Difference of the schemas" });
  await difference.getByText("-CREATE TABLE likes (id INTEGER PRIMARY KEY);").waitFor();
  await schema().getByLabel("From").selectOption("Empty database");
  await difference.getByText("+CREATE TABLE users").waitFor();
  await schema().getByLabel("To").selectOption("Empty database");
  await schema().getByText("Both schemas are the same.").waitFor();
  await schema().getByLabel("From").selectOption("001_create_everything.sql");
  await difference.getByText("-CREATE TABLE stock_5 ").waitFor();
  await sandbox.button("Copy the difference").waitFor();
  assert.equal(await barriersIn(sandbox.page), []);
});

diagram.run();
