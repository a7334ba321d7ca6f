// What `deno doc` says of an entry point: its exports, what they refer to, and its examples.

import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { parsePage } from "./page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const SymbolSchema = v.object({
  name: v.string(),
  declarations: v.array(v.looseObject({ kind: v.string() })),
});

const DocumentationSchema = v.object({
  nodes: v.record(v.string(), v.object({ symbols: v.array(SymbolSchema) })),
});

/** An entry point of the package. */
export interface ApiDocumentation {
  readonly entry: string;
  /** The names of everything that it exports. */
  readonly names: readonly string[];
  /** The exports that a function or class takes or returns, at any depth, and those themselves. */
  readonly reached: ReadonlySet<string>;
  /** The TypeScript of its documentation comments. */
  readonly examples: readonly string[];
}

/** Reads the documentation of an entry point, a path from the root of the repository. */
export async function readApi(entry: string): Promise<ApiDocumentation> {
  const json: unknown = JSON.parse(await deno(["doc", "--json", entry]));
  const symbols = Object.values(v.parse(DocumentationSchema, json).nodes)
    .flatMap(({ symbols }) => symbols);
  return {
    entry,
    names: symbols.map(({ name }) => name),
    reached: reachedFrom(symbols),
    examples: [...new Set(textsOf("doc", json))].flatMap((doc) =>
      parsePage(entry, doc).blocks.flatMap((block) =>
        block.kind === "code" && block.language === "ts" ? [block.text] : []
      )
    ),
  };
}

/** Runs Deno in the repository. Throws its standard error if it fails. */
export async function deno(args: readonly string[]): Promise<string> {
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

function reachedFrom(symbols: readonly v.InferOutput<typeof SymbolSchema>[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = symbols.filter(({ declarations }) =>
    declarations.some(({ kind }) => kind === "function" || kind === "class")
  );
  for (let symbol = waiting.pop(); symbol !== undefined; symbol = waiting.pop()) {
    if (reached.has(symbol.name)) continue;
    reached.add(symbol.name);
    const types = textsOf("typeName", symbol.declarations);
    waiting.push(...symbols.filter(({ name }) => types.includes(name)));
  }
  return reached;
}

/** Every text under a key, at any depth. */
function textsOf(key: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => textsOf(key, each));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === key && typeof part === "string" ? [part] : textsOf(key, part)
  );
}
