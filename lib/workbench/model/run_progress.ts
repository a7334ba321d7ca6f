// The progress of a run, from its events or from status. Pure; runs anywhere.

import type { RunEvent } from "../../message/event.ts";
import type { ProgressMessage } from "../../message/reply.ts";
import { padVersion } from "./words.ts";

/** The progress of a run. */
export interface RunProgress {
  readonly verb: "apply" | "rollback";
  readonly isDryRun: boolean;
  readonly migrationsDone: number;
  readonly migrationsTotal: number;
  /** The migration that runs; `null` while the plan is prepared. */
  readonly version: number | null;
  /** The share of the migration's statements that are done, from 0 to 1. */
  readonly statements: number;
}

/** Updates the progress by an event; `null` once the run has ended. */
export function followRun(before: RunProgress | null, event: RunEvent): RunProgress | null {
  const progress = before ?? {
    verb: event.verb,
    isDryRun: event.dry_run,
    migrationsDone: 0,
    migrationsTotal: 0,
    version: null,
    statements: 0,
  };
  switch (event.event) {
    case "run_requested":
    case "run_started":
      return {
        verb: event.verb,
        isDryRun: event.dry_run,
        migrationsDone: 0,
        migrationsTotal: event.versions.length,
        version: null,
        statements: 0,
      };
    case "migration_started":
      return { ...progress, version: event.version, statements: 0 };
    case "migration_applied":
    case "migration_rolled_back":
      return {
        ...progress,
        migrationsDone: progress.migrationsDone + 1,
        version: null,
        statements: 0,
      };
    case "migration_progress": {
      const statements = (event.statement - 1) / Math.max(event.statements, 1);
      return { ...progress, version: event.version, statements };
    }
    case "migration_failed":
      return progress;
    case "run_finished":
      return null;
  }
  event satisfies never;
}

/** Reads the progress from status. */
export function progressOf(message: ProgressMessage): RunProgress {
  return {
    verb: message.verb,
    isDryRun: message.dry_run,
    migrationsDone: message.migrations_done,
    migrationsTotal: message.migrations_total,
    version: message.version,
    statements: message.statements_total === 0
      ? 0
      : message.statements_done / message.statements_total,
  };
}

/** The share of the run that is done, from 0 to 1; `null` while the plan is prepared. */
export function fractionDone(progress: RunProgress): number | null {
  return progress.migrationsTotal === 0
    ? null
    : Math.min((progress.migrationsDone + progress.statements) / progress.migrationsTotal, 1);
}

/** Describes the progress: `Applying 004, 1 of 3 done`. */
export function describeProgress(progress: RunProgress): string {
  const { verb, isDryRun, migrationsDone, migrationsTotal, version } = progress;
  const doing = isDryRun ? "Trying" : verb === "apply" ? "Applying" : "Rolling back";
  if (migrationsTotal === 0) return isDryRun ? "Preparing the dry run" : "Preparing the run";
  const which = version === null ? "" : ` ${padVersion(version)}`;
  return `${doing}${which}, ${migrationsDone} of ${migrationsTotal} done`;
}
