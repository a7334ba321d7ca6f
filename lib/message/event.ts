// The events that a run publishes on `<prefix>.<plugin>.events`.

import type { DataLossMessage, ErrorCode } from "./reply.ts";

/** The fields of every event. */
export interface RunEventBase {
  /** The plugin that is migrated. */
  plugin_name: string;
  /** The tenant whose database is migrated; absent where it is the plugin's own. */
  tenant?: string | undefined;
  /** Identifies the run; the same in all of its events. */
  run_id: string;
  /** The verb that runs. */
  verb: "apply" | "rollback" | "restore";
  /** Whether it is a dry run. */
  dry_run: boolean;
  /** ISO 8601, UTC. */
  at: string;
}

/** The fields of every event of one migration. */
export interface StepEventBase extends RunEventBase {
  /** The number of the migration. */
  version: number;
  /** The part of the file name after the number. */
  name: string;
}

/**
 * The plan is made, or a backup is about to be restored. `run_requested`: godwit is about to lock
 * the database, so a plugin that has it open may close it until `run_finished`; dry runs and runs
 * without a migration do not say so. `run_started`: the first migration follows, or the restore.
 */
export interface RunStartedEvent extends RunEventBase {
  /** The kind of the event. */
  event: "run_requested" | "run_started";
  /** The `applied_by` of the request. */
  applied_by: string;
  /** SHA-256 of the plan; absent where a backup is restored. */
  plan_hash?: string | undefined;
  /** The versions that will run, in order; none where a backup is restored. */
  versions: number[];
  /** The backup that is restored, as the request named it. */
  backup?: string | undefined;
}

/** A migration begins. */
export interface MigrationStartedEvent extends StepEventBase {
  /** The kind of the event. */
  event: "migration_started";
}

/** How far a migration is that takes long; four a second at most. */
export interface MigrationProgressEvent extends StepEventBase {
  /** The kind of the event. */
  event: "migration_progress";
  /** The number of the statement that runs, from 1. */
  statement: number;
  /** How many statements the migration has. */
  statements: number;
  /** How many rows the statement has read; `null` where SQLite does not count them. */
  rows_done: number | null;
  /** About how many rows it will read; `null` where that is not known. */
  rows_total: number | null;
  /** How long the run has taken, in milliseconds. */
  elapsed_ms: number;
  /** About how long the statement still takes, in milliseconds; `null` where that is not known. */
  remaining_ms: number | null;
}

/** A migration was applied or rolled back; in a dry run it will be undone. */
export interface MigrationDoneEvent extends StepEventBase {
  /** The kind of the event. */
  event: "migration_applied" | "migration_rolled_back";
  /** How long it took, in milliseconds. */
  execution_time_ms: number;
  /** The rows and values that were lost. */
  data_loss: DataLossMessage[];
}

/** A migration failed and was rolled back. */
export interface MigrationFailedEvent extends StepEventBase {
  /** The kind of the event. */
  event: "migration_failed";
  /** Why it failed. */
  message: string;
}

/** The run has ended. */
export interface RunFinishedEvent extends RunEventBase {
  /** The kind of the event. */
  event: "run_finished";
  /** Whether every migration succeeded. */
  success: boolean;
  /** Why the run failed; `null` where it succeeded. */
  error_code: ErrorCode | null;
  /** The highest applied version now. */
  current_version: number;
}

/**
 * How far a rollout over the tenants of a plugin is: when it begins, four times a second at most,
 * and when it ends. The runs of its databases have events of their own.
 */
export interface RolloutProgressEvent extends Omit<RunEventBase, "verb"> {
  /** The kind of the event. */
  event: "rollout_progress";
  /** The verb that runs. */
  verb: "rollout";
  /** How many databases it is about. */
  databases: number;
  /** Databases that were migrated; in a dry run, that would be. */
  applied: number;
  /** Databases that had nothing to apply. */
  unchanged: number;
  /** Databases that failed. */
  failed: number;
  /** Rows that were deleted, and rows that lost a value. */
  rows_lost: number;
  /** How long it has taken, in milliseconds. */
  elapsed_ms: number;
}

/** An event of a run; `event` says which. */
export type RunEvent =
  | RunStartedEvent
  | MigrationStartedEvent
  | MigrationProgressEvent
  | MigrationDoneEvent
  | MigrationFailedEvent
  | RunFinishedEvent
  | RolloutProgressEvent;
