// The files that users save in the browser: their limits, and the interface of their store. Runs
// anywhere.

import { isPlainSqlName, PLAIN_SQL_NAME_RULE } from "../../migration/file_name.ts";
import { MAX_FILE_BYTES } from "../../migration/parse_migration.ts";
import { isPluginName, quoteName, whyNoPlugin } from "../../message/plugin_name.ts";
import type { PluginSource } from "../../source/file_source.ts";
import type { Outcome } from "../../outcome.ts";

/** The most files of one plugin. */
export const MAX_SAVED_FILES = 1_000;

/** The most bytes of one plugin's files. */
export const MAX_SAVED_BYTES = 64 * 1024 * 1024;

/** A file to save. */
export interface SavedFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** A source whose files users save and delete. It has no page code. */
export interface SavedSource extends PluginSource {
  /** Saves files for a plugin, in place of those saved before: all of them or none. */
  save(plugin: string, files: readonly SavedFile[]): Promise<Outcome<void>>;
  /** Deletes the files saved for a plugin. Succeeds if there are none. */
  delete(plugin: string): Promise<Outcome<void>>;
}

/** Why files cannot be saved, and the way out; `null` if they can. */
export function whyNotSaved(plugin: string, files: readonly SavedFile[]): string | null {
  if (!isPluginName(plugin)) return whyNoPlugin(plugin);
  if (files.length === 0) return `There are no files to save for "${plugin}"`;
  if (files.length > MAX_SAVED_FILES) {
    return `${files.length} files are too many for "${plugin}"; the most is ${MAX_SAVED_FILES}`;
  }
  const seen = new Map<string, string>();
  for (const { file, bytes } of files) {
    if (!isPlainSqlName(file)) return `Cannot save ${quoteName(file)}: ${PLAIN_SQL_NAME_RULE}`;
    if (bytes.length > MAX_FILE_BYTES) {
      return `${file} has ${bytes.length} bytes; the most is ${MAX_FILE_BYTES}`;
    }
    // Some file systems under OPFS ignore case.
    const same = seen.get(file.toLowerCase());
    if (same !== undefined) return `${same} and ${file} cannot both be saved; rename one of them`;
    seen.set(file.toLowerCase(), file);
  }
  const sizeBytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return sizeBytes <= MAX_SAVED_BYTES
    ? null
    : `The files have ${sizeBytes} bytes in all; the most is ${MAX_SAVED_BYTES}`;
}

/** The message for a plugin without saved files. */
export function noneSaved(plugin: string): string {
  return `No files are saved for a plugin "${plugin}"; drop them onto the page`;
}
