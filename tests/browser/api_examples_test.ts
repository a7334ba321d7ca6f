// The examples of the browser's entry point run as pages of their own. Real Chromium.

import { join } from "node:path";
import * as assert from "uvu/assert";
import { readApi } from "../docs/api_documentation.ts";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { suite } from "../support/suite.ts";

/** A line that an example must write to the console, for each example that opens a sandbox. */
const LAST_LINES = ["true", "Page of the plugin trivia"];

const examples = suite("examples of lib/browser/mod.ts");

const directory = Deno.makeTempDirSync({ prefix: "godwit-examples-" });
const pages = (await readApi("lib/browser/mod.ts")).examples
  .filter((text) => text.includes("openSandbox"));

let browser: TestBrowser;

examples.before(async () => void (browser = await openChromium()));
examples.after(async () => {
  await browser?.[Symbol.asyncDispose]();
  Deno.removeSync(directory, { recursive: true });
});

examples("there is a line for each page", () => assert.is(pages.length, LAST_LINES.length));

for (const [index, line] of LAST_LINES.entries()) {
  examples(`the page that says "${line}" runs`, async () => {
    const path = join(directory, "example.ts");
    Deno.writeTextFileSync(path, pages[index] ?? "");
    await using server = await SandboxServer.start({
      module: new URL(`file://${path}`),
      files: {
        "page.html":
          '<!doctype html><title>page</title><body><script type="module" src="example.js"></script>',
      },
    });
    const page = await browser.context.newPage();
    await Promise.all([
      page.waitForEvent("console", { predicate: (message) => message.text() === line }),
      page.goto(`${server.url}page.html`),
    ]);
    browser.assertQuiet();
    await page.close();
  });
}

examples.run();
