// The schema of the reply to a plan request. Runs anywhere.

import * as v from "valibot";
import type { PlannedLoss, PlanReply, ShownValue } from "./plan_reply.ts";
import { ChangeSchema, count, FindingSchema, hash, milliseconds } from "./reply_schema.ts";
import { SchemaMessageSchema } from "./schema_message.ts";

const ShownValueSchema: v.GenericSchema<ShownValue> = v.object({
  type: v.picklist(["null", "integer", "real", "text", "blob"]),
  text: v.string(),
  length: v.optional(count),
});

const PlannedLossSchema: v.GenericSchema<PlannedLoss> = v.variant("kind", [
  v.object({
    kind: v.literal("rows"),
    table: v.string(),
    rows: count,
    examples: v.optional(v.object({
      columns: v.array(v.string()),
      rows: v.array(v.array(ShownValueSchema)),
    })),
  }),
  v.object({
    kind: v.literal("values"),
    table: v.string(),
    column: v.string(),
    values: count,
    examples: v.optional(v.object({
      key: v.array(v.string()),
      values: v.array(v.object({
        key: v.array(ShownValueSchema),
        before: ShownValueSchema,
        after: v.nullable(ShownValueSchema),
      })),
    })),
  }),
]);

/** The schema of the reply to a plan that can run. */
export const PlanReplySchema: v.GenericSchema<PlanReply> = v.object({
  success: v.literal(true),
  verb: v.literal("plan"),
  plugin_name: v.string(),
  tenant: v.optional(v.string()),
  run_id: v.string(),
  direction: v.picklist(["apply", "rollback"]),
  from: count,
  to: count,
  steps: v.array(v.object({
    version: count,
    name: v.string(),
    file: v.string(),
    statements: v.optional(v.array(v.object({ sql: v.string(), line: count }))),
    execution_time_ms: milliseconds,
    changes: v.array(ChangeSchema),
    data_loss: v.array(PlannedLossSchema),
  })),
  schema_before: v.optional(SchemaMessageSchema),
  schema_after: v.optional(SchemaMessageSchema),
  schema_diff: v.string(),
  warnings: v.array(FindingSchema),
  suggestions_omitted: v.optional(v.literal(true)),
  plan_hash: hash,
  total_time_ms: milliseconds,
});
