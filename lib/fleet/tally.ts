// Counts the outcomes of the databases of a rollout. Pure; runs anywhere.

/** A database that is at its target. */
export interface MigratedDatabase {
  readonly kind: "migrated";
  /** How many migrations were applied; 0 where nothing was pending. */
  readonly migrations: number;
  /** Rows that were deleted, and rows that lost a value. */
  readonly rowsLost: number;
}

/** A database that could not be migrated. */
export interface FailedDatabase {
  readonly kind: "failed";
}

/** The outcome of one database, as far as it is counted. */
export type CountedOutcome = MigratedDatabase | FailedDatabase;

/** How many databases came to which end. */
export interface Tally {
  readonly databases: number;
  readonly applied: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly rowsLost: number;
}

/** Counts outcomes. */
export function tallyOf(outcomes: readonly CountedOutcome[]): Tally {
  const migrated = outcomes.filter((outcome) => outcome.kind === "migrated");
  const applied = migrated.filter(({ migrations }) => migrations > 0).length;
  return {
    databases: outcomes.length,
    applied,
    unchanged: migrated.length - applied,
    failed: outcomes.length - migrated.length,
    rowsLost: migrated.reduce((sum, { rowsLost }) => sum + rowsLost, 0),
  };
}
