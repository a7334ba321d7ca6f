// The page opens without a network, once it was open with one, and its plugins are there. Real Chromium.

import type { Page } from "playwright-core";
import * as assert from "uvu/assert";
import { openChromium } from "../support/browser.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const offline = suite("offline");

async function untilShown(page: Page, plugin: string): Promise<void> {
  await page.getByRole("heading", { name: plugin }).first().waitFor();
  const state = page.getByRole("list", { name: `State of ${plugin}` });
  await state.getByText(/Version \d/).waitFor();
  // Until the sandbox has answered, it is the status of the visit before.
  await state.getByText("as last seen").waitFor({ state: "detached" });
}

offline("the page opens while its server is away, and works on its databases", async () => {
  await using server = await SandboxServer.start();
  await using browser = await openChromium();
  const page = await browser.open(server.url);
  await untilShown(page, "quote-db");
  await page.getByRole("button", { name: "Apply to here" }).click();
  await page.getByText(/Applied \d+ migrations?; now at version 1/).first().waitFor();
  await page.evaluate(() => navigator.serviceWorker.ready);
  // What was asked for before the service worker stood between is kept from now on.
  await page.reload();
  await untilShown(page, "quote-db");
  await page.getByRole("textbox", { name: /^SQL of/ }).waitFor();
  server.requests.length = 0;
  await page.reload();
  await untilShown(page, "quote-db");
  assert.ok(server.requests.includes("GET /database_worker.js"), "other files are asked for");
  assert.equal(server.requests.filter((each) => each.includes(".chunk-")), []);

  await server.stop();
  await page.reload();
  await untilShown(page, "quote-db");
  await page.getByText("Version 1", { exact: true }).first().waitFor();
  // What generates migrations is a part that was not loaded before.
  await page.getByRole("tab", { name: "Schema" }).click();
  await page.getByText("No change").waitFor();
  // Another plugin takes another worker.
  await page.goto(`${server.url}#/trivia`);
  await untilShown(page, "trivia");
  // Words such as "cannot" are in the findings on the plugin's own files.
  assert.is(await page.getByText(/sandbox (cannot|does not)|could not be opened/i).count(), 0);

  // A gateway answers for a server that is away.
  const gateway = Deno.serve({
    hostname: "127.0.0.1",
    port: Number(new URL(server.url).port),
    onListen: () => {},
  }, () => new Response("The server is away", { status: 503 }));
  await page.reload();
  await untilShown(page, "trivia");
  await gateway.shutdown();
  await server.restart();
});

offline("a new service worker drops the parts of earlier builds", async () => {
  await using server = await SandboxServer.start();
  await using browser = await openChromium();
  const page = await browser.open(server.url);
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    const cache = await caches.open("godwit-sandbox");
    for (const name of ["page.chunk-AAAAAAAA.js", "notes.txt"]) {
      await cache.put(name, new Response("old"));
    }
    return active?.state;
  });
  await page.reload();
  const names = await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const cache = await caches.open("godwit-sandbox");
    const kept = async (): Promise<readonly string[]> =>
      (await cache.keys()).map(({ url }) => new URL(url).pathname.slice(1));
    const until = performance.now() + 10_000;
    while ((await kept()).includes("page.chunk-AAAAAAAA.js") && performance.now() < until) {
      await new Promise((done) => setTimeout(done, 20));
    }
    return await kept();
  });
  assert.not.ok(names.includes("page.chunk-AAAAAAAA.js"));
  assert.ok(names.includes("notes.txt"), "only parts are dropped");
  assert.ok(names.some((name) => name.startsWith("page.chunk-")), "its own parts are kept");
});

offline("a part that cannot be loaded is named, and a reload tries again", async () => {
  await using server = await SandboxServer.start();
  // A service worker would have kept the parts that were loaded before.
  await using browser = await openChromium({ hasServiceWorkers: false });
  const page = await browser.context.newPage();
  const parts = [
    ["page_root.js", "The page could not start. page_root.js cannot be loaded"],
    ["sqlite3.wasm", "sqlite3.wasm: Failed to fetch"],
    ["sandbox_worker.js", "Cannot start the sandbox"],
    ["editor.js", "The editor (editor.js) cannot be loaded"],
    ["page_worker.js", "page_worker.js cannot be loaded"],
  ] as const;
  // Each reload has the part before it again, and misses the next one.
  for (const [index, [file, words]] of parts.entries()) {
    server.unanswered = `/${file}`;
    if (index === 0) await page.goto(server.url);
    else await page.getByRole("button", { name: "Try again" }).first().click();
    await page.getByText(words).first().waitFor();
    assert.is(await page.getByText(parts[index - 1]?.[1] ?? "never").count(), 0);
  }
  server.unanswered = null;
  await page.getByRole("button", { name: "Try again" }).first().click();
  await page.getByText(/Version \d/).first().waitFor();
  for (const [, words] of parts) await page.getByText(words).first().waitFor({ state: "detached" });
});

offline.run();
