// examples/sandbox: the page on the public browser entry. Real Chromium.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { suite } from "../../support/suite.ts";

let server: SandboxServer;
let browser: TestBrowser;

const example = suite("examples/sandbox");

example.before(async () => {
  server = await SandboxServer.start();
  browser = await openChromium();
});
example.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

example("shows the status, applies and rolls back", async () => {
  const page = await browser.open(`${server.url}example.html`);
  const apply = page.getByRole("button", { name: "Apply the next migration" });
  const rollback = page.getByRole("button", { name: "Roll back the last migration" });
  await page.getByText("Version 0, 6 pending").waitFor();
  assert.ok(await rollback.isDisabled());
  await apply.click();
  await page.getByText("Version 1, 5 pending").waitFor();
  await apply.click();
  await page.getByText("Version 2, 4 pending").waitFor();
  assert.is(await page.getByRole("listitem").count(), 2);
  await rollback.click();
  await page.getByText("Version 1, 5 pending").waitFor();
  assert.match(await page.getByRole("listitem").innerText(), /^create_quotes, applied at 20/);
  browser.assertQuiet();
});

example("keeps the database over a reload, and shows what another tab applies", async () => {
  const page = await browser.open(`${server.url}example.html`);
  await page.getByText("Version 1, 5 pending").waitFor();
  const other = await browser.open(`${server.url}example.html`);
  await other.getByRole("button", { name: "Apply the next migration" }).click();
  await page.getByText("Version 2, 4 pending").waitFor();
  browser.assertQuiet();
});

example.run();
