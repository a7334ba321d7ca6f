// A plugin's own page, from its server to its database in OPFS, as a deployment has it.

import * as assert from "uvu/assert";
import { openChromium, type TestBrowser } from "../../support/browser.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { suite } from "../../support/suite.ts";

defineTests("Chromium", openChromium);

function defineTests(name: string, start: () => Promise<TestBrowser>): void {
  let server: SandboxServer;
  let browser: TestBrowser;
  const tests = suite(`a plugin's page: ${name}`);

  tests.before(async () => {
    server = await SandboxServer.start({
      module: new URL("plugin_page_probe.ts", import.meta.url),
      files: {
        "host.html":
          '<!doctype html><meta charset="utf-8"><script type="module" src="plugin_page_probe.js"></script><body>',
      },
    });
    browser = await start();
  });
  tests.after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  tests("the trivia plugin sees its version and migrates its own database", async () => {
    const page = await browser.open(`${server.url}host.html`);
    const frame = page.frameLocator("iframe");
    await frame.getByText("Version 0, updates available: 5.").waitFor();
    await frame.getByRole("button").click();
    await frame.getByText("The questions are up to date, at version 5.").waitFor();
    await page.close();
    browser.assertQuiet();
  });

  tests("what it migrated is there when the page is opened again", async () => {
    const page = await browser.open(`${server.url}host.html`);
    await page.frameLocator("iframe").getByText("up to date, at version 5.").waitFor();
    assert.is(await page.locator("iframe").count(), 1);
    await page.close();
    browser.assertQuiet();
  });

  tests.run();
}
