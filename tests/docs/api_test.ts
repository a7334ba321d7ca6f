// The public API: documented, closed under the types that it names, and with examples that run; their
// types are checked with everything else.

import { join } from "node:path";
import * as assert from "uvu/assert";
import manifest from "../../deno.json" with { type: "json" };
import { suite } from "../support/suite.ts";
import { readApi, runDeno } from "./api_documentation.ts";
import { RepositoryCopy } from "./repository_copy.ts";

const ENTRIES = Object.values(manifest.exports);
// tests/browser/api_examples_test.ts runs its examples in a browser.
const BROWSER = manifest.exports["./browser"];

const documentation = await Promise.all(ENTRIES.map(readApi));

const api = suite("public API");

for (const { entry, exported, values, examples } of documentation) {
  api(`${entry} exports every type that an export of it names`, () => {
    const missing = [...exported].flatMap(([by, names]) =>
      names.filter((name) => !exported.has(name)).map((name) => `${name}, named by ${by}`)
    );
    assert.equal(missing, []);
  });

  api(`every type that ${entry} exports is named by a function, a value or an example`, () => {
    const shown = [...exported.keys()].filter((name) =>
      examples.some((example) => new RegExp(`\\b${name}\\b`).test(example))
    );
    const reached = new Set([...values, ...shown]);
    for (const name of reached) for (const each of exported.get(name) ?? []) reached.add(each);
    assert.equal([...exported.keys()].filter((name) => !reached.has(name)), []);
  });
}

api("every example runs", async () => {
  await using copy = await RepositoryCopy.make();
  await copy.start("nats-server -c examples/nats/nats-server.conf");
  const files = documentation.filter(({ entry }) => entry !== BROWSER)
    .flatMap(({ examples }) => examples)
    .map((text, index) => ({ file: `example_${index}.ts`, text: copy.localize(text) }));
  assert.ok(files.length > 0);
  await Promise.all(files.map(async ({ file, text }) => {
    Deno.writeTextFileSync(join(copy.root, file), text);
    const { code, output } = await copy.run("deno", ["run", "-A", "--no-check", file]);
    assert.is(code, 0, `${text}\n${output}`);
  }));
});

api("every export and every member of it is documented", async () => {
  // What it names is the business of the tests above: the lint takes types of packages for private.
  const problems = (await lint()).filter((line) => !line.startsWith("error[private-type-ref]"));
  assert.equal(problems, []);
});

api.run();

/** The errors of `deno doc --lint`, a line each. */
async function lint(): Promise<readonly string[]> {
  const { stderr } = await runDeno(["doc", "--lint", ...ENTRIES]);
  return stderr.split("\n").filter((line) => line.startsWith("error["));
}
