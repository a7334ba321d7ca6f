// The schemas of the messages of `rollout`. Runs anywhere.

import * as v from "valibot";
import { type FailureLimit, SHARE } from "../fleet/limits.ts";
import { EXPECTED_WAVES, ONE_WAVE } from "../fleet/waves.ts";
import { ERROR_CODES } from "./reply.ts";
import { count, milliseconds } from "./reply_schema.ts";
import { appliedBy, applyTarget, flag, integer, runId, timeoutMs } from "./request_schema.ts";
import type { CheckedRollout, RolloutReply, RolloutRequest } from "./rollout.ts";

const MAX_PARALLEL = 64;
const FAILURES = 'expected a whole number of 0 or more, or a share such as "5%"';

const failureLimit: v.GenericSchema<FailureLimit> = v.union([
  integer(0, FAILURES),
  v.pipe(v.string(FAILURES), v.regex(SHARE, FAILURES)),
], FAILURES);

/** The schema of a rollout request. */
export const RolloutRequestSchema: v.GenericSchema<RolloutRequest, CheckedRollout> = v
  .strictObject({
    target_version: applyTarget,
    wave: v.optional(
      v.pipe(
        v.string("expected a text"),
        // Whether they grow is looked at when they are divided.
        v.regex(/^(\d+%?,)*100%$/, EXPECTED_WAVES),
      ),
      ONE_WAVE,
    ),
    max_failures: v.optional(failureLimit, 0),
    max_rows_lost: v.optional(integer(0, "a whole number of 0 or more")),
    parallel: v.optional(
      v.pipe(
        integer(1, "a whole number of 1 or more"),
        v.maxValue(MAX_PARALLEL, `expected at most ${MAX_PARALLEL}`),
      ),
      4,
    ),
    dry_run: flag,
    applied_by: appliedBy,
    timeout_ms: timeoutMs,
    run_id: runId,
  });

/** The schema of the reply to a rollout. */
export const RolloutReplySchema: v.GenericSchema<RolloutReply> = v.object({
  success: v.literal(true),
  verb: v.literal("rollout"),
  plugin_name: v.string(),
  run_id: v.string(),
  dry_run: v.boolean(),
  databases: count,
  applied: count,
  unchanged: count,
  waiting: count,
  failed: v.array(v.object({
    tenant: v.string(),
    error_code: v.picklist(ERROR_CODES),
    message: v.string(),
    current_version: v.nullable(count),
  })),
  halted: v.nullable(v.string()),
  rows_lost: count,
  losses: v.array(v.object({
    tenant: v.string(),
    rows_lost: count,
    backup: v.optional(v.string()),
  })),
  waves: v.array(v.object({
    databases: count,
    applied: count,
    unchanged: count,
    failed: count,
    rows_lost: count,
  })),
  total_time_ms: milliseconds,
});
