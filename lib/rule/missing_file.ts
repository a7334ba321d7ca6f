// Says what an applied migration without a file means for a run. Pure; runs anywhere.

import { type Finding, finding, type FindingCode, type FindingLevel } from "../finding/finding.ts";
import type { LoggedFiles } from "../history/logged_files.ts";
import { formatFileName } from "../migration/file_name.ts";
import type { HistoryEntry } from "../plan/history.ts";

/** The error about an applied migration without a file, where the log was not read. */
export function missingFile(entry: HistoryEntry): Finding {
  const file = formatFileName(entry);
  const message = `${file} is applied but its file is missing; restore the file`;
  return found("ERROR", "missing-file", entry, message);
}

/** The error in an apply, which may not build on what no file makes. */
export function missingInApply(
  entry: HistoryEntry,
  { kept }: Pick<LoggedFiles, "kept">,
): readonly Finding[] {
  if (!kept.has(entry.version)) return [missingFile(entry)];
  const message = `${formatFileName(entry)} is applied but its file is missing; restore the ` +
    `file, or roll back: the log of the database has its text`;
  return [found("ERROR", "missing-file", entry, message)];
}

/**
 * The finding in a rollback, which needs only the versions that it leaves, and runs those as the
 * log has them.
 */
export function missingInRollback(
  entry: HistoryEntry,
  leaving: ReadonlySet<number>,
  { migrations, altered, findings }: LoggedFiles,
): readonly Finding[] {
  const { version, appliedAt } = entry;
  const file = formatFileName(entry);
  if (!leaving.has(version)) {
    const message = `${file} is applied but its file is missing; this rollback does not need it`;
    return [found("WARNING", "missing-file", entry, message)];
  }
  if (migrations.some((each) => each.version === version)) {
    const message = `${file} is missing; the DOWN section that runs is in the log of the ` +
      `database, as the file was applied on ${appliedAt}`;
    return [found("INFO", "from-history", entry, message)];
  }
  if (altered.has(version)) {
    const message = `${file} is missing, and its text in the log of the database is not the one ` +
      `that was applied on ${appliedAt}; restore the file, or a backup`;
    return [found("ERROR", "history-mismatch", entry, message)];
  }
  // This godwit cannot parse a text that an older one could, and has said why.
  if (findings.some((each) => each.version === version)) return [];
  const message = `${file} is applied but its file is missing, and the log of the database does ` +
    `not have its text; restore the file`;
  return [found("ERROR", "missing-file", entry, message)];
}

function found(
  level: FindingLevel,
  code: FindingCode,
  entry: HistoryEntry,
  message: string,
): Finding {
  const { version, name } = entry;
  return finding(level, code, { version, name, file: formatFileName(entry) }, message);
}
