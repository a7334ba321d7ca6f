// Where migrations come from: the one interface that directories, bundles and HTTP share.

import type { Finding } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";

/** A plugin's migrations, in ascending order, and findings about the files that do not parse. */
export type LoadedMigrations =
  | {
    readonly found: true;
    readonly migrations: readonly Migration[];
    readonly findings: readonly Finding[];
  }
  /** Why the plugin cannot be found, with the remedy. */
  | { readonly found: false; readonly message: string };

/** The names of plugins, or why they cannot be listed and the way out. */
export type ListedPlugins =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Reads migrations. Plugin names are valid before they reach a source. */
export interface MigrationSource {
  /** Names every plugin that has migrations, in alphabetical order. */
  plugins(): Promise<ListedPlugins>;
  /** Reads every migration of a plugin; bad files become findings, never exceptions. */
  load(plugin: string): Promise<LoadedMigrations>;
}
