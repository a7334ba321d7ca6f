// The schemas of the replies, for checking what comes over the wire and for JSON Schema.

import * as v from "valibot";
import { FINDING_CODES, type FindingCategory, type FindingCode } from "../finding/finding.ts";
import {
  type ApplyReply,
  type DataLossMessage,
  ERROR_CODES,
  type FailureReply,
  type FindingMessage,
  type ProgressMessage,
  type Reply,
  type RollbackReply,
  type StatusReply,
} from "./reply.ts";

const CATEGORIES = [...new Set<FindingCategory>(Object.values(FINDING_CODES))];
const CODES = Object.keys(FINDING_CODES).filter((code): code is FindingCode =>
  code in FINDING_CODES
);

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const timestamp = v.pipe(v.string(), v.isoTimestamp());
const milliseconds = v.pipe(v.number(), v.minValue(0));
const reference = { version: count, name: v.string() };

/** The schema of a warning or an error. */
export const FindingSchema: v.GenericSchema<FindingMessage> = v.object({
  level: v.picklist(["INFO", "WARNING", "ERROR"]),
  message: v.string(),
  migration_version: v.nullable(count),
  migration_name: v.nullable(v.string()),
  category: v.picklist(CATEGORIES),
  code: v.picklist(CODES),
  file: v.optional(v.string()),
  line: v.optional(count),
  column: v.optional(count),
  excerpt: v.optional(v.string()),
  statement: v.optional(v.string()),
});

/** The schema of what a migration took away. */
export const DataLossSchema: v.GenericSchema<DataLossMessage> = v.variant("kind", [
  v.object({ kind: v.literal("rows"), table: v.string(), rows: count }),
  v.object({ kind: v.literal("values"), table: v.string(), column: v.string(), values: count }),
]);

const ChangeSchema = v.object({
  change: v.picklist(["added", "removed", "altered", "renamed"]),
  object: v.picklist(["table", "column", "index", "trigger", "view"]),
  table: v.nullable(v.string()),
  name: v.string(),
  detail: v.nullable(v.string()),
});

const RunEntrySchema = v.object({
  success: v.boolean(),
  ...reference,
  execution_time_ms: milliseconds,
  applied_at: v.nullable(timestamp),
  applied_by: v.string(),
  statements: count,
  changes: v.array(ChangeSchema),
  data_loss: v.array(DataLossSchema),
});

const RUN_FIELDS = {
  success: v.literal(true),
  plugin_name: v.string(),
  dry_run: v.boolean(),
  previous_version: count,
  current_version: count,
  warnings: v.array(FindingSchema),
  plan_hash: hash,
  backup: v.optional(v.string()),
  total_time_ms: milliseconds,
};

/** The schema of the reply to an apply that succeeded. */
export const ApplyReplySchema: v.GenericSchema<ApplyReply> = v.object({
  ...RUN_FIELDS,
  applied_migrations: v.array(RunEntrySchema),
});

/** The schema of the reply to a rollback that succeeded. */
export const RollbackReplySchema: v.GenericSchema<RollbackReply> = v.object({
  ...RUN_FIELDS,
  rolled_back_migrations: v.array(RunEntrySchema),
});

/** The schema of how far a run has come. */
export const ProgressSchema: v.GenericSchema<ProgressMessage> = v.object({
  verb: v.picklist(["apply", "rollback"]),
  dry_run: v.boolean(),
  started_at: timestamp,
  started_by: v.string(),
  version: v.nullable(count),
  migrations_done: count,
  migrations_total: count,
  statements_done: count,
  statements_total: count,
});

/** The schema of the reply to a status request. */
export const StatusReplySchema: v.GenericSchema<StatusReply> = v.object({
  success: v.literal(true),
  plugin_name: v.string(),
  current_version: count,
  pending_count: count,
  applied_migrations: v.array(v.object({
    ...reference,
    checksum: hash,
    applied_at: timestamp,
    applied_by: v.string(),
    execution_time_ms: v.nullable(milliseconds),
    error_message: v.nullable(v.string()),
  })),
  pending_migrations: v.array(v.object(reference)),
  available_migrations: v.array(v.object(reference)),
  failed_migrations: v.array(v.object({
    ...reference,
    error_message: v.nullable(v.string()),
    applied_at: timestamp,
    applied_by: v.string(),
  })),
  checksum_warnings: v.array(FindingSchema),
  pending_warnings: v.array(FindingSchema),
  locked: v.boolean(),
  progress: v.optional(ProgressSchema),
});

/** The schema of the reply to any request that failed. */
export const FailureReplySchema: v.GenericSchema<FailureReply> = v.object({
  success: v.literal(false),
  error_code: v.picklist(ERROR_CODES),
  message: v.string(),
  plugin_name: v.string(),
  errors: v.array(FindingSchema),
  warnings: v.array(FindingSchema),
  applied_migrations: v.optional(v.array(RunEntrySchema)),
  rolled_back_migrations: v.optional(v.array(RunEntrySchema)),
  failed_version: v.optional(count),
  current_version: v.optional(count),
  plan_hash: v.optional(hash),
  backup: v.optional(v.string()),
});

/** Reads a reply that came over the wire; `null` where it is not one. */
export function parseReply(value: unknown): Reply | null {
  const result = v.safeParse(
    v.union([ApplyReplySchema, RollbackReplySchema, StatusReplySchema, FailureReplySchema]),
    value,
  );
  return result.success ? result.output : null;
}
