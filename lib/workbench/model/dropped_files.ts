// Sorts files that were dropped onto the page by the plugin they belong to. Pure; runs anywhere.

import type { KeptFile } from "../../browser/owner/kept_files.ts";
import { isPluginName } from "../../message/plugin_name.ts";
import { isSqlFile } from "../../migration/file_name.ts";

/** A file and where it lay, such as `quote-db/migrations/001_create_quotes.sql`. */
export interface DroppedFile {
  readonly path: string;
  /** Empty where it is no SQL: that is never read. */
  readonly bytes: Uint8Array;
}

/** Dropped files by plugin, and those whose plugin somebody has to name. */
export interface SortedDrop {
  readonly plugins: ReadonlyMap<string, readonly KeptFile[]>;
  readonly loose: readonly KeptFile[];
  /** A name for the loose ones, taken from their folder; empty where it would be none. */
  readonly suggestion: string;
  /** Files that are no SQL. */
  readonly ignored: number;
}

/**
 * Sorts by the folder above `migrations/`. SQL files that lie elsewhere are loose; everything else
 * is left out.
 */
export function sortDrop(files: readonly DroppedFile[]): SortedDrop {
  const plugins = new Map<string, KeptFile[]>();
  const loose: KeptFile[] = [];
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
