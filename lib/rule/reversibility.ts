// Findings about migrations without a DOWN. Pure; runs anywhere.

import { type Finding, finding } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";
import type { Direction } from "../plan/select_steps.ts";
import { hasStatement } from "../sqlite/skip_trivia.ts";

/**
 * An `ERROR` for a rollback through a migration without a DOWN statement, an `INFO` for an apply.
 */
export function reversibilityFindings(
  migrations: readonly Migration[],
  direction: Direction,
): readonly Finding[] {
  return migrations.filter(({ down }) => !hasStatement(down.sql)).map((migration) =>
    direction === "rollback"
      ? finding(
        "ERROR",
        "irreversible",
        migration,
        `Cannot roll back ${migration.file}: its DOWN section has no statement; ` +
          `restore a backup, or write a new migration that goes forward`,
      )
      : finding(
        "INFO",
        "no-down",
        migration,
        `${migration.file} cannot be rolled back: its DOWN section has no statement`,
      )
  );
}
