// What there is to know about a backup that was restored. Pure; runs anywhere.

import { type Finding, finding, NO_MIGRATION } from "../finding/finding.ts";

/** A restored backup, as far as the findings are about it. */
export interface RestoredBackup {
  readonly restored: string;
  /** Newer backups that were not chosen, and why. */
  readonly passedOver: readonly { readonly name: string; readonly problem: string }[];
  /** What could not be checked; `null` where everything was. */
  readonly unchecked: string | null;
  /** What SQLite said about the database when it was made; `null` where it found nothing. */
  readonly problem: string | null;
}

/** Warns of what the restored database may not be. */
export function restoreFindings(
  { restored, passedOver, unchecked, problem }: RestoredBackup,
): readonly Finding[] {
  return [
    ...passedOver.map((each) =>
      finding(
        "WARNING",
        "passed-over-backup",
        NO_MIGRATION,
        `"${each.name}" is newer and was passed over: ${each.problem}`,
      )
    ),
    ...(unchecked === null ? [] : [finding(
      "WARNING",
      "unchecked-backup",
      NO_MIGRATION,
      `"${restored}" could not be checked: ${unchecked}; look at what it contains`,
    )]),
    ...(problem === null ? [] : [finding(
      "WARNING",
      "damaged-backup",
      NO_MIGRATION,
      `SQLite found a problem in the database that "${restored}" is a copy of, and it was ` +
        `restored with it: ${problem}; restore an older backup, or recover what can be read with ` +
        `.recover of the sqlite3 shell`,
    )]),
  ];
}
