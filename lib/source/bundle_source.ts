// Plugins in ES modules that `godwit bundle` made. Runs anywhere; the caller imports the modules.

import { type Bundle, parseBundle } from "./plugin_manifest.ts";
import type { PluginFiles, PluginSource } from "./file_source.ts";

/** A bundle and its URL, or why the module is none; the message names the URL. */
export type ImportedBundle =
  | { readonly ok: true; readonly url: string; readonly bundle: Bundle }
  | { readonly ok: false; readonly url: string; readonly message: string };

/** Reads a module that was imported from a URL. A bundle exports `plugin` and nothing else. */
export function readBundle(url: string, module: unknown): ImportedBundle {
  const refuse = (reason: string): ImportedBundle => {
    const message = `${url} is not a bundle: ${reason}; make one with: godwit bundle <plugin>`;
    return { ok: false, url, message };
  };
  if (typeof module !== "object" || module === null) return refuse("it is not a module");
  if (!("plugin" in module)) return refuse('it exports no "plugin"');
  const other = Object.keys(module).find((name) => name !== "plugin");
  if (other !== undefined) return refuse(`it exports ${JSON.stringify(other)} beside "plugin"`);
  const parsed = parseBundle(module.plugin);
  return parsed.ok ? { ok: true, url, bundle: parsed.value } : refuse(parsed.message);
}

/**
 * Makes a source of imported bundles. Each load compares the text of a file with its checksum. Of
 * two bundles of one plugin the first is used. For a plugin of none, the message lists the bundles
 * that could not be read.
 */
export function bundleSource(imported: readonly ImportedBundle[]): PluginSource {
  const bundles = new Map<string, Extract<ImportedBundle, { ok: true }>>();
  for (const each of imported) {
    if (each.ok && !bundles.has(each.bundle.name)) bundles.set(each.bundle.name, each);
  }
  const problems = imported.flatMap((each) => each.ok ? [] : [each.message]);
  return {
    plugins: () => Promise.resolve([...bundles.keys()].sort()),
    list: (plugin) => Promise.resolve(listFiles(plugin, bundles.get(plugin)?.bundle, problems)),
    pageOf(plugin) {
      const found = bundles.get(plugin);
      const page = found?.bundle.page ?? null;
      return Promise.resolve(
        found === undefined || page === null ? null : resolve(page, found.url),
      );
    },
  };
}

function listFiles(
  plugin: string,
  bundle: Bundle | undefined,
  problems: readonly string[],
): PluginFiles {
  if (bundle === undefined) {
    const message = [`There is no bundle of the plugin "${plugin}"`, ...problems].join("; ");
    // It may be in a bundle that cannot be loaded.
    return { found: false, reason: problems.length === 0 ? "unknown" : "unavailable", message };
  }
  const encoder = new TextEncoder();
  return {
    found: true,
    files: bundle.files.map(({ file, checksum, text }) => ({
      file,
      read: () => Promise.resolve({ file, bytes: encoder.encode(text), promised: checksum }),
    })),
  };
}

function resolve(page: string, url: string): string | null {
  return URL.parse(page, url)?.href ?? null;
}
