// The files that people drop onto the page: what may be kept, and the interface of what keeps them. Runs
// anywhere.

import { isPlainSqlName, PLAIN_SQL_NAME_RULE } from "../../migration/file_name.ts";
import { MAX_FILE_BYTES } from "../../migration/parse_migration.ts";
import { isPluginName, quoteName, whyNoPlugin } from "../../message/plugin_name.ts";
import type { PluginSource } from "../../source/file_source.ts";
import type { Outcome } from "../../worker/session.ts";

/** The most files that are kept for one plugin. */
export const MAX_KEPT_FILES = 1_000;

/** The most that is kept for one plugin, in bytes. */
export const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** A file as it was dropped. */
export interface KeptFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** A source whose files people give and take away. They bring no page code. */
export interface KeptSource extends PluginSource {
  /** Keeps files as a plugin's, in place of those that it had here: all of them, or it says why none. */
  keep(plugin: string, files: readonly KeptFile[]): Promise<Outcome<void>>;
  /** Forgets a plugin's files; one that has none is no failure. */
  forget(plugin: string): Promise<Outcome<void>>;
}

/** Says why files may not be kept, and the way out; `null` where they may. */
export function whyNotKept(plugin: string, files: readonly KeptFile[]): string | null {
  if (!isPluginName(plugin)) return whyNoPlugin(plugin);
  if (files.length === 0) return `There are no files to keep for "${plugin}"`;
  if (files.length > MAX_KEPT_FILES) {
    return `${files.length} files are too many for "${plugin}"; the most is ${MAX_KEPT_FILES}`;
  }
  const seen = new Map<string, string>();
  for (const { file, bytes } of files) {
    if (!isPlainSqlName(file)) return `Cannot keep ${quoteName(file)}: ${PLAIN_SQL_NAME_RULE}`;
    if (bytes.length > MAX_FILE_BYTES) {
      return `${file} has ${bytes.length} bytes; the most is ${MAX_FILE_BYTES}`;
    }
    // Some systems that a browser writes to know no case.
    const same = seen.get(file.toLowerCase());
    if (same !== undefined) return `${same} and ${file} cannot both be kept; rename one of them`;
    seen.set(file.toLowerCase(), file);
  }
  const sizeBytes = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return sizeBytes <= MAX_KEPT_BYTES
    ? null
    : `The files have ${sizeBytes} bytes in all; the most is ${MAX_KEPT_BYTES}`;
}

/** Why a plugin of whose files none is kept is not found. */
export function noneKept(plugin: string): string {
  return `No files are kept for a plugin "${plugin}"; drop them onto the page`;
}
