// Several sources as one: the first that has a plugin serves it. Runs anywhere.

import type { FileSource, PluginFiles, PluginSource } from "./file_source.ts";
import type { PluginNotFound } from "./migration_source.ts";

/** A source and its name. */
export interface NamedSource<Origin extends string> {
  readonly origin: Origin;
  readonly source: PluginSource;
}

/** A plugin, and which source serves it. */
export interface CombinedPlugin<Origin extends string> {
  readonly name: string;
  readonly origin: Origin;
  /** The URL of its page code; `null` if it has none. */
  readonly page: string | null;
}

/** Several sources. */
export interface CombinedSource<Origin extends string> extends FileSource {
  /** The plugins in alphabetical order. Each source is asked once, so a server gets one request. */
  entries(): Promise<readonly CombinedPlugin<Origin>[]>;
}

/**
 * Combines sources in an order of precedence. A plugin of two sources comes from the first alone,
 * with its page code, even if the first cannot read it. For a plugin of none, the message joins the
 * messages of all sources.
 */
export function combinedSource<Origin extends string>(
  sources: readonly NamedSource<Origin>[],
): CombinedSource<Origin> {
  return {
    async plugins() {
      const lists = await Promise.all(sources.map(({ source }) => source.plugins()));
      return [...new Set(lists.flat())].sort();
    },
    async list(plugin): Promise<PluginFiles> {
      const messages: string[] = [];
      let reason: PluginNotFound["reason"] = "unknown";
      for (const { source } of sources) {
        const listed = await source.list(plugin);
        // If the first cannot read a plugin, files of another must not run under its name.
        if (listed.found || (await source.plugins()).includes(plugin)) return listed;
        messages.push(listed.message);
        if (listed.reason === "unavailable") reason = listed.reason;
      }
      const message = messages.join("; ") || `There is no plugin "${plugin}": there are no sources`;
      return { found: false, reason, message };
    },
    async entries() {
      const lists = await Promise.all(
        sources.map(async (each) => ({ ...each, names: await each.source.plugins() })),
      );
      const found = new Map(
        lists.toReversed().flatMap((each) => each.names.map((name) => [name, each])),
      );
      const entries = [...found].map(async ([name, { origin, source }]) => ({
        name,
        origin,
        page: await source.pageOf(name),
      }));
      return (await Promise.all(entries)).sort((one, other) => one.name < other.name ? -1 : 1);
    },
  };
}
