// Reads applied migrations from the log, where their files are missing. Runs where SQLite runs.

import type { Finding } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";
import { parseMigrationText } from "../migration/parse_migration.ts";
import { sha256Hex } from "../migration/sha256_hex.ts";
import type { History, HistoryEntry } from "../plan/history.ts";
import type { Connection } from "../sqlite/connection.ts";
import { unpackText } from "./file_text.ts";
import { filesInLog, readFileText } from "./migration_log.ts";

/** What the log has of applied migrations whose files are missing. */
export interface LoggedFiles {
  /** The versions whose text is in the log. */
  readonly kept: ReadonlySet<number>;
  /** Those that were read, in ascending order. */
  readonly migrations: readonly Migration[];
  /** Those whose text does not have the checksum with which it was applied. */
  readonly altered: ReadonlySet<number>;
  /** About texts that an older godwit could parse, and this one cannot. */
  readonly findings: readonly Finding[];
}

/**
 * Looks `missing` up in the log, and reads those that `isNeeded`. Each text is used only if it has
 * the checksum that the history records.
 */
export async function readLoggedFiles(
  connection: Connection,
  plugin: string,
  missing: History,
  isNeeded: (entry: HistoryEntry) => boolean,
): Promise<LoggedFiles> {
  const kept = filesInLog(connection, plugin, missing);
  const migrations: Migration[] = [];
  const altered = new Set<number>();
  const findings: Finding[] = [];
  for (const entry of kept.filter(isNeeded)) {
    const text = await readIntactText(connection, plugin, entry);
    if (text === null) {
      altered.add(entry.version);
      continue;
    }
    const parsed = await parseMigrationText(entry, text);
    if (parsed.ok) migrations.push(parsed.migration);
    else findings.push(...parsed.findings);
  }
  return { kept: new Set(kept.map(({ version }) => version)), migrations, altered, findings };
}

/** The text that ran, from the log; `null` where it has another checksum, or cannot be unpacked. */
export async function readIntactText(
  connection: Connection,
  plugin: string,
  entry: HistoryEntry,
): Promise<string | null> {
  const text = await unpackText(readFileText(connection, plugin, entry));
  return text !== null && await sha256Hex(text) === entry.checksum ? text : null;
}
