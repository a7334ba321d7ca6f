// The files of plugins as they are, before anything is parsed: what every source of migrations rests on.
// Runs anywhere.

import { collectMigrations, type SourceFile } from "./collect_migrations.ts";
import type { ListedPlugins, MigrationSource } from "./migration_source.ts";

/** A plugin's `.sql` files, or why the plugin cannot be found and the way out. */
export type PluginFiles =
  | { readonly found: true; readonly files: readonly SourceFile[] }
  | { readonly found: false; readonly message: string };

/** Reads files. Plugin names are valid before they reach a source. */
export interface FileSource {
  /**
   * Names every plugin that has migrations, in alphabetical order. Rejects with `SourceUnavailable`
   * where the place that holds them cannot be read.
   */
  plugins(): Promise<readonly string[]>;
  /** Reads every `.sql` file of a plugin; what is wrong with one stands in its entry. */
  read(plugin: string): Promise<PluginFiles>;
}

/** The place that holds the plugins cannot be read; the message is for people, with the way out. */
export class SourceUnavailable extends Error {
  override readonly name = "SourceUnavailable";
}

/** A source whose plugins may bring code for a page of their own. */
export interface PluginSource extends FileSource {
  /** The URL of the plugin's page code; `null` where it brings none, or there is no such plugin. */
  pageOf(plugin: string): Promise<string | null>;
}

/** Makes a source of migrations from a source of files. */
export function migrationSource(files: FileSource): MigrationSource {
  return {
    async plugins(): Promise<ListedPlugins> {
      try {
        return { ok: true, names: await files.plugins() };
      } catch (error) {
        if (!(error instanceof SourceUnavailable)) throw error;
        return { ok: false, message: error.message };
      }
    },
    async load(plugin) {
      const read = await files.read(plugin);
      return read.found ? await collectMigrations(read.files) : read;
    },
  };
}
