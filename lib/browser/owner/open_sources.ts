// The sources of plugins: saved files, bundles and a manifest, in this order. For browsers.

import { bundleSource } from "../../source/bundle_source.ts";
import { combinedSource } from "../../source/combined_source.ts";
import type { FileSource } from "../../source/file_source.ts";
import { httpSource } from "../../source/http_source.ts";
import { importBundles } from "./import_bundles.ts";
import type { SavedSource } from "./saved_files.ts";
import type { PluginEntry, PluginOrigin } from "../sandbox.ts";

/** Which sources to open. URLs are absolute. */
export interface SourceOptions {
  readonly saved: SavedSource;
  readonly bundles: readonly string[];
  /** The publishers whose bundles are taken; all where there are none. */
  readonly trust: readonly string[];
  readonly manifest: string | null;
}

/** All sources, combined. */
export interface SandboxSources {
  readonly saved: SavedSource;
  readonly all: FileSource;
  entries(): Promise<readonly PluginEntry[]>;
  /** Why plugins may be missing. */
  problems(): Promise<readonly string[]>;
}

/**
 * Imports the bundles and combines the sources. A source that cannot be loaded becomes a problem.
 */
export async function openSources(options: SourceOptions): Promise<SandboxSources> {
  const { saved, manifest } = options;
  const bundles = await importBundles(options.bundles, options.trust);
  const http = manifest === null ? null : httpSource(manifest, fetch.bind(globalThis));
  const all = combinedSource<PluginOrigin>([
    { origin: "saved", source: saved },
    { origin: "bundle", source: bundleSource(bundles) },
    ...(http === null ? [] : [{ origin: "http", source: http } as const]),
  ]);
  return {
    saved,
    all,
    entries: () => all.entries(),
    async problems() {
      // A request shows whether the server answers.
      await http?.plugins();
      const problem = http?.problem() ?? null;
      const unreadable = bundles.flatMap((each) => each.ok ? [] : [each.message]);
      return problem === null ? unreadable : [...unreadable, problem];
    },
  };
}
