// What the tests in a browser stand on: it runs, tells what went wrong, crashes and comes back.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { until } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";

const FILES = {
  "probe.html": '<!doctype html><script src="probe.js"></script>',
  "probe.js": "",
  "inline.html": "<!doctype html><script>window.ran = true</script>",
  "fails.html": '<!doctype html><script src="fails.js"></script>',
  "fails.js": 'throw new Error("thrown by a script")',
};

defineTests("Chromium", openChromium);

function defineTests(name: string, start: () => Promise<TestBrowser>): void {
  let server: SandboxServer;
  let browser: TestBrowser;
  const tests = suite(`TestBrowser: ${name}`);

  tests.before(async () => {
    server = await SandboxServer.start({ files: FILES });
    browser = await start();
  });

  tests.after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  tests("a page that does nothing wrong is quiet", async () => {
    const page = await browser.open(`${server.url}probe.html`);
    await page.close();
    browser.assertQuiet();
  });

  for (
    const [what, file, message] of [
      ["an error that nobody caught", "fails.html", /thrown by a script/],
      ["a violation of the policy", "inline.html", /Policy violation: script-src-elem inline/],
    ] as const
  ) {
    tests(`${what} is a problem`, async () => {
      browser.problems.splice(0);
      const page = await browser.open(`${server.url}${file}`);
      assert.is(await page.evaluate(() => "ran" in globalThis), false);
      await until("a problem", () => message.test(browser.problems.join()));
      await page.close();
      assert.throws(() => browser.assertQuiet(), message);
    });
  }

  tests("tabs share storage", async () => {
    const first = await browser.open(`${server.url}probe.html`);
    const second = await browser.open(`${server.url}probe.html`);
    await first.evaluate(() => localStorage.setItem("from", "first"));
    assert.is(await second.evaluate(() => localStorage.getItem("from")), "first");
    await browser.crash(first);
    assert.is(await second.evaluate(() => localStorage.getItem("from")), "first");
    await second.close();
  });

  for (const how of ["restart", "killAndRestart"] as const) {
    tests(`what OPFS holds is there after ${how}()`, async () => {
      const page = await browser.open(`${server.url}probe.html`);
      await page.evaluate(async (text) => {
        const root = await navigator.storage.getDirectory();
        const writer = await (await root.getFileHandle("kept", { create: true })).createWritable();
        await writer.write(text);
        await writer.close();
      }, how);
      await browser[how]();
      const again = await browser.open(`${server.url}probe.html`);
      const text = await again.evaluate(async () => {
        const root = await navigator.storage.getDirectory();
        return await (await (await root.getFileHandle("kept")).getFile()).text();
      });
      assert.is(text, how);
      await again.close();
    });
  }

  tests("a browser without network says so", async () => {
    const page = await browser.open(`${server.url}probe.html`);
    await browser.setOffline(true);
    await page.waitForFunction(() => !navigator.onLine);
    await browser.setOffline(false);
    await page.waitForFunction(() => navigator.onLine);
    await page.close();
  });

  tests.run();
}
