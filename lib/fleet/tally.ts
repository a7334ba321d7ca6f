// Counts what became of the databases of a rollout. Pure; runs anywhere.

import type { ErrorCode } from "../message/reply.ts";

/** What became of one database. */
export type DatabaseOutcome =
  | {
    readonly kind: "migrated";
    /** How many migrations were applied; 0 where nothing was pending. */
    readonly migrations: number;
    /** Rows that were deleted, and rows that lost a value. */
    readonly rowsLost: number;
    readonly backup: string | null;
    readonly planHash: string;
  }
  | {
    readonly kind: "failed";
    readonly code: ErrorCode;
    readonly message: string;
    /** `null` where it is not known. */
    readonly currentVersion: number | null;
  };

/** How many databases came to which end. */
export interface Tally {
  readonly databases: number;
  readonly applied: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly rowsLost: number;
}

/** Counts outcomes. */
export function tallyOf(outcomes: readonly DatabaseOutcome[]): Tally {
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
