// The replies of the wire contract. Field names are fixed: fields may be added, none renamed.

import type { FindingCategory, FindingCode, FindingLevel } from "../finding/finding.ts";

/** Every error code that a failure reply may carry. */
export const ERROR_CODES: readonly [
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
] = [
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
];

/** Why a request failed; stable, for programs. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A warning or an error about a migration. */
export interface FindingMessage {
  level: FindingLevel;
  message: string;
  migration_version: number | null;
  migration_name: string | null;
  category: FindingCategory;
  code: FindingCode;
  /** The migration file. */
  file?: string | undefined;
  /** From 1, in the file. */
  line?: number | undefined;
  /** From 1, in code points. */
  column?: number | undefined;
  /** The text of that line. */
  excerpt?: string | undefined;
  statement?: string | undefined;
}

/** One thing that the schema gained, lost or altered. */
export interface ChangeMessage {
  change: "added" | "removed" | "altered" | "renamed";
  object: "table" | "column" | "index" | "trigger" | "view";
  /** The table that a column, index or trigger belongs to; `null` for tables and views. */
  table: string | null;
  name: string;
  /** What was altered, or the former name. */
  detail: string | null;
}

/** Rows that are gone from a table, or non-NULL values that went with a column. */
export type DataLossMessage =
  | { kind: "rows"; table: string; rows: number }
  | { kind: "values"; table: string; column: string; values: number };

/** One migration that a run applied or rolled back, or would in a dry run. */
export interface RunEntry {
  success: boolean;
  version: number;
  name: string;
  execution_time_ms: number;
  /** ISO 8601, UTC; `null` in a dry run. */
  applied_at: string | null;
  applied_by: string;
  /** How many statements ran. */
  statements: number;
  changes: ChangeMessage[];
  data_loss: DataLossMessage[];
}

/** What the replies to apply and rollback have in common. */
export interface RunReply {
  success: true;
  plugin_name: string;
  dry_run: boolean;
  /** The highest applied version before; 0 for none. */
  previous_version: number;
  /** The highest applied version now; a dry run changes nothing. */
  current_version: number;
  warnings: FindingMessage[];
  /** SHA-256 of the plan, to run exactly the plan that was reviewed. */
  plan_hash: string;
  /** The backup made before the first destructive step, where there was one. */
  backup?: string | undefined;
  total_time_ms: number;
}

/** The reply to an apply that succeeded. */
export interface ApplyReply extends RunReply {
  applied_migrations: RunEntry[];
}

/** The reply to a rollback that succeeded. */
export interface RollbackReply extends RunReply {
  rolled_back_migrations: RunEntry[];
}

/** How far a run has come. */
export interface ProgressMessage {
  verb: "apply" | "rollback";
  dry_run: boolean;
  started_at: string;
  started_by: string;
  /** The migration that runs now; `null` while the plan is made. */
  version: number | null;
  /** Migrations done and to do in this run. */
  migrations_done: number;
  migrations_total: number;
  /** Statements done and to do of the migration that runs now. */
  statements_done: number;
  statements_total: number;
}

/** A migration, by version and name. */
export interface MigrationReference {
  version: number;
  name: string;
}

/** An applied migration as history remembers it. */
export interface AppliedMigration extends MigrationReference {
  checksum: string;
  applied_at: string;
  applied_by: string;
  execution_time_ms: number | null;
}

/** A migration whose last attempt failed; it counts as pending. */
export interface FailedMigration extends MigrationReference {
  error_message: string | null;
  applied_at: string;
  applied_by: string;
}

/** The reply to a status request. */
export interface StatusReply {
  success: true;
  plugin_name: string;
  current_version: number;
  pending_count: number;
  applied_migrations: AppliedMigration[];
  pending_migrations: MigrationReference[];
  available_migrations: MigrationReference[];
  failed_migrations: FailedMigration[];
  checksum_warnings: FindingMessage[];
  pending_warnings: FindingMessage[];
  /** Whether an apply or a rollback holds the plugin now. */
  locked: boolean;
  /** Present while `locked` is true. */
  progress?: ProgressMessage | undefined;
}

/** The reply to any request that failed. */
export interface FailureReply {
  success: false;
  error_code: ErrorCode;
  /** One sentence for a person: what, where, and the way out. */
  message: string;
  plugin_name: string;
  errors: FindingMessage[];
  warnings: FindingMessage[];
  /** Where a run had begun: what was committed. */
  applied_migrations?: RunEntry[] | undefined;
  rolled_back_migrations?: RunEntry[] | undefined;
  /** Where a run had begun: where it stopped. */
  failed_version?: number | undefined;
  /** The version that the database is at. */
  current_version?: number | undefined;
  plan_hash?: string | undefined;
  backup?: string | undefined;
}

/** Any reply; `success` tells which. */
export type Reply = ApplyReply | RollbackReply | StatusReply | FailureReply;
