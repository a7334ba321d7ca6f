// What the tests in a browser stand on: it runs, tells what went wrong, crashes and comes back.

import * as assert from "uvu/assert";
import { openChromium } from "../support/browser.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

const server = await SandboxServer.start({
  files: {
    "probe.html": '<!doctype html><script src="probe.js"></script>',
    "probe.js": "",
    "inline.html": "<!doctype html><script>window.ran = true</script>",
    "fails.html": '<!doctype html><script src="fails.js"></script>',
    "fails.js": 'throw new Error("thrown by a script")',
  },
});
const browser = await openChromium();

const tests = suite("TestBrowser");

tests.after(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

tests.before.each(() => browser.assertQuiet());

tests("a page that does nothing wrong is quiet", async () => {
  const page = await browser.open(`${server.url}probe.html`);
  await page.close();
  browser.assertQuiet();
});

tests("an error that nobody caught is a problem", async () => {
  const page = await browser.open(`${server.url}fails.html`);
  await page.close();
  assert.throws(() => browser.assertQuiet(), /thrown by a script/);
});

tests("a violation of the policy is a problem", async () => {
  const page = await browser.open(`${server.url}inline.html`);
  assert.is(await page.evaluate(() => "ran" in globalThis), false);
  await page.close();
  assert.throws(() => browser.assertQuiet(), /Policy violation: script-src-elem inline/);
});

tests("tabs share storage, and one that crashes takes no other along", async () => {
  const first = await browser.open(`${server.url}probe.html`);
  const second = await browser.open(`${server.url}probe.html`);
  await first.evaluate(() => localStorage.setItem("from", "first"));
  await browser.crash(first);
  assert.is(await second.evaluate(() => localStorage.getItem("from")), "first");
  await second.close();
});

tests("what OPFS holds is there after the browser was killed", async () => {
  const page = await browser.open(`${server.url}probe.html`);
  await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const writer = await (await root.getFileHandle("kept", { create: true })).createWritable();
    await writer.write("here");
    await writer.close();
  });
  await browser.killAndRestart();
  const again = await browser.open(`${server.url}probe.html`);
  const text = await again.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    return await (await (await root.getFileHandle("kept")).getFile()).text();
  });
  assert.is(text, "here");
  await again.close();
});

tests("a browser without network says so", async () => {
  const page = await browser.open(`${server.url}probe.html`);
  await browser.setOffline(true);
  assert.is(await page.evaluate(() => navigator.onLine), false);
  await browser.setOffline(false);
  assert.is(await page.evaluate(() => navigator.onLine), true);
  await page.close();
});

tests.run();
