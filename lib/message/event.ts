// The events that a run publishes on `<prefix>.<plugin>.events`.

import type { DataLossMessage, ErrorCode } from "./reply.ts";

/** What every event says. */
export interface RunEventBase {
  /** The plugin whose run it is. */
  plugin_name: string;
  /** Tells the runs of one plugin apart. */
  run_id: string;
  /** What runs. */
  verb: "apply" | "rollback";
  /** Whether everything will be undone. */
  dry_run: boolean;
  /** ISO 8601, UTC. */
  at: string;
}

/** What every event of one migration says. */
export interface StepEventBase extends RunEventBase {
  /** The number of the migration. */
  version: number;
  /** The part of the file name after the number. */
  name: string;
}

/** The plan is made and about to run. */
export interface RunStartedEvent extends RunEventBase {
  /** Which event it is. */
  event: "run_started";
  /** Who asked for the run. */
  applied_by: string;
  /** SHA-256 of the plan. */
  plan_hash: string;
  /** The versions that will run, in this order. */
  versions: number[];
}

/** A migration begins. */
export interface MigrationStartedEvent extends StepEventBase {
  /** Which event it is. */
  event: "migration_started";
}

/** A migration was applied or rolled back; in a dry run it will be undone. */
export interface MigrationDoneEvent extends StepEventBase {
  /** Which event it is. */
  event: "migration_applied" | "migration_rolled_back";
  /** How long it took, in milliseconds. */
  execution_time_ms: number;
  /** What went with it, counted. */
  data_loss: DataLossMessage[];
}

/** A migration failed and was undone. */
export interface MigrationFailedEvent extends StepEventBase {
  /** Which event it is. */
  event: "migration_failed";
  /** Why. */
  message: string;
}

/** The run is over. */
export interface RunFinishedEvent extends RunEventBase {
  /** Which event it is. */
  event: "run_finished";
  /** Whether every migration was carried out. */
  success: boolean;
  /** Why not; `null` for a success. */
  error_code: ErrorCode | null;
  /** The highest applied version now. */
  current_version: number;
}

/** One JSON event; `event` tells which. */
export type RunEvent =
  | RunStartedEvent
  | MigrationStartedEvent
  | MigrationDoneEvent
  | MigrationFailedEvent
  | RunFinishedEvent;
