// The events that a run publishes on `<prefix>.<plugin>.events`.

import * as v from "valibot";
import { DataLossSchema, ERROR_CODES } from "./reply.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const COMMON = {
  plugin_name: v.string(),
  /** Tells the runs of one plugin apart. */
  run_id: v.string(),
  verb: v.picklist(["apply", "rollback"]),
  dry_run: v.boolean(),
  /** ISO 8601, UTC. */
  at: v.pipe(v.string(), v.isoTimestamp()),
};
const STEP = { version: count, name: v.string() };
const DONE = {
  ...STEP,
  execution_time_ms: v.pipe(v.number(), v.minValue(0)),
  data_loss: v.array(DataLossSchema),
};

/** One JSON event; `event` tells which. */
export const EventSchema = v.variant("event", [
  v.object({
    event: v.literal("run_started"),
    ...COMMON,
    applied_by: v.string(),
    plan_hash: v.string(),
    versions: v.array(count),
  }),
  v.object({ event: v.literal("migration_started"), ...COMMON, ...STEP }),
  v.object({ event: v.literal("migration_applied"), ...COMMON, ...DONE }),
  v.object({ event: v.literal("migration_rolled_back"), ...COMMON, ...DONE }),
  v.object({ event: v.literal("migration_failed"), ...COMMON, ...STEP, message: v.string() }),
  v.object({
    event: v.literal("run_finished"),
    ...COMMON,
    success: v.boolean(),
    error_code: v.nullable(v.picklist(ERROR_CODES)),
    current_version: count,
  }),
]);

export type RunEvent = v.InferOutput<typeof EventSchema>;
