// Lets esbuild find packages where Deno keeps them: there is no node_modules directory. For Deno.

import type { Plugin } from "esbuild";
import { isBuiltin } from "node:module";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { exports } from "resolve.exports";
import * as v from "valibot";

/** A package in Deno's cache; `dependencies` are keys of the same list. */
const CachedPackageSchema = v.object({
  name: v.string(),
  version: v.string(),
  dependencies: v.array(v.string()),
  localPath: v.string(),
});

const GraphSchema = v.object({ npmPackages: v.record(v.string(), CachedPackageSchema) });

const ConfigSchema = v.object({ imports: v.record(v.string(), v.string()) });

/** What is read of a package.json; the rest passes through as it is. */
const PackageFileSchema = v.looseObject({ name: v.string() });

type CachedPackage = v.InferOutput<typeof CachedPackageSchema>;

const CONFIG = new URL("../../deno.json", import.meta.url);

/** The packages of the project, as Deno resolved them. */
export class DenoPackages {
  readonly #packages: ReadonlyMap<string, CachedPackage>;
  readonly #pins: ReadonlyMap<string, string>;

  private constructor(
    packages: ReadonlyMap<string, CachedPackage>,
    pins: ReadonlyMap<string, string>,
  ) {
    this.#packages = packages;
    this.#pins = pins;
  }

  /** Asks Deno. What the lock file pins is in the cache already, for the caller imports from it. */
  static async find(): Promise<DenoPackages> {
    const { success, stdout, stderr } = await new Deno.Command("deno", {
      args: ["info", "--json", fileURLToPath(import.meta.url)],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`deno info: ${decoder.decode(stderr).trim()}`);
    const { npmPackages } = v.parse(GraphSchema, JSON.parse(decoder.decode(stdout)));
    const { imports } = v.parse(ConfigSchema, JSON.parse(await Deno.readTextFile(CONFIG)));
    return new DenoPackages(new Map(Object.entries(npmPackages)), pinsOf(imports));
  }

  /**
   * The file that `specifier` means to a browser when it is imported by the file `importer`; a
   * directory for packages without an export map.
   */
  async resolve(specifier: string, importer: string, kind: "import" | "require"): Promise<string> {
    const { name, subpath } = splitSpecifier(specifier);
    const found = this.#dependency(name, importer);
    if (found === null) throw new Error(`There is no package for "${specifier}" in deno.json`);
    const file = join(found.localPath, "package.json");
    const packageFile = v.parse(PackageFileSchema, JSON.parse(await Deno.readTextFile(file)));
    if (!("exports" in packageFile)) return join(found.localPath, subpath);
    const [path] = exports(packageFile, subpath, {
      browser: true,
      require: kind === "require",
      conditions: ["module"],
    }) ?? [];
    if (path === undefined) throw new Error(`"${name}" has no export "${subpath}"`);
    return join(found.localPath, path);
  }

  /** What a package means by a name is its dependency; what the project means is its pin. */
  #dependency(name: string, importer: string): CachedPackage | null {
    const packages = [...this.#packages.values()];
    const owner = packages.find(({ localPath }) => importer.startsWith(`${localPath}${sep}`));
    // A package may import itself by name.
    if (owner?.name === name) return owner;
    const candidates = owner === undefined
      ? packages.filter(({ version }) => version === this.#pins.get(name))
      : owner.dependencies.flatMap((id) => this.#packages.get(id) ?? []);
    return candidates.find((each) => each.name === name) ?? null;
  }
}

/**
 * esbuild's plugin: resolves bare specifiers, of the project and of the packages among themselves.
 * A specifier in `files` is left to the browser, as the file of the build that stands there.
 */
export function resolvePackages(
  packages: DenoPackages,
  files: ReadonlyMap<string, string>,
): Plugin {
  return {
    name: "deno packages",
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, importer, resolveDir, kind }) => {
        if (kind === "entry-point") return undefined;
        const file = files.get(path);
        if (file !== undefined) return { path: file, external: true };
        // What a package requires of Node stands behind a test for Node, and is not reached.
        if (kind === "require-call" && isBuiltin(path)) return { path, external: true };
        const target = await packages.resolve(
          path,
          importer,
          kind === "require-call" ? "require" : "import",
        );
        // By a path, esbuild applies what else a package.json says: main fields, side effects.
        return await build.resolve(target, { kind, importer, resolveDir });
      });
    },
  };
}

function pinsOf(imports: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.values(imports).flatMap((target) => {
      const [, name, version] = /^npm:((?:@[^/@]+\/)?[^/@]+)@([^/]+)/.exec(target) ?? [];
      return name === undefined || version === undefined ? [] : [[name, version] as const];
    }),
  );
}

function splitSpecifier(specifier: string): { readonly name: string; readonly subpath: string } {
  const parts = specifier.split("/");
  const count = specifier.startsWith("@") ? 2 : 1;
  return {
    name: parts.slice(0, count).join("/"),
    subpath: ["."].concat(parts.slice(count)).join("/"),
  };
}
