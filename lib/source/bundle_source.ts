// Plugins that come as ES modules made by `godwit bundle`. Runs anywhere; importing is the caller's affair.

import { type Bundle, parseBundle } from "./plugin_manifest.ts";
import type { PluginFiles, PluginSource } from "./file_source.ts";

/** A bundle and where it came from, or why it is none; one sentence for people that names the URL. */
export type ImportedBundle =
  | { readonly ok: true; readonly url: string; readonly bundle: Bundle }
  | { readonly ok: false; readonly url: string; readonly message: string };

/** Reads what the import of a URL has given. A bundle exports `plugin` and nothing else. */
export function readBundle(url: string, module: unknown): ImportedBundle {
  const refuse = (reason: string): ImportedBundle => {
    const message = `${url} is no bundle: ${reason}; make one with: godwit bundle <plugin>`;
    return { ok: false, url, message };
  };
  if (typeof module !== "object" || module === null) return refuse("it is no module");
  if (!("plugin" in module)) return refuse('it exports no "plugin"');
  const other = Object.keys(module).find((name) => name !== "plugin");
  if (other !== undefined) return refuse(`it exports ${JSON.stringify(other)} beside "plugin"`);
  const parsed = parseBundle(module.plugin);
  return parsed.ok ? { ok: true, url, bundle: parsed.value } : refuse(parsed.message);
}

/**
 * Makes a source of imported bundles. Each file's text is held against its checksum whenever it is
 * loaded. Of two bundles of one plugin the first counts. A plugin that is in none is not found, and
 * the message says which bundles could not be read.
 */
export function bundleSource(imported: readonly ImportedBundle[]): PluginSource {
  const bundles = new Map<string, Extract<ImportedBundle, { ok: true }>>();
  for (const each of imported) {
    if (each.ok && !bundles.has(each.bundle.name)) bundles.set(each.bundle.name, each);
  }
  const problems = imported.flatMap((each) => each.ok ? [] : [each.message]);
  return {
    plugins: () => Promise.resolve([...bundles.keys()].sort()),
    read: (plugin) => Promise.resolve(readPlugin(plugin, bundles.get(plugin)?.bundle, problems)),
    pageOf(plugin) {
      const found = bundles.get(plugin);
      const page = found?.bundle.page ?? null;
      return Promise.resolve(
        found === undefined || page === null ? null : resolve(page, found.url),
      );
    },
  };
}

function readPlugin(
  plugin: string,
  bundle: Bundle | undefined,
  problems: readonly string[],
): PluginFiles {
  if (bundle === undefined) {
    const message = [`There is no bundle of the plugin "${plugin}"`, ...problems].join("; ");
    return { found: false, message };
  }
  const encoder = new TextEncoder();
  return {
    found: true,
    files: bundle.files.map(({ file, checksum, text }) => ({
      file,
      bytes: encoder.encode(text),
      promised: checksum,
    })),
  };
}

function resolve(page: string, url: string): string | null {
  return URL.parse(page, url)?.href ?? null;
}
