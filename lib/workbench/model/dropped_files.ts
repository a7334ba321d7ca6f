// Groups dropped files by plugin. Pure; runs anywhere.

import type { SavedFile } from "../../browser/owner/saved_files.ts";
import { isPluginName } from "../../message/plugin_name.ts";
import { isSqlFile } from "../../migration/file_name.ts";

/** A file and its path, such as `quote-db/migrations/001_create_quotes.sql`. */
export interface DroppedFile {
  readonly path: string;
  /** Empty for a file that is not SQL, which is not read. */
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
  /** Files that are not SQL. */
  readonly ignored: number;
}

/**
 * Groups files by the folder above `migrations/`. SQL files elsewhere are loose; all other files
 * are ignored.
 */
export function sortDrop(files: readonly DroppedFile[]): SortedDrop {
  const plugins = new Map<string, SavedFile[]>();
  const loose: SavedFile[] = [];
  let suggestion = "";
  let ignored = 0;
  for (const { path, bytes } of files) {
    const parts = path.split("/").filter((part) => part !== "");
    const file = parts.at(-1) ?? "";
    if (!isSqlFile(file)) {
      ignored += 1;
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
  return { plugins, loose, suggestion, ignored };
}
