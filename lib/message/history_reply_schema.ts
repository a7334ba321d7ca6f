// The schema of the reply to a history request. Runs anywhere.

import * as v from "valibot";
import type { AttemptEntry, HistoryReply } from "./history_reply.ts";
import {
  ChangeSchema,
  count,
  DataLossSchema,
  hash,
  milliseconds,
  timestamp,
} from "./reply_schema.ts";

/** The schema of one attempt. */
export const AttemptSchema: v.GenericSchema<AttemptEntry> = v.object({
  version: count,
  name: v.string(),
  direction: v.picklist(["apply", "rollback"]),
  outcome: v.picklist(["applied", "rolled_back", "failed"]),
  applied_at: timestamp,
  applied_by: v.string(),
  execution_time_ms: v.nullable(milliseconds),
  error_message: v.nullable(v.string()),
  checksum: hash,
  plan_hash: hash,
  run_id: v.nullable(v.string()),
  changes: v.nullable(v.array(ChangeSchema)),
  data_loss: v.nullable(v.array(DataLossSchema)),
  backup: v.nullable(v.string()),
  has_text: v.boolean(),
});

/** The schema of the reply to a history request. */
export const HistoryReplySchema: v.GenericSchema<HistoryReply> = v.object({
  success: v.literal(true),
  verb: v.literal("history"),
  plugin_name: v.string(),
  tenant: v.optional(v.string()),
  entries: v.array(AttemptSchema),
  unreadable_entries: v.array(v.object({ id: v.number(), problem: v.string() })),
  entry_count: count,
});
