// Where the files of plugins are; every source of migrations is built on this. Runs anywhere.

import type { ListedPlugins, MigrationSource, PluginNotFound } from "./migration_source.ts";
import { readFiles, type SourceFile, type UnreadFile } from "./source_file.ts";

/** A plugin's `.sql` files, or why the plugin cannot be found, with the remedy. */
export type PluginFiles =
  | {
    readonly found: true;
    readonly files: readonly UnreadFile[];
    /** The files of statements of its code, named with their folder: `queries/quotes.sql`. */
    readonly queries?: readonly UnreadFile[];
  }
  | PluginNotFound;

/** Reads files. Plugin names are valid before they reach a source. */
export interface FileSource {
  /**
   * Names every plugin that has migrations, in alphabetical order. Rejects with `SourceUnavailable`
   * where their directory or server cannot be read.
   */
  plugins(): Promise<readonly string[]>;
  /**
   * Lists every `.sql` file of a plugin. Only a directory has the statements of the plugin's code:
   * authors check them in their repository, and what is published is what is applied.
   */
  list(plugin: string): Promise<PluginFiles>;
  /** Finds the schema.sql of a plugin; `null` where it has none. Missing where no plugin has one. */
  schemaOf?(plugin: string): Promise<SourceFile | null>;
  /** A text that any change of a plugin's files changes; `null` where it is not known. */
  stateOf?(plugin: string): string | null;
}

/** The directory or server of the plugins cannot be read. The message has a remedy. */
export class SourceUnavailable extends Error {
  override readonly name = "SourceUnavailable";
}

/** A source whose plugins may have code for a page. */
export interface PluginSource extends FileSource {
  /** The URL of the plugin's page code; `null` if it has none, or if the plugin is unknown. */
  pageOf(plugin: string): Promise<string | null>;
}

/**
 * Makes a source of migrations from a source of files. Of one plugin at most `maxBytes` are read.
 */
export function migrationSource(files: FileSource, maxBytes?: number): MigrationSource {
  return {
    schemaOf: (plugin) => files.schemaOf?.(plugin) ?? Promise.resolve(null),
    stateOf: (plugin) => files.stateOf?.(plugin) ?? null,
    async plugins(): Promise<ListedPlugins> {
      try {
        return { ok: true, names: await files.plugins() };
      } catch (error) {
        if (!(error instanceof SourceUnavailable)) throw error;
        return { ok: false, message: error.message };
      }
    },
    async find(plugin) {
      const listed = await files.list(plugin);
      if (!listed.found) return listed;
      // Migrations come first, so that statements alone are left out where both are too large.
      const all = [...listed.files, ...listed.queries ?? []];
      const read = (): AsyncGenerator<SourceFile> => readFiles(all, maxBytes);
      return { found: true, files: { [Symbol.asyncIterator]: read } };
    },
  };
}
