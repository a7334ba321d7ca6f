// Several sources as one: the first that has a plugin serves it. Runs anywhere.

import type { PluginFiles, PluginSource } from "./file_source.ts";
import type { PluginNotFound } from "./migration_source.ts";

/** A source and its name. */
export interface NamedSource<Origin extends string> {
  readonly origin: Origin;
  readonly source: PluginSource;
}

/** Several sources. */
export interface CombinedSource<Origin extends string> extends PluginSource {
  /** The source that serves a plugin; `null` if none has it. */
  originOf(plugin: string): Promise<Origin | null>;
}

/**
 * Combines sources in an order of precedence. A plugin of two sources comes from the first alone,
 * with its page code, even if the first cannot read it. For a plugin of none, the message joins the
 * messages of all sources.
 */
export function combinedSource<Origin extends string>(
  sources: readonly NamedSource<Origin>[],
): CombinedSource<Origin> {
  async function find(plugin: string): Promise<NamedSource<Origin> | null> {
    for (const each of sources) {
      if ((await each.source.plugins()).includes(plugin)) return each;
    }
    return null;
  }

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
    async pageOf(plugin) {
      return await (await find(plugin))?.source.pageOf(plugin) ?? null;
    },
    async originOf(plugin) {
      return (await find(plugin))?.origin ?? null;
    },
  };
}
