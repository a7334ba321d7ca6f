// The package.json of the npm packages. Pure.

import config from "../../deno.json" with { type: "json" };

/** What differs between the packages. */
export interface PackageOptions {
  readonly name: string;
  readonly description: string;
  readonly keywords: readonly string[];
  /** The module and the declarations of each entry point, by its name: `./nats`. */
  readonly entries: ReadonlyMap<string, { readonly types: string; readonly module: string }>;
  /** Files that are no entry points and are found by their names all the same. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of packages that its modules import; the versions are those of `deno.json`. */
  readonly imports: Iterable<string>;
  /** The rest of the manifest, such as `bin`. */
  readonly more: Readonly<Record<string, unknown>>;
  /** Dependencies with versions of their own. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Writes a manifest. */
export function packageManifest(options: PackageOptions): string {
  const { name, description, keywords, entries, files, imports, more, dependencies } = options;
  const exports = [...entries].map(([entry, { types, module }]) => [
    entry,
    { types, default: module },
  ]);
  const versions = [...imports].map((each) => [each, versionOf(each)]);
  const manifest = {
    name,
    version: config.version,
    description,
    keywords,
    license: config.license,
    author: "the godwit authors",
    type: "module",
    exports: { ...Object.fromEntries(exports), ...files, "./package.json": "./package.json" },
    ...more,
    dependencies: Object.fromEntries(
      [...Object.entries(dependencies), ...versions].toSorted(([one = ""], [other = ""]) =>
        one < other ? -1 : 1
      ),
    ),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The package of a specifier: `preact` for `preact/hooks`. */
export function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The exact version that is pinned; what was tested is what is installed. */
function versionOf(name: string): string {
  const pin = Object.entries(config.imports).find(([alias]) => alias === name)?.[1];
  const version = pin?.slice(`npm:${name}@`.length);
  if (version === undefined) throw new Error(`deno.json pins no version of ${name}`);
  return version;
}
