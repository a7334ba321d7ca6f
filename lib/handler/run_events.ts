// What every run says of itself: the common fields of its events, its end, and its progress as it
// starts. Pure.

import type { RunEventBase, RunFinishedEvent } from "../message/event.ts";
import type { ErrorCode, ProgressMessage } from "../message/reply.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";

/** A run that publishes events. */
export interface EventfulRun {
  readonly id: string;
  readonly address: DatabaseAddress;
  readonly verb: RunEventBase["verb"];
  readonly dryRun: boolean;
}

/** A run that `status` reports. */
export interface ReportedRun {
  readonly id: string;
  readonly verb: ProgressMessage["verb"];
  readonly dryRun: boolean;
  readonly startedBy: string;
}

/** The fields of every event. */
export function eventFields(
  { id, address: { plugin, tenant }, verb, dryRun }: EventfulRun,
  at: Date,
): RunEventBase {
  return {
    plugin_name: plugin,
    ...(tenant === null ? {} : { tenant }),
    run_id: id,
    verb,
    dry_run: dryRun,
    at: at.toISOString(),
  };
}

/** The last event of a run; `errorCode` is `null` where it succeeded. */
export function finishedEvent(
  run: EventfulRun,
  at: Date,
  errorCode: ErrorCode | null,
  currentVersion: number,
): RunFinishedEvent {
  return {
    event: "run_finished",
    ...eventFields(run, at),
    success: errorCode === null,
    error_code: errorCode,
    current_version: currentVersion,
  };
}

/** The progress of a run that has done nothing yet. */
export function startProgress(
  { id, verb, dryRun, startedBy }: ReportedRun,
  at: Date,
): ProgressMessage {
  return {
    run_id: id,
    verb,
    dry_run: dryRun,
    started_at: at.toISOString(),
    started_by: startedBy,
    version: null,
    migrations_done: 0,
    migrations_total: 0,
    statements_done: 0,
    statements_total: 0,
  };
}
