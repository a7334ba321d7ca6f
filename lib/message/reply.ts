// The replies of the wire contract. Field names are fixed: fields may be added, none renamed.

import * as v from "valibot";
import { FINDING_CODES, type FindingCategory, type FindingCode } from "../finding/finding.ts";

/** Every error code that a failure reply may carry. */
export const ERROR_CODES = [
  "INVALID_REQUEST",
  "PLUGIN_NOT_FOUND",
  "MIGRATION_IN_PROGRESS",
  "VALIDATION_FAILED",
  "PLAN_CHANGED",
  "MIGRATION_FAILED",
  "ROLLBACK_FAILED",
  "DATABASE_UNAVAILABLE",
  "RESPONSE_TOO_LARGE",
  "INTERNAL_ERROR",
] as const;

/** Why a request failed; stable, for programs. */
export type ErrorCode = (typeof ERROR_CODES)[number];

const CATEGORIES = [...new Set<FindingCategory>(Object.values(FINDING_CODES))];
const CODES = Object.keys(FINDING_CODES).filter((code): code is FindingCode =>
  code in FINDING_CODES
);

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const timestamp = v.pipe(v.string(), v.isoTimestamp());
const milliseconds = v.pipe(v.number(), v.minValue(0));

/** A warning or an error about a migration. */
export const FindingSchema = v.object({
  level: v.picklist(["INFO", "WARNING", "ERROR"]),
  message: v.string(),
  migration_version: v.nullable(count),
  migration_name: v.nullable(v.string()),
  category: v.picklist(CATEGORIES),
  code: v.picklist(CODES),
  /** The migration file. */
  file: v.optional(v.string()),
  line: v.optional(count),
  column: v.optional(count),
  /** The text of that line. */
  excerpt: v.optional(v.string()),
  statement: v.optional(v.string()),
});

/** One thing that the schema gained, lost or altered. */
export const ChangeSchema = v.object({
  change: v.picklist(["added", "removed", "altered", "renamed"]),
  object: v.picklist(["table", "column", "index", "trigger", "view"]),
  /** The table that a column, index or trigger belongs to; `null` for tables and views. */
  table: v.nullable(v.string()),
  name: v.string(),
  /** What was altered, or the former name. */
  detail: v.nullable(v.string()),
});

/** Rows that are gone from a table, or non-NULL values that went with a column. */
export const DataLossSchema = v.variant("kind", [
  v.object({ kind: v.literal("rows"), table: v.string(), rows: count }),
  v.object({ kind: v.literal("values"), table: v.string(), column: v.string(), values: count }),
]);

/** One migration that a run applied or rolled back, or would in a dry run. */
export const RunEntrySchema = v.object({
  success: v.boolean(),
  version: count,
  name: v.string(),
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
  /** The backup made before the first destructive step, where there was one. */
  backup: v.optional(v.string()),
  total_time_ms: milliseconds,
};

/** The reply to an apply that succeeded. */
export const ApplyReplySchema = v.object({
  ...RUN_FIELDS,
  applied_migrations: v.array(RunEntrySchema),
});

/** The reply to a rollback that succeeded. */
export const RollbackReplySchema = v.object({
  ...RUN_FIELDS,
  rolled_back_migrations: v.array(RunEntrySchema),
});

const MigrationRefSchema = v.object({ version: count, name: v.string() });

/** How far a run has come. */
export const ProgressSchema = v.object({
  verb: v.picklist(["apply", "rollback"]),
  dry_run: v.boolean(),
  started_at: timestamp,
  started_by: v.string(),
  /** The migration that runs now; `null` while the plan is made. */
  version: v.nullable(count),
  /** Migrations done and to do in this run, and statements of the one that runs now. */
  migrations_done: count,
  migrations_total: count,
  statements_done: count,
  statements_total: count,
});

/** The reply to a status request. */
export const StatusReplySchema = v.object({
  success: v.literal(true),
  plugin_name: v.string(),
  current_version: count,
  pending_count: count,
  applied_migrations: v.array(
    v.object({
      version: count,
      name: v.string(),
      checksum: hash,
      applied_at: timestamp,
      applied_by: v.string(),
      execution_time_ms: v.nullable(milliseconds),
    }),
  ),
  pending_migrations: v.array(MigrationRefSchema),
  available_migrations: v.array(MigrationRefSchema),
  failed_migrations: v.array(
    v.object({
      version: count,
      name: v.string(),
      error_message: v.nullable(v.string()),
      applied_at: timestamp,
      applied_by: v.string(),
    }),
  ),
  checksum_warnings: v.array(FindingSchema),
  pending_warnings: v.array(FindingSchema),
  locked: v.boolean(),
  /** Present while `locked` is true. */
  progress: v.optional(ProgressSchema),
});

/** The reply to any request that failed. */
export const FailureReplySchema = v.object({
  success: v.literal(false),
  error_code: v.picklist(ERROR_CODES),
  message: v.string(),
  plugin_name: v.string(),
  errors: v.array(FindingSchema),
  warnings: v.array(FindingSchema),
  /** Where a run had begun: what was committed, where it stopped, and the version now. */
  applied_migrations: v.optional(v.array(RunEntrySchema)),
  rolled_back_migrations: v.optional(v.array(RunEntrySchema)),
  failed_version: v.optional(count),
  current_version: v.optional(count),
  plan_hash: v.optional(hash),
  backup: v.optional(v.string()),
});

export type FindingMessage = v.InferOutput<typeof FindingSchema>;
export type ChangeMessage = v.InferOutput<typeof ChangeSchema>;
export type DataLossMessage = v.InferOutput<typeof DataLossSchema>;
export type RunEntry = v.InferOutput<typeof RunEntrySchema>;
export type ApplyReply = v.InferOutput<typeof ApplyReplySchema>;
export type RollbackReply = v.InferOutput<typeof RollbackReplySchema>;
export type ProgressMessage = v.InferOutput<typeof ProgressSchema>;
export type StatusReply = v.InferOutput<typeof StatusReplySchema>;
export type FailureReply = v.InferOutput<typeof FailureReplySchema>;

/** Any reply; `success` tells which. */
export type Reply = ApplyReply | RollbackReply | StatusReply | FailureReply;
