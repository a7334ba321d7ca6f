// The package for JSR: what deno publish says about it.

import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** These import modules whose URLs the page names: a plugin's page, and a plugin's bundle. */
const IMPORT_URLS = [
  "lib/browser/frame/plugin_frame_page.ts",
  "lib/browser/owner/import_bundles.ts",
];

const publish = suite("deno publish --dry-run");

const { code, text } = await dryRun();

publish("finds nothing to mend", () => {
  assert.is(code, 0, text);
  const warnings = [...text.matchAll(/^(?:warning|error)\[([\w-]+)\].*\n +--> (\S+?):/gm)];
  assert.equal(
    warnings.map(([, name, path = ""]) => [name, path.slice(ROOT.length)]),
    IMPORT_URLS.map((path) => ["unanalyzable-dynamic-import", path]),
  );
});

publish("publishes every entry point, the licence, and neither tests nor build tools", () => {
  const files = [...text.matchAll(/file:\/\/(\S+)/g)].map(([, path = ""]) =>
    path.slice(ROOT.length)
  );
  for (const path of ["LICENSE", "README.md", "mod.ts", "lib/vfs/mod.ts", "lib/cli/main.ts"]) {
    assert.ok(files.includes(path), path);
  }
  assert.equal(files.filter((path) => /^(tests|docs|examples|lib\/release)\//.test(path)), []);
});

publish.run();

// Types are checked by `deno task check`.
async function dryRun(): Promise<{ readonly code: number; readonly text: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-check"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, text: `${decoder.decode(stdout)}${decoder.decode(stderr)}` };
}
