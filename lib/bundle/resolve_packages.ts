// Lets esbuild find packages in Deno's cache, where there is no node_modules directory. For Deno.

import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { findPackageJSON, isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };

/** Marks the plugin's own questions to esbuild, which it must not answer itself. */
const OWN = Symbol();

/**
 * esbuild's plugin for bare specifiers, of the project and of packages among themselves. Deno says
 * where a package is; esbuild reads the package's export map for a browser. A specifier in
 * `external` stays in the output, as the file that it names.
 */
export function resolvePackages(external: ReadonlyMap<string, string>): Plugin {
  return {
    name: "packages in Deno's cache",
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async (asked) => {
        const { path, kind, pluginData } = asked;
        if (pluginData === OWN) return undefined;
        const file = kind === "entry-point" ? undefined : external.get(path);
        if (file !== undefined) return { path: file, external: true };
        if (path.startsWith(`${config.name}/`)) {
          return { path: fileURLToPath(import.meta.resolve(path)) };
        }
        // A package requires a module of Node behind a test for Node, which no browser passes.
        if (isBuiltin(path)) return kind === "require-call" ? { path, external: true } : undefined;
        return await resolveIn(directoryOf(path, asked), asked, build);
      });
    },
  };
}

/** The directory of the package that a file means by a specifier. */
function directoryOf(specifier: string, { importer, resolveDir }: OnResolveArgs): string {
  const file = findPackageJSON(specifier, importer === "" ? join(resolveDir, "_") : importer);
  if (file === undefined) throw new Error(`There is no package for "${specifier}" in deno.json`);
  return dirname(file);
}

/** Resolves a specifier in its package's directory. */
async function resolveIn(
  directory: string,
  { path, importer, kind }: OnResolveArgs,
  build: PluginBuild,
): Promise<OnResolveResult> {
  const options = { importer, kind, resolveDir: directory, pluginData: OWN };
  // https://nodejs.org/api/packages.html#self-referencing-a-package-using-its-name
  const named = await build.resolve(path, options);
  if (named.errors.length === 0) return named;
  // A package without an export map cannot import itself by its name.
  const subpath = path.split("/").slice(path.startsWith("@") ? 2 : 1);
  const file = await build.resolve(join(directory, ...subpath), options);
  return file.errors.length === 0 ? file : named;
}
