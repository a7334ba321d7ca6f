// Groups dropped files by plugin. Pure; runs anywhere.

import type { SavedFile } from "../../browser/owner/saved_files.ts";
import { isPluginName } from "../../message/plugin_name.ts";
import { isSqlFile } from "../../migration/file_name.ts";

/** A file and its path, such as `quote-db/migrations/001_create_quotes.sql`. */
export interface DroppedFile {
  readonly path: string;
  /** Empty for a file that is neither SQL nor a database, which is not read. */
  readonly bytes: Uint8Array;
}

/** Dropped files by plugin, and those whose plugin the user has to name. */
export interface SortedDrop {
  readonly plugins: ReadonlyMap<string, readonly SavedFile[]>;
  readonly loose: readonly SavedFile[];
  /**
   * A plugin name for the loose files, from their folder; empty if the folder is not a valid name.
   */
  readonly suggestion: string;
  /** Files with the name of a database. */
  readonly databases: readonly DroppedFile[];
  /** All other files. */
  readonly ignored: number;
}

/** The extensions of database files. */
export const DATABASE_EXTENSIONS: readonly string[] = [".sqlite3", ".sqlite", ".db"];

/** Whether a path has the name of a database file. */
export function isDatabaseFile(path: string): boolean {
  return DATABASE_EXTENSIONS.some((extension) => path.toLowerCase().endsWith(extension));
}

/** A plugin name from the name of a database file; empty if there is none in it. */
export function pluginNameOf(path: string): string {
  const name = path.split("/").at(-1)?.toLowerCase().replace(/\.[a-z0-9]+$/, "")
    .replaceAll(/[^a-z0-9_-]+/g, "-").replace(/^[-_]+/, "").slice(0, 64).replace(/[-_]+$/, "") ??
    "";
  return isPluginName(name) ? name : "";
}

/**
 * Groups files by the folder above `migrations/`. SQL files elsewhere are loose; all other files
 * are ignored.
 */
export function sortDrop(files: readonly DroppedFile[]): SortedDrop {
  const plugins = new Map<string, SavedFile[]>();
  const loose: SavedFile[] = [];
  let suggestion = "";
  const databases: DroppedFile[] = [];
  let ignored = 0;
  for (const { path, bytes } of files) {
    const parts = path.split("/").filter((part) => part !== "");
    const file = parts.at(-1) ?? "";
    if (!isSqlFile(file)) {
      if (isDatabaseFile(file)) databases.push({ path, bytes });
      else ignored += 1;
      continue;
    }
    const plugin = parts.at(-2) === "migrations" ? parts.at(-3) ?? "" : "";
    if (isPluginName(plugin)) {
      plugins.set(plugin, [...plugins.get(plugin) ?? [], { file, bytes }]);
      continue;
    }
    loose.push({ file, bytes });
    const folder = parts.at(-2) ?? "";
    if (folder !== "migrations" && isPluginName(folder)) suggestion = folder;
  }
  return { plugins, loose, suggestion, databases, ignored };
}
