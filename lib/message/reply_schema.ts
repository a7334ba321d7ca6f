// The schemas of the replies that succeeded, and of their parts. Runs anywhere.

import * as v from "valibot";
import { FINDING_CODES, type FindingCategory, type FindingCode } from "../finding/finding.ts";
import type {
  ApplyReply,
  CancelReply,
  ChangeMessage,
  CheckReply,
  DataLossMessage,
  FindingMessage,
  PluginsReply,
  ProgressMessage,
  RollbackReply,
  RunEntry,
  StatusReply,
} from "./reply.ts";

const CATEGORIES = [...new Set<FindingCategory>(Object.values(FINDING_CODES))];
const CODES = Object.keys(FINDING_CODES).filter((code): code is FindingCode =>
  code in FINDING_CODES
);

/** The schema of a whole number of 0 or more. */
export const count: v.GenericSchema<number> = v.pipe(v.number(), v.integer(), v.minValue(0));
/** The schema of a SHA-256. */
export const hash: v.GenericSchema<string> = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** The schema of a time. */
export const timestamp: v.GenericSchema<string> = v.pipe(v.string(), v.isoTimestamp());
/** The schema of a duration. */
export const milliseconds: v.GenericSchema<number> = v.pipe(v.number(), v.minValue(0));
const reference = { version: count, name: v.string() };

/** The schema of a warning or an error. */
export const FindingSchema: v.GenericSchema<FindingMessage> = v.object({
  level: v.picklist(["INFO", "WARNING", "ERROR"]),
  message: v.string(),
  migration_version: v.nullable(count),
  migration_name: v.nullable(v.string()),
  category: v.picklist(CATEGORIES),
  code: v.picklist(CODES),
  subject: v.optional(v.string()),
  accepted: v.optional(v.string()),
  file: v.optional(v.string()),
  line: v.optional(count),
  column: v.optional(count),
  excerpt: v.optional(v.string()),
  excerpt_column: v.optional(count),
  statement: v.optional(v.string()),
  query: v.optional(v.object({
    file: v.string(),
    line: count,
    column: count,
    excerpt: v.string(),
    excerpt_column: v.optional(count),
    statement: v.string(),
  })),
  suggestion: v.optional(v.object({ up: v.string(), down: v.string() })),
});

/** The schema of what a migration took away. */
export const DataLossSchema: v.GenericSchema<DataLossMessage> = v.variant("kind", [
  v.object({ kind: v.literal("rows"), table: v.string(), rows: count }),
  v.object({ kind: v.literal("values"), table: v.string(), column: v.string(), values: count }),
]);

/** The schema of one change of the schema. */
export const ChangeSchema: v.GenericSchema<ChangeMessage> = v.object({
  change: v.picklist(["added", "removed", "altered", "renamed"]),
  object: v.picklist(["table", "column", "index", "trigger", "view"]),
  table: v.nullable(v.string()),
  name: v.string(),
  detail: v.nullable(v.string()),
});

/** The schema of one migration that a run applied or rolled back. */
export const RunEntrySchema: v.GenericSchema<RunEntry> = v.object({
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
  plugin_name: v.string(),
  tenant: v.optional(v.string()),
  run_id: v.string(),
  dry_run: v.boolean(),
  previous_version: count,
  current_version: count,
  warnings: v.array(FindingSchema),
  suggestions_omitted: v.optional(v.literal(true)),
  plan_hash: hash,
  backup: v.optional(v.string()),
  total_time_ms: milliseconds,
};

/** The schema of the reply to an apply that succeeded. */
export const ApplyReplySchema: v.GenericSchema<ApplyReply> = v.object({
  success: v.literal(true),
  verb: v.literal("apply"),
  ...RUN_FIELDS,
  applied_migrations: v.array(RunEntrySchema),
});

/** The schema of the reply to a rollback that succeeded. */
export const RollbackReplySchema: v.GenericSchema<RollbackReply> = v.object({
  success: v.literal(true),
  verb: v.literal("rollback"),
  ...RUN_FIELDS,
  rolled_back_migrations: v.array(RunEntrySchema),
});

/** The schema of how far a run has come. */
export const ProgressSchema: v.GenericSchema<ProgressMessage> = v.object({
  run_id: v.string(),
  verb: v.picklist(["apply", "rollback", "backup", "restore"]),
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
  verb: v.literal("status"),
  plugin_name: v.string(),
  tenant: v.optional(v.string()),
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
  suggestions_omitted: v.optional(v.literal(true)),
  locked: v.boolean(),
  progress: v.optional(ProgressSchema),
});

/** The schema of the reply to a cancel. */
export const CancelReplySchema: v.GenericSchema<CancelReply> = v.object({
  success: v.literal(true),
  verb: v.literal("cancel"),
  plugin_name: v.string(),
  tenant: v.optional(v.string()),
  cancelled: v.boolean(),
  run_id: v.nullable(v.string()),
  message: v.string(),
});

/** The schema of the reply to a check that found no `ERROR`. */
export const CheckReplySchema: v.GenericSchema<CheckReply> = v.object({
  success: v.literal(true),
  verb: v.literal("check"),
  plugin_name: v.string(),
  migrations: count,
  query_files: count,
  warnings: v.array(FindingSchema),
});

/** The schema of the list of plugins. */
export const PluginsReplySchema: v.GenericSchema<PluginsReply> = v.object({
  success: v.literal(true),
  verb: v.literal("plugins"),
  plugin_name: v.string(),
  plugins: v.array(v.string()),
  tenants: v.array(v.object({
    plugin_name: v.string(),
    tenant: v.string(),
    current_version: v.nullable(count),
    pending_count: v.nullable(count),
    locked: v.boolean(),
    problem: v.nullable(v.string()),
  })),
  tenant_count: count,
});
