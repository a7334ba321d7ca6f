// Findings about the way back. Pure; runs anywhere.

import { type Finding, finding } from "../finding/finding.ts";
import type { Migration } from "../migration/migration.ts";
import type { Direction } from "../plan/select_steps.ts";
import { hasStatement } from "../sqlite/skip_trivia.ts";

/** Refuses to roll back through a migration without a DOWN statement, and says so when it is applied. */
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
