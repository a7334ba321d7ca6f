// The public API is documented, and its examples run. Every example type-checks, those of pages too.

import { basename, join } from "node:path";
import * as assert from "uvu/assert";
import { suite } from "../support/suite.ts";
import { deno, readApi } from "./api_documentation.ts";
import { readPages } from "./pages.ts";
import { RepositoryCopy } from "./repository_copy.ts";

const programs = await Promise.all(["mod.ts", "lib/vfs/mod.ts"].map(readApi));
// tests/browser/api_examples_test.ts runs its examples in a browser.
const browser = await readApi("lib/browser/mod.ts");
const ENTRIES = [...programs, browser].map(({ entry }) => entry);

const api = suite("public API");

for (const { entry, names, examples } of programs) {
  api(`every export of ${entry} is in an example`, () => {
    assert.equal(names.filter((name) => !isIn(examples, name)), []);
  });
}

api(`every export of ${browser.entry} is one that its functions take or return`, () => {
  const { names, reached, examples } = browser;
  assert.equal(names.filter((name) => !reached.has(name) && !isIn(examples, name)), []);
});

api("every example runs", async () => {
  await using copy = await RepositoryCopy.make();
  const files = programs.flatMap(({ examples }) => examples).map((text, index) =>
    write(copy, `example_${index}.ts`, text)
  );
  assert.ok(files.length > 0);
  await Promise.all(files.map(async (file) => {
    const { code, output } = await copy.run("deno", ["run", "-A", "--no-check", file]);
    assert.is(code, 0, `${Deno.readTextFileSync(join(copy.root, file))}\n${output}`);
  }));
  // One check for all: what takes time is godwit itself, which each of them imports.
  const others = browser.examples.map((text, index) => write(copy, `page_${index}.ts`, text));
  const checked = [...files, ...others, ...writePageBlocks(copy)];
  const { code, output } = await copy.run("deno", ["check", ...checked]);
  assert.is(code, 0, output);
});

api("deno doc --lint has nothing to say", async () => {
  await deno(["doc", "--lint", ...ENTRIES]);
});

api("has no slow types, and all that it imports can be published", async () => {
  await using copy = await RepositoryCopy.make();
  // What license it has is not for a test to say.
  Deno.writeTextFileSync(join(copy.root, "LICENSE"), "none yet");
  const args = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  const { code, output } = await copy.run("deno", args);
  assert.is(code, 0, output);
});

api.run();

/** The TypeScript of pages, which the tests of the pages run. */
function writePageBlocks(copy: RepositoryCopy): readonly string[] {
  return readPages().flatMap((page) =>
    page.blocks.flatMap((block) => {
      if (block.kind !== "code" || block.language !== "ts") return [];
      return [write(copy, `${basename(page.path, ".md")}_line_${block.line}.ts`, block.text)];
    })
  );
}

function write(copy: RepositoryCopy, file: string, text: string): string {
  Deno.writeTextFileSync(join(copy.root, file), text);
  return file;
}

function isIn(examples: readonly string[], name: string): boolean {
  return examples.some((example) => new RegExp(`\\b${name}\\b`).test(example));
}
