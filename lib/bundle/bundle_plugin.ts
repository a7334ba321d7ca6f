// Makes the modules of one plugin from its directory; the caller writes them. For Deno.

import { basename, dirname, join, resolve } from "node:path";
import type { Finding } from "../finding/finding.ts";
import { type Bundle, parseBundle } from "../source/plugin_manifest.ts";
import { readPlugin } from "./read_plugin.ts";
import { esbuildPath } from "./esbuild_path.ts";
import { isThere, type ModuleFile } from "./module_file.ts";
import type { Packed } from "./pack.ts";

/** The modules of a plugin, or why there are none. */
export type BundledPlugin =
  | {
    readonly kind: "bundled";
    readonly bundle: ModuleFile;
    /** Written before the bundle, which names it; `null` if the plugin has no page. */
    readonly page: ModuleFile | null;
    readonly migrations: number;
  }
  | { readonly kind: "not-found"; readonly message: string }
  /** Files that do not parse, or none at all. */
  | { readonly kind: "invalid"; readonly findings: readonly Finding[] }
  /** The page cannot be packed, or esbuild cannot be started. */
  | { readonly kind: "refused"; readonly message: string };

/** The plugin, and the paths of its modules. */
export interface BundlePluginOptions {
  readonly pluginsDir: string;
  readonly plugin: string;
  /** The bundle; `x.bundle.js` and `x.js` have their page in `x.page.js`. */
  readonly out: string;
  /** Adds the signature of a publisher. */
  readonly sign?: (bundle: Bundle) => Bundle;
}

type Refused = Extract<BundledPlugin, { kind: "refused" }>;

const PAGES = ["page.ts", "page.js"] as const;

/**
 * Packs the files of `<plugins>/<plugin>/migrations/` into one ES module, and `page.ts` or
 * `page.js` beside them into another. The same files make the same bytes. Calls must not overlap:
 * each ends esbuild, of which a process has one instance.
 */
export async function bundlePlugin(
  { pluginsDir, plugin, out, sign = (bundle) => bundle }: BundlePluginOptions,
): Promise<BundledPlugin> {
  const read = await readPlugin(pluginsDir, plugin);
  if (read.kind !== "read") return read;
  const forbidden = await whyForbidden(plugin);
  if (forbidden !== null) return refused(forbidden);

  const directory = join(pluginsDir, plugin);
  const pages = await findPages(directory);
  if (pages.length > 1) {
    return refused(`There are ${pages.join(" and ")} in ${directory}; remove one of them`);
  }
  const [source = null] = pages;
  const pagePath = join(dirname(out), basename(out).replace(/(\.bundle)?(\.m?js)$/, ".page$2"));
  const unsigned = { ...read.bundle, page: source === null ? null : `./${basename(pagePath)}` };
  const parsed = parseBundle(sign(unsigned));
  if (!parsed.ok) return refused(`Cannot bundle ${plugin}: ${parsed.message}`);

  // esbuild is loaded only when a plugin is packed.
  const { packBundle, packPage, stopPacking } = await import("./pack.ts");
  try {
    const page = source === null ? null : await packPage(plugin, resolve(directory), source);
    if (page?.ok === false) return unpacked(source ?? plugin, page);
    const bundle = await packBundle(parsed.value);
    if (!bundle.ok) return unpacked(plugin, bundle);
    return {
      kind: "bundled",
      bundle: { path: out, text: bundle.text },
      page: page === null ? null : { path: pagePath, text: page.text },
      migrations: parsed.value.files.length,
    };
  } finally {
    await stopPacking();
  }
}

/** esbuild is a separate program, which inherits the whole environment. */
async function whyForbidden(plugin: string): Promise<string | null> {
  const path = esbuildPath();
  const run = await Deno.permissions.query(
    path === null ? { name: "run" } : { name: "run", command: path },
  );
  const env = await Deno.permissions.query({ name: "env" });
  if (run.state === "granted" && env.state === "granted") return null;
  return `This process may not start esbuild, which makes bundles; use the task that may: ` +
    `deno task bundle ${plugin}, or allow it: --allow-env --allow-run${
      path === null ? "" : `=${path}`
    }`;
}

async function findPages(directory: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of PAGES) if (await isThere(join(directory, file))) found.push(file);
  return found;
}

function unpacked(what: string, { problems }: Extract<Packed, { ok: false }>): Refused {
  return refused(`Cannot bundle ${what}: ${problems.join("; ")}`);
}

function refused(message: string): Refused {
  return { kind: "refused", message };
}
