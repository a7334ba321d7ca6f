// The public API is documented, and its examples run. Every example type-checks, those of pages too.

import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import * as v from "valibot";
import { suite } from "../support/suite.ts";
import { parsePage } from "./page.ts";
import { readPages } from "./pages.ts";
import { RepositoryCopy } from "./repository_copy.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ENTRIES = ["mod.ts", "lib/vfs/mod.ts"];

const DocumentationSchema = v.object({
  nodes: v.record(v.string(), v.object({ symbols: v.array(v.object({ name: v.string() })) })),
});

const documentation = await Promise.all(ENTRIES.map(async (entry) => {
  const json: unknown = JSON.parse(await deno(["doc", "--json", entry]));
  return {
    entry,
    names: Object.values(v.parse(DocumentationSchema, json).nodes).flatMap(({ symbols }) =>
      symbols.map(({ name }) => name)
    ),
    examples: [...new Set(docsIn(json))].flatMap((doc) =>
      parsePage(entry, doc).blocks.flatMap((block) =>
        block.kind === "code" && block.language === "ts" ? [block.text] : []
      )
    ),
  };
}));

const api = suite("public API");

for (const { entry, names, examples } of documentation) {
  api(`every export of ${entry} is in an example`, () => {
    const unused = names.filter((name) =>
      !examples.some((example) => new RegExp(`\\b${name}\\b`).test(example))
    );
    assert.equal(unused, []);
  });
}

api("every example runs", async () => {
  await using copy = await RepositoryCopy.make();
  const files = documentation.flatMap(({ examples }) => examples).map((text, index) =>
    write(copy, `example_${index}.ts`, text)
  );
  assert.ok(files.length > 0);
  await Promise.all(files.map(async (file) => {
    const { code, output } = await copy.run("deno", ["run", "-A", "--no-check", file]);
    assert.is(code, 0, `${Deno.readTextFileSync(join(copy.root, file))}\n${output}`);
  }));
  // One check for all: what takes time is godwit itself, which each of them imports.
  const { code, output } = await copy.run("deno", ["check", ...files, ...writePageBlocks(copy)]);
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

/** Runs Deno in the repository; throws what it complains about. */
async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Every documentation text in what `deno doc --json` says. */
function docsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(docsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === "doc" && typeof part === "string" ? [part] : docsIn(part)
  );
}
