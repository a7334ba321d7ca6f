// Saved files on a browser's own OPFS, and a bundle under the sandbox's policy.

import * as assert from "uvu/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { buildModule } from "../../../lib/bundle/build_sandbox.ts";
import { listen } from "../../../lib/workbench/server/serve.ts";
import { serveDirectory } from "../../../lib/workbench/server/serve_directory.ts";
import { openChromium } from "../../support/browser.ts";
import { godwit } from "../../support/service_process.ts";
import { suite } from "../../support/suite.ts";
import { SAVED_SOURCE_CASES } from "./saved_source_cases.ts";

const ReportSchema = v.object({
  cases: v.array(v.string()),
  bundled: v.array(v.string()),
  page: v.nullable(v.string()),
  missing: v.string(),
  trusted: v.array(v.boolean()),
});

const sources = suite("sources in Chromium");

sources("OPFS keeps files as memory does, and a bundle loads", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "godwit-sources-" });
  await buildModule(fileURLToPath(new URL("sources_probe.ts", import.meta.url)), directory);
  const page = '<!doctype html><script type="module" src="sources_probe.js"></script>';
  Deno.writeTextFileSync(join(directory, "index.html"), page);
  const out = join(directory, "trivia.bundle.js");
  const key = join(directory, "key");
  const publicKey = (await godwit(["key", key])).stdout.trim();
  const plugins = fileURLToPath(new URL("../../../examples/plugins", import.meta.url));
  const made = await godwit([
    "bundle",
    "trivia",
    "--plugins",
    plugins,
    "--out",
    out,
    "--sign",
    key,
  ]);
  assert.is(made.code, 0, made.stderr);
  const server = await listen(serveDirectory(directory), 0);
  const browser = await openChromium();
  try {
    const url = `http://127.0.0.1:${server.port}/`;
    const tab = await browser.open(`${url}?${publicKey}`);
    await tab.waitForFunction(() => document.title !== "");
    const report = v.parse(ReportSchema, JSON.parse(await tab.title()));
    assert.equal(report.cases, SAVED_SOURCE_CASES.map(({ name }) => `${name}: ok`));
    assert.equal(report.bundled.map((file) => file.slice(0, 3)), [
      "001",
      "002",
      "003",
      "004",
      "005",
    ]);
    assert.is(report.page, `${url}trivia.page.js`);
    assert.equal(report.trusted, [true, false, false]);
    assert.match(report.missing, `Cannot load the bundle ${url}nowhere.bundle.js: `);
    browser.assertQuiet(/404/);
  } finally {
    await browser[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    Deno.removeSync(directory, { recursive: true });
  }
});

sources.run();
