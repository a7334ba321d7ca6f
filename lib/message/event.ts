// The events that a run publishes on `<prefix>.<plugin>.events`.

import type { DataLossMessage, ErrorCode } from "./reply.ts";

/** What every event says. */
interface RunEventBase {
  plugin_name: string;
  /** Tells the runs of one plugin apart. */
  run_id: string;
  verb: "apply" | "rollback";
  dry_run: boolean;
  /** ISO 8601, UTC. */
  at: string;
}

interface StepEventBase extends RunEventBase {
  version: number;
  name: string;
}

/** The plan is made and about to run. */
export interface RunStartedEvent extends RunEventBase {
  event: "run_started";
  applied_by: string;
  plan_hash: string;
  /** The versions that will run, in this order. */
  versions: number[];
}

/** A migration begins. */
export interface MigrationStartedEvent extends StepEventBase {
  event: "migration_started";
}

/** A migration was applied or rolled back; in a dry run it will be undone. */
export interface MigrationDoneEvent extends StepEventBase {
  event: "migration_applied" | "migration_rolled_back";
  execution_time_ms: number;
  data_loss: DataLossMessage[];
}

/** A migration failed and was undone. */
export interface MigrationFailedEvent extends StepEventBase {
  event: "migration_failed";
  message: string;
}

/** The run is over. */
export interface RunFinishedEvent extends RunEventBase {
  event: "run_finished";
  success: boolean;
  error_code: ErrorCode | null;
  current_version: number;
}

/** One JSON event; `event` tells which. */
export type RunEvent =
  | RunStartedEvent
  | MigrationStartedEvent
  | MigrationDoneEvent
  | MigrationFailedEvent
  | RunFinishedEvent;
