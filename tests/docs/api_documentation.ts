// What `deno doc` says of an entry point: its exports, what they refer to, and its examples.

import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { parsePage } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

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

/** An entry point of the package. */
export interface ApiDocumentation {
  readonly entry: string;
  /** Everything that it exports, with the names of the types that it names. */
  readonly exported: ReadonlyMap<string, readonly string[]>;
  /** The exports that are not only types. */
  readonly values: readonly string[];
  /** The TypeScript of its documentation comments. */
  readonly examples: readonly string[];
}

/** Reads the documentation of an entry point, a path from the root of the repository. */
export async function readApi(entry: string): Promise<ApiDocumentation> {
  const json: unknown = JSON.parse(await deno(["doc", "--json", entry]));
  const symbols = Object.values(v.parse(DocumentationSchema, json).nodes)
    .flatMap(({ symbols }) => symbols);
  const isType = ({ declarations }: v.InferOutput<typeof SymbolSchema>): boolean =>
    declarations.every(({ kind }) => kind === "interface" || kind === "typeAlias");
  return {
    entry,
    exported: new Map(symbols.map((each) => [each.name, namesIn(each.declarations)])),
    values: symbols.filter((each) => !isType(each)).map(({ name }) => name),
    examples: [...new Set(docsIn(json))].flatMap((doc) =>
      parsePage(entry, doc).blocks.flatMap((block) =>
        block.kind === "code" && block.language === "ts" ? [block.text] : []
      )
    ),
  };
}

/** Runs Deno in the repository. Throws its standard error if it fails. */
export async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await runDeno(args);
  if (!success) throw new Error(stderr);
  return stdout;
}

/** Runs Deno in the repository, to whatever end. */
export async function runDeno(
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
