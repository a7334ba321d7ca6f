// The schema of events, for clients and for JSON Schema. Runs anywhere.

import * as v from "valibot";
import type { RunEvent } from "./event.ts";
import { ERROR_CODES } from "./reply.ts";
import { count, DataLossSchema, milliseconds, timestamp } from "./reply_schema.ts";

const COMMON = {
  plugin_name: v.string(),
  tenant: v.optional(v.string()),
  run_id: v.string(),
  verb: v.picklist(["apply", "rollback", "restore"]),
  dry_run: v.boolean(),
  at: timestamp,
};
const STEP = { ...COMMON, version: count, name: v.string() };

/** The schema of every event. */
export const EventSchema: v.GenericSchema<RunEvent> = v.variant("event", [
  v.object({
    event: v.picklist(["run_requested", "run_started"]),
    ...COMMON,
    applied_by: v.string(),
    plan_hash: v.optional(v.string()),
    versions: v.array(count),
    backup: v.optional(v.string()),
  }),
  v.object({ event: v.literal("migration_started"), ...STEP }),
  v.object({
    event: v.literal("migration_progress"),
    ...STEP,
    statement: count,
    statements: count,
    rows_done: v.nullable(count),
    rows_total: v.nullable(count),
    elapsed_ms: milliseconds,
    remaining_ms: v.nullable(milliseconds),
  }),
  v.object({
    event: v.picklist(["migration_applied", "migration_rolled_back"]),
    ...STEP,
    execution_time_ms: milliseconds,
    data_loss: v.array(DataLossSchema),
  }),
  v.object({ event: v.literal("migration_failed"), ...STEP, message: v.string() }),
  v.object({
    event: v.literal("run_finished"),
    ...COMMON,
    success: v.boolean(),
    error_code: v.nullable(v.picklist(ERROR_CODES)),
    current_version: count,
  }),
  v.object({
    event: v.literal("rollout_progress"),
    ...COMMON,
    verb: v.literal("rollout"),
    databases: count,
    applied: count,
    unchanged: count,
    failed: count,
    rows_lost: count,
    elapsed_ms: milliseconds,
  }),
]);
