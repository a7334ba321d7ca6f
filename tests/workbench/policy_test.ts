// The page's policy in a real browser: what was not built runs nowhere, and text stays text.

import type { Page } from "playwright-core";
import * as assert from "uvu/assert";
import { textChecksum } from "../../lib/migration/text_checksum.ts";
import { openChromium, type TestBrowser } from "../support/browser.ts";
import { SandboxServer } from "../support/sandbox_server.ts";
import { until } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";

/** A name, a value and SQL as somebody would write them who wants to get in. */
const HOSTILE = "<img src=x onerror='globalThis.ran=1'>";

const SQL = `-- UP
CREATE TABLE "${HOSTILE}" (a TEXT DEFAULT '<script>globalThis.ran=1</script>');
INSERT INTO "${HOSTILE}" (a) VALUES ('${HOSTILE.replaceAll("'", "")}');
-- ${HOSTILE}
-- DOWN
DROP TABLE "${HOSTILE}";
`;

const FILES = {
  "plugins/manifest.json": JSON.stringify({
    format: 1,
    plugins: [{
      name: "hostile",
      page: null,
      files: [{ file: "001_a.sql", checksum: await textChecksum(new TextEncoder().encode(SQL)) }],
    }],
  }),
  "plugins/hostile/migrations/001_a.sql": SQL,
};

defineTests("Chromium", openChromium);

function defineTests(name: string, start: () => Promise<TestBrowser>): void {
  let server: SandboxServer;
  let browser: TestBrowser;
  let page: Page;
  const policy = suite(`policy: ${name}`);

  policy.before(async () => {
    server = await SandboxServer.start({ files: FILES });
    browser = await start();
    page = await browser.open(server.url);
  });
  // What is refused changes nothing, so one page is enough; what must be quiet comes first.
  policy.after.each(() => void browser.problems.splice(0));
  policy.after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  policy("the page and its workers start without breaking their own policy", async () => {
    await page.getByText("hostile").first().waitFor();
    browser.assertQuiet();
  });

  policy("names, rows and SQL of a plugin are shown as they are written", async () => {
    await page.getByRole("link", { name: "hostile" }).click();
    await page.getByRole("button", { name: "Apply to here" }).click();
    await page.getByText("version 1").first().waitFor();
    for (const view of ["Migrations", "Playground", "Messages", "Data"]) {
      await page.getByRole("tab", { name: view }).click();
      if (view === "Messages") await page.getByText("db.migrate.hostile.apply").first().click();
      await page.getByText("<img src=x").filter({ visible: true }).first().waitFor();
      // Locators look into shadow roots too.
      assert.is(await page.locator("img[src=x]").count(), 0, view);
    }
    assert.is(await page.evaluate(() => "ran" in globalThis), false);
    browser.assertQuiet();
  });

  policy("an inline script does not run", async () => {
    const ran = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.append(document.createTextNode("globalThis.ran = 1"));
      const refused = new Promise((resolve) =>
        document.addEventListener("securitypolicyviolation", resolve, { once: true })
      );
      document.body.append(script);
      await refused;
      return "ran" in globalThis;
    });
    assert.is(ran, false);
    assert.match(
      browser.problems.join(),
      /Policy violation: (require-trusted-types-for|script-src)/,
    );
  });

  policy("a handler in an attribute does not run", async () => {
    const ran = await page.evaluate(async () => {
      const image = new Image();
      const failed = new Promise((resolve) => image.addEventListener("error", resolve));
      try {
        image.setAttribute("onerror", "globalThis.ran = 1");
      } catch {
        // Trusted Types refuse handlers too.
      }
      image.src = "missing.png";
      document.body.append(image);
      await failed;
      // Handlers run in the order in which they were set.
      await new Promise((resolve) => setTimeout(resolve));
      return "ran" in globalThis;
    });
    assert.is(ran, false);
  });

  policy("text does not become elements: Trusted Types refuse it", async () => {
    const reached = await page.evaluate(async (html) => {
      // While the test's own code is evaluated eval is allowed, whatever the policy says.
      await new Promise((resolve) => setTimeout(resolve));
      const tries: Record<string, () => unknown> = {
        innerHTML: () => document.body.innerHTML = html,
        outerHTML: () => document.body.outerHTML = html,
        insert: () => document.body.insertAdjacentHTML("beforeend", html),
        write: () => document.write(html),
        fragment: () => document.createRange().createContextualFragment(html),
        parse: () => new DOMParser().parseFromString(html, "text/html"),
        frame: () => document.createElement("iframe").srcdoc = html,
        eval: () => globalThis.eval("1"),
        construct: () => new Function("return 1"),
        worker: () => new Worker("page.js"),
        ownPolicy: () =>
          Reflect.get(globalThis, "trustedTypes").createPolicy("mine", { createHTML: String }),
        secondPolicy: () =>
          Reflect.get(globalThis, "trustedTypes").createPolicy("godwit", { createHTML: String }),
      };
      return Object.entries(tries).flatMap(([name, attempt]) => {
        try {
          attempt();
          return [name];
        } catch {
          return [];
        }
      });
    }, HOSTILE);
    assert.equal(reached, []);
  });

  policy("styles and a base that were injected change nothing", async () => {
    const found = await page.evaluate(async () => {
      const style = document.createElement("style");
      style.append("* { display: none }");
      const link = Object.assign(document.createElement("link"), {
        rel: "stylesheet",
        href: "data:text/css,*{display:none}",
      });
      const refused = new Promise((resolve) => link.onerror = resolve);
      document.head.append(
        style,
        link,
        Object.assign(document.createElement("base"), { href: "https://example.org/" }),
      );
      await refused;
      return { display: getComputedStyle(document.body).display, base: document.baseURI };
    });
    assert.is.not(found.display, "none");
    assert.is(found.base.split("#")[0], server.url);
    await until("the base is refused", () => browser.problems.join().includes("base-uri"));
  });

  policy.run();
}
