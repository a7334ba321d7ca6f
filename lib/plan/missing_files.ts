// Finds applied migrations whose files are missing. Pure; runs anywhere.

import type { Finding } from "../finding/finding.ts";
import type { MigrationFile } from "../migration/migration.ts";
import { appliedEntries, type History } from "./history.ts";

/** A plugin's migrations, and findings about the files that do not parse. */
export interface Files {
  readonly migrations: readonly MigrationFile[];
  readonly findings: readonly Finding[];
}

/**
 * The applied entries without a file. A file that does not parse is not missing, and where not
 * every file was read, none is known to be.
 */
export function missingFiles({ migrations, findings }: Files, history: History): History {
  if (findings.some(({ code }) => code === "plugin-too-large")) return [];
  const found = new Set([...migrations, ...findings].map(({ version }) => version));
  return appliedEntries(history).filter(({ version }) => !found.has(version));
}
