// The page opens without a network, once it was open with one, and its plugins are there. Real Chromium.

import * as assert from "uvu/assert";
import { SHELL_FILES } from "../../examples/sandbox/page/offline/shell_files.ts";
import { openChromium } from "../support/browser.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const offline = suite("offline");

// Pages of others load it; the page has it in its own bundle.
const NOT_OF_THE_PAGE = ["client.js", "index.html"];

offline("the shell is what the build makes for the page", async () => {
  await using server = await SandboxServer.start();
  const built = server.build.files.map(({ name }) => name);
  const needed = built.filter((name) =>
    !NOT_OF_THE_PAGE.includes(name) && name !== "service_worker.js"
  );
  assert.equal(SHELL_FILES.filter((name) => name !== "./").toSorted(), needed.toSorted());
});

offline("the page opens while its server is away, and its database is there", async () => {
  await using server = await SandboxServer.start();
  await using browser = await openChromium();
  const page = await browser.open(server.url);
  await page.getByRole("heading", { name: "quote-db", level: 1 }).or(
    page.getByRole("heading", { name: "quote-db" }),
  ).first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  // Files that were asked for before the service worker stood between are kept from now on.
  await page.reload();
  await page.getByRole("heading", { name: "quote-db" }).first().waitFor();

  await server.stop();
  await page.reload();
  await page.getByRole("heading", { name: "quote-db" }).first().waitFor();
  await page.getByRole("link", { name: /trivia/ }).or(page.getByRole("button", { name: /trivia/ }))
    .first().click();
  await page.getByRole("heading", { name: "trivia" }).first().waitFor();
  server.restart();
});

offline.run();
