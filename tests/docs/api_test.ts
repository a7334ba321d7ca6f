// The public API: documented, closed under the types that it names, and with examples that run.

import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import * as v from "valibot";
import manifest from "../../deno.json" with { type: "json" };
import { suite } from "../support/suite.ts";
import { parsePage } from "./page.ts";
import { readPages } from "./pages.ts";
import { RepositoryCopy } from "./repository_copy.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ENTRIES = Object.values(manifest.exports);

const DeclarationSchema = v.looseObject({ kind: v.string() });
const SymbolSchema = v.object({ name: v.string(), declarations: v.array(DeclarationSchema) });
const DocumentationSchema = v.object({
  nodes: v.record(v.string(), v.object({ symbols: v.array(SymbolSchema) })),
});

/** A type of this file, or one that is imported by a path; packages are imported by a name. */
const NamedTypeSchema = v.object({
  typeName: v.string(),
  resolution: v.variant("kind", [
    v.object({ kind: v.literal("local") }),
    v.object({ kind: v.literal("import"), specifier: v.pipe(v.string(), v.startsWith(".")) }),
  ]),
});

/** A member that is marked `@internal`, which `deno doc` does not show. */
const InternalSchema = v.object({
  jsDoc: v.object({
    tags: v.pipe(
      v.array(v.object({ kind: v.string() })),
      v.someItem(({ kind }) => kind === "internal"),
    ),
  }),
});

const documentation = await Promise.all(ENTRIES.map(async (entry) => {
  const json: unknown = JSON.parse(await deno(["doc", "--json", entry]));
  return {
    entry,
    symbols: Object.values(v.parse(DocumentationSchema, json).nodes).flatMap(({ symbols }) =>
      symbols
    ),
    examples: [...new Set(docsIn(json))].flatMap((doc) =>
      parsePage(entry, doc).blocks.flatMap((block) =>
        block.kind === "code" && block.language === "ts" ? [block.text] : []
      )
    ),
  };
}));

const api = suite("public API");

for (const { entry, symbols } of documentation) {
  const exported = new Map(symbols.map((each) => [each.name, namesIn(each.declarations)]));
  const isType = ({ declarations }: v.InferOutput<typeof SymbolSchema>): boolean =>
    declarations.every(({ kind }) => kind === "interface" || kind === "typeAlias");

  api(`${entry} exports every type that an export of it names`, () => {
    const missing = [...exported].flatMap(([by, names]) =>
      names.filter((name) => !exported.has(name)).map((name) => `${name}, named by ${by}`)
    );
    assert.equal(missing, []);
  });

  api(`every type that ${entry} exports is one that a function or a value of it names`, () => {
    const reached = new Set(symbols.filter((each) => !isType(each)).map(({ name }) => name));
    for (const name of reached) for (const each of exported.get(name) ?? []) reached.add(each);
    assert.equal([...exported.keys()].filter((name) => !reached.has(name)), []);
  });
}

api("every example runs", async () => {
  await using copy = await RepositoryCopy.make();
  await copy.start("nats-server -c examples/nats/nats-server.conf");
  const files = documentation.flatMap(({ examples }) => examples).map((text, index) =>
    write(copy, `example_${index}.ts`, copy.localize(text))
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

api("every export and every member of it is documented", async () => {
  // What it names is the business of the tests above: the lint takes types of packages for private.
  const problems = (await lint()).filter((line) => !line.startsWith("error[private-type-ref]"));
  assert.equal(problems, []);
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

/** The errors of `deno doc --lint`, a line each. */
async function lint(): Promise<readonly string[]> {
  const { stderr } = await run(["doc", "--lint", ...ENTRIES]);
  return stderr.split("\n").filter((line) => line.startsWith("error["));
}

/** Runs Deno in the repository and returns what it prints; throws where it fails. */
async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await run(args);
  if (!success) throw new Error(stderr);
  return stdout;
}

async function run(
  args: readonly string[],
): Promise<{ readonly success: boolean; readonly stdout: string; readonly stderr: string }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, stdout: out ?? "", stderr: err ?? "" };
}

/** The names of this repository's types in what `deno doc --json` says of a declaration. */
function namesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null || v.is(InternalSchema, value)) return [];
  const named = v.safeParse(NamedTypeSchema, value);
  const own = named.success ? [named.output.typeName] : [];
  return [...own, ...Object.values(value).flatMap(namesIn)];
}

/** Every documentation text in what `deno doc --json` says. */
function docsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(docsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === "doc" && typeof part === "string" ? [part] : docsIn(part)
  );
}
