// The page works again when somebody goes back to it. Real Chromium with its back-forward cache.

import { openChromium } from "../../support/browser.ts";
import { SandboxServer } from "../../support/sandbox_server.ts";
import { BLANK_PAGE } from "../../support/sandbox_tab.ts";
import { suite } from "../../support/suite.ts";

const backForward = suite("back and forward");

backForward("a page that comes back from the cache starts its sandbox anew", async () => {
  await using site = await SandboxServer.start({ files: BLANK_PAGE });
  await using browser = await openChromium({ hasBackForwardCache: true });
  const page = await browser.open(site.url);
  await page.getByText("Stored in this browser").waitFor();
  await page.evaluate(() => document.title = "as it was");
  await page.goto(new URL("blank.html", site.url).href);
  await page.goBack({ waitUntil: "commit" });
  await page.waitForFunction(() => document.title !== "as it was");
  await page.getByText("Stored in this browser").waitFor();
  await page.getByText("quote-db").first().click();
  await page.getByRole("button", { name: "Dry run" }).first().waitFor();
  browser.assertQuiet();
});

backForward.run();
