// The progress of a run, from its events and from status. Pure; runs anywhere.

import type { RolloutProgressEvent, RunEvent } from "../../message/event.ts";
import type { ProgressMessage } from "../../message/reply.ts";
import { count, describeDuration, padVersion } from "./words.ts";

/** The progress of a run. */
export interface RunProgress {
  readonly runId: string;
  readonly verb: ProgressMessage["verb"];
  readonly isDryRun: boolean;
  readonly migrationsDone: number;
  readonly migrationsTotal: number;
  /** The migration that runs; `null` while the plan is prepared. */
  readonly version: number | null;
  /** Of the migration that runs. */
  readonly statementsDone: number;
  /** Of the migration that runs; 0 if that is not known yet. */
  readonly statementsTotal: number;
  /** How far the statement is that runs; `null` until it has taken a while. */
  readonly statement: StatementProgress | null;
}

/** The progress of a statement that takes long. */
export interface StatementProgress {
  /** Rows that it has read; `null` where SQLite does not count them. */
  readonly rowsDone: number | null;
  /** About how many rows it will read; `null` where that is not known. */
  readonly rowsTotal: number | null;
  /** How long the run has taken. */
  readonly elapsedMs: number;
  /** About how long the statement still takes; `null` where that is not known. */
  readonly remainingMs: number | null;
}

/** Updates the progress by an event; `null` once the run has ended. */
export function followRun(before: RunProgress | null, event: RunEvent): RunProgress | null {
  // A browser keeps one database for each plugin, and has no rollouts.
  if (event.event === "rollout_progress") return before;
  const progress = before?.runId === event.run_id ? before : begun(event, 0);
  switch (event.event) {
    case "run_requested":
    case "run_started":
      return begun(event, event.versions.length);
    case "migration_started":
      return { ...progress, ...NO_STATEMENT, version: event.version };
    case "migration_progress":
      return {
        ...progress,
        version: event.version,
        statementsDone: event.statement - 1,
        statementsTotal: event.statements,
        statement: {
          rowsDone: event.rows_done,
          rowsTotal: event.rows_total,
          elapsedMs: event.elapsed_ms,
          remainingMs: event.remaining_ms,
        },
      };
    case "migration_applied":
    case "migration_rolled_back":
      return {
        ...progress,
        ...NO_STATEMENT,
        migrationsDone: progress.migrationsDone + 1,
        version: null,
      };
    case "migration_failed":
      return progress;
    case "run_finished":
      return null;
  }
  event satisfies never;
}

const NO_STATEMENT = { statementsDone: 0, statementsTotal: 0, statement: null } as const;

function begun(
  event: Exclude<RunEvent, RolloutProgressEvent>,
  migrationsTotal: number,
): RunProgress {
  return {
    runId: event.run_id,
    verb: event.verb,
    isDryRun: event.dry_run,
    migrationsDone: 0,
    migrationsTotal,
    version: null,
    ...NO_STATEMENT,
  };
}

/** Updates the progress by status, which knows no more of a statement than its number. */
export function joinStatus(before: RunProgress | null, message: ProgressMessage): RunProgress {
  const { run_id: runId, version, statements_done: statementsDone } = message;
  const isSameStatement = before?.runId === runId && before.version === version &&
    before.statementsDone === statementsDone;
  return {
    runId,
    verb: message.verb,
    isDryRun: message.dry_run,
    migrationsDone: message.migrations_done,
    migrationsTotal: message.migrations_total,
    version,
    statementsDone,
    statementsTotal: message.statements_total,
    statement: isSameStatement ? before.statement : null,
  };
}

/** The share of the run that is done, from 0 to 1; `null` while the plan is prepared. */
export function fractionDone(progress: RunProgress): number | null {
  const { migrationsDone, migrationsTotal, statementsDone, statementsTotal, statement } = progress;
  if (migrationsTotal === 0) return null;
  const { rowsDone, rowsTotal } = statement ?? { rowsDone: null, rowsTotal: null };
  const rows = rowsDone === null || rowsTotal === null ? 0 : Math.min(rowsDone / rowsTotal, 1) || 0;
  const statements = statementsTotal === 0 ? 0 : (statementsDone + rows) / statementsTotal;
  return Math.min((migrationsDone + statements) / migrationsTotal, 1);
}

/** Describes the progress: `Applying 004, 1 of 3 done`. */
export function describeProgress(progress: RunProgress): string {
  const { verb, isDryRun, migrationsDone, migrationsTotal, version } = progress;
  if (verb === "restore") return "Restoring a backup";
  if (verb === "backup") return "Making a backup";
  const doing = isDryRun ? "Dry run:" : verb === "apply" ? "Applying" : "Rolling back";
  if (migrationsTotal === 0) return isDryRun ? "Preparing the dry run" : "Preparing the run";
  const which = version === null ? "" : ` ${padVersion(version)}`;
  return `${doing}${which}, ${migrationsDone} of ${migrationsTotal} done`;
}

/**
 * Describes a statement that takes long: `Statement 2 of 4, 120,000 of about 1,000,000 rows, 4.0 s,
 * about 12 s left`. Empty for others.
 */
export function describeStatement(progress: RunProgress): string {
  const { statementsDone, statementsTotal, statement } = progress;
  if (statement === null) return "";
  const { rowsDone, rowsTotal, elapsedMs, remainingMs } = statement;
  return [
    `Statement ${statementsDone + 1} of ${statementsTotal}`,
    ...(rowsDone === null ? [] : [
      rowsTotal === null
        ? count(rowsDone, "row")
        : `${rowsDone.toLocaleString("en")} of about ${count(rowsTotal, "row")}`,
    ]),
    describeDuration(elapsedMs),
    ...(remainingMs === null ? [] : [`about ${Math.ceil(remainingMs / 1_000)} s left`]),
  ].join(", ");
}
