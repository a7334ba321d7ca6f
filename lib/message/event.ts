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

/**
 * One JSON event; `event` tells which.
 *
 * ```ts
 * import type {
 *   MigrationDoneEvent,
 *   MigrationFailedEvent,
 *   MigrationStartedEvent,
 *   RunEvent,
 *   RunEventBase,
 *   RunFinishedEvent,
 *   RunStartedEvent,
 *   StepEventBase,
 * } from "@godwit/godwit";
 *
 * const base: RunEventBase = {
 *   plugin_name: "notes",
 *   run_id: crypto.randomUUID(),
 *   verb: "apply",
 *   dry_run: false,
 *   at: new Date().toISOString(),
 * };
 * const step: StepEventBase = { ...base, version: 1, name: "create_notes" };
 * const started: RunStartedEvent = {
 *   ...base,
 *   event: "run_started",
 *   applied_by: "ada",
 *   plan_hash: "0".repeat(64),
 *   versions: [1],
 * };
 * const begun: MigrationStartedEvent = { ...step, event: "migration_started" };
 * const done: MigrationDoneEvent = {
 *   ...step,
 *   event: "migration_applied",
 *   execution_time_ms: 3,
 *   data_loss: [],
 * };
 * const failed: MigrationFailedEvent = { ...step, event: "migration_failed", message: "..." };
 * const finished: RunFinishedEvent = {
 *   ...base,
 *   event: "run_finished",
 *   success: true,
 *   error_code: null,
 *   current_version: 1,
 * };
 *
 * function inWords(event: RunEvent): string {
 *   switch (event.event) {
 *     case "run_started":
 *       return `${event.versions.length} to do`;
 *     case "run_finished":
 *       return event.success ? `at version ${event.current_version}` : `${event.error_code}`;
 *     case "migration_failed":
 *       return `${event.name} failed: ${event.message}`;
 *     default:
 *       return `${event.event}: ${event.name}`;
 *   }
 * }
 * for (const event of [started, begun, done, failed, finished]) console.log(inWords(event));
 * ```
 */
export type RunEvent =
  | RunStartedEvent
  | MigrationStartedEvent
  | MigrationDoneEvent
  | MigrationFailedEvent
  | RunFinishedEvent;
