// Compares files with history: changed, vanished and late migrations. Pure; runs anywhere.

import { type Finding, finding } from "../finding/finding.ts";
import { formatFileName } from "../migration/file_name.ts";
import type { MigrationFile } from "../migration/migration.ts";
import { appliedEntries, currentVersion, type History, notApplied } from "../plan/history.ts";

/** A plugin's migrations, and findings about the files that do not parse. */
interface Files {
  readonly migrations: readonly MigrationFile[];
  readonly findings: readonly Finding[];
}

/**
 * Finds applied files that changed or vanished, and pending files older than the current version.
 */
export function driftFindings(
  { migrations, findings }: Files,
  history: History,
): readonly Finding[] {
  // A file that does not parse is not missing; it has a finding of its own.
  const unparsed = new Set(findings.map(({ version }) => version));
  const isPartial = findings.some(({ code }) => code === "plugin-too-large");
  const files = new Map(migrations.map((migration) => [migration.version, migration]));
  const applied = appliedEntries(history);
  const current = currentVersion(history);
  return [
    ...applied.flatMap((entry) => {
      const file = files.get(entry.version);
      if (file === undefined) {
        if (isPartial || unparsed.has(entry.version)) return [];
        const name = formatFileName(entry);
        return [finding(
          "ERROR",
          "missing-file",
          { version: entry.version, name: entry.name, file: name },
          `${name} is applied but its file is missing; restore the file`,
        )];
      }
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
