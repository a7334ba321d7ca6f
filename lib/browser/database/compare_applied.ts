// Compares a file with the text that ran when its migration was applied. Loaded on demand; runs
// where SQLite runs.

import { readHistory } from "../../history/history_table.ts";
import { readIntactText } from "../../history/logged_files.ts";
import { filesInLog } from "../../history/migration_log.ts";
import { formatFileName } from "../../migration/file_name.ts";
import { sha256Hex } from "../../migration/sha256_hex.ts";
import { appliedEntries, type HistoryEntry } from "../../plan/history.ts";
import type { Connection } from "../../sqlite/connection.ts";
import { unifiedDiff } from "../../unified_diff.ts";
import type { AppliedComparison } from "../comparison.ts";

/** Compares `text` with what ran as a version; `null` if that is not applied. */
export async function compareApplied(
  connection: Connection,
  plugin: string,
  version: number,
  text: string,
): Promise<AppliedComparison | null> {
  const entry = appliedEntries(readHistory(connection, plugin))
    .find((each) => each.version === version);
  if (entry === undefined) return null;
  const { appliedAt, appliedBy } = entry;
  const applied = { appliedAt, appliedBy };
  if (await sha256Hex(text) === entry.checksum) return { ...applied, difference: "" };
  const ran = await ranAs(connection, plugin, entry);
  if (ran === null) return { ...applied, difference: null };
  const file = formatFileName(entry);
  const names = { before: `${file} as it ran`, after: file };
  return { ...applied, difference: unifiedDiff(inLines(ran), inLines(text), names) };
}

/** The text that ran; `null` where an older godwit has not logged it, or it was altered since. */
async function ranAs(
  connection: Connection,
  plugin: string,
  entry: HistoryEntry,
): Promise<string | null> {
  const isLogged = filesInLog(connection, plugin, [entry]).length > 0;
  return isLogged ? await readIntactText(connection, plugin, entry) : null;
}

function inLines(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
