// Where migrations come from: the one interface that directories, bundles and HTTP share.

import type { SourceFile } from "./source_file.ts";

/** Why a plugin's files cannot be listed. */
export interface PluginNotFound {
  readonly found: false;
  /** Whether there is no such plugin, or its files cannot be read now. */
  readonly reason: "unknown" | "unavailable";
  /** With the remedy. */
  readonly message: string;
}

/** A plugin's files, which each iteration reads again, or why the plugin cannot be found. */
export type FoundFiles = PluginFiles | PluginNotFound;

/** The files of a plugin that was found. */
export interface PluginFiles {
  readonly found: true;
  readonly files: AsyncIterable<SourceFile>;
}

/** The names of plugins, or why they cannot be listed and the way out. */
export type ListedPlugins =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Reads migrations. Plugin names are valid before they reach a source. */
export interface MigrationSource {
  /** Names every plugin that has migrations, in alphabetical order. */
  plugins(): Promise<ListedPlugins>;
  /** Finds the files of a plugin. */
  find(plugin: string): Promise<FoundFiles>;
  /** Finds the schema.sql of a plugin; `null` where it has none. Missing where no plugin has one. */
  schemaOf?(plugin: string): Promise<SourceFile | null>;
  /** A text that any change of a plugin's files changes; `null` where it is not known. */
  stateOf?(plugin: string): string | null;
}
