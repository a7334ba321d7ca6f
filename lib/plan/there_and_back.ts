// Selects the steps that try files by themselves, without a database. Pure; runs anywhere.

import type { Migration } from "../migration/migration.ts";
import { hasStatement } from "../sqlite/skip_trivia.ts";
import { type PlanStep, planStep } from "./migration_plan.ts";

/** Every file that is not applied: up, and where it has a DOWN, down and up again. */
export interface ThereAndBack {
  readonly direction: "there-and-back";
  /** The one file that goes back; the others are only applied. `null` for every file. */
  readonly only: string | null;
  /** Whether files are tried on rows too, and what they leave of them is compared. */
  readonly proves: boolean;
}

/** The migrations to try one after the other: of two with one version, the first. */
export function uniqueVersions(migrations: readonly Migration[]): readonly Migration[] {
  return migrations.filter((each, index) => each.version !== migrations[index - 1]?.version);
}

/** The steps that try migrations. */
export function thereAndBack(
  migrations: readonly Migration[],
  only: string | null = null,
): readonly PlanStep[] {
  return migrations.flatMap((migration) => {
    const up = planStep(migration, "apply");
    return hasStatement(migration.down.sql) && (only === null || migration.file === only)
      ? [up, planStep(migration, "rollback"), up]
      : [up];
  });
}
