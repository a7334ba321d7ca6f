// Compares files with history: changed, vanished and late migrations. Pure; runs anywhere.

import { type Finding, finding } from "../finding/finding.ts";
import {
  appliedEntries,
  currentVersion,
  type History,
  type HistoryEntry,
  notApplied,
} from "../plan/history.ts";
import { type Files, missingFiles } from "../plan/missing_files.ts";
import { missingFile } from "./missing_file.ts";

/**
 * Finds applied files that changed or vanished, and pending files older than the current version.
 * `ofMissing` makes the findings about one that vanished.
 */
export function driftFindings(
  files: Files,
  history: History,
  ofMissing: (entry: HistoryEntry) => readonly Finding[] = (entry) => [missingFile(entry)],
): readonly Finding[] {
  const { migrations } = files;
  const byVersion = new Map(migrations.map((migration) => [migration.version, migration]));
  const missing = new Set(missingFiles(files, history).map(({ version }) => version));
  const applied = appliedEntries(history);
  const current = currentVersion(history);
  return [
    ...applied.flatMap((entry) => {
      if (missing.has(entry.version)) return ofMissing(entry);
      const file = byVersion.get(entry.version);
      // A file that does not parse has a finding of its own.
      if (file === undefined) return [];
      return file.checksum === entry.checksum ? [] : [finding(
        "ERROR",
        "checksum-mismatch",
        file,
        `${file.file} changed after it was applied on ${entry.appliedAt}; ` +
          `restore it and put the change into a new migration`,
      )];
    }),
    ...notApplied(migrations, history)
      .filter(({ version }) => version < current)
      .map((migration) =>
        finding(
          "ERROR",
          "late-migration",
          migration,
          `${migration.file} is pending but version ${current} is applied already; ` +
            `give it a number above ${current}`,
        )
      ),
  ];
}
