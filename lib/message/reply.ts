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
  /** An `ERROR` keeps the plan from running. */
  level: FindingLevel;
  /** One sentence for a person, with the way out. */
  message: string;
  /** Whose it is; `null` where the file has no valid name. */
  migration_version: number | null;
  /** The part of the file name after the number; `null` as above. */
  migration_name: string | null;
  /** The family of the code. */
  category: FindingCategory;
  /** Stable, for programs. */
  code: FindingCode;
  /** The migration file. */
  file?: string | undefined;
  /** From 1, in the file. */
  line?: number | undefined;
  /** From 1, in code points. */
  column?: number | undefined;
  /** The text of that line. */
  excerpt?: string | undefined;
  /** The statement concerned, as written; a long one is cut. */
  statement?: string | undefined;
}

/** One thing that the schema gained, lost or altered. */
export interface ChangeMessage {
  /** What happened. */
  change: "added" | "removed" | "altered" | "renamed";
  /** What it happened to. */
  object: "table" | "column" | "index" | "trigger" | "view";
  /** The table that a column, index or trigger belongs to; `null` for tables and views. */
  table: string | null;
  /** Its name after the change. */
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
  /** Always true: what failed stands in the failure reply. */
  success: boolean;
  /** The number of the migration. */
  version: number;
  /** The part of the file name after the number. */
  name: string;
  /** How long it took, in milliseconds. */
  execution_time_ms: number;
  /** ISO 8601, UTC; `null` in a dry run. */
  applied_at: string | null;
  /** Who asked for it. */
  applied_by: string;
  /** How many statements ran. */
  statements: number;
  /** What the schema gained, lost or altered. */
  changes: ChangeMessage[];
  /** What went with it, counted. */
  data_loss: DataLossMessage[];
}

/** The fields that the replies to apply and rollback share. */
export interface RunReply {
  /** Tells it from a failure. */
  success: true;
  /** The plugin that was asked for. */
  plugin_name: string;
  /** Whether everything was undone. */
  dry_run: boolean;
  /** The highest applied version before; 0 for none. */
  previous_version: number;
  /** The highest applied version now; a dry run changes nothing. */
  current_version: number;
  /** Findings that do not keep a plan from running. */
  warnings: FindingMessage[];
  /** SHA-256 of the plan, to run exactly the plan that was reviewed. */
  plan_hash: string;
  /** The backup made before the first destructive step, where there was one. */
  backup?: string | undefined;
  /** From the request to the reply, in milliseconds. */
  total_time_ms: number;
}

/** The reply to an apply that succeeded. */
export interface ApplyReply extends RunReply {
  /** Which verb it answers. */
  verb: "apply";
  /** What was applied, in this order. */
  applied_migrations: RunEntry[];
}

/** The reply to a rollback that succeeded. */
export interface RollbackReply extends RunReply {
  /** Which verb it answers. */
  verb: "rollback";
  /** What was rolled back, in this order. */
  rolled_back_migrations: RunEntry[];
}

/** How far a run has come. */
export interface ProgressMessage {
  /** What runs. */
  verb: "apply" | "rollback";
  /** Whether it will be undone. */
  dry_run: boolean;
  /** ISO 8601, UTC. */
  started_at: string;
  /** Who asked for it. */
  started_by: string;
  /** The migration that runs now; `null` while the plan is made. */
  version: number | null;
  /** Migrations done in this run. */
  migrations_done: number;
  /** Migrations done and to do in this run. */
  migrations_total: number;
  /** Statements done of the migration that runs now. */
  statements_done: number;
  /** Statements done and to do of the migration that runs now. */
  statements_total: number;
}

/** A migration, by version and name. */
export interface MigrationReference {
  /** The number of the migration. */
  version: number;
  /** The part of the file name after the number. */
  name: string;
}

/** An applied migration as history remembers it. */
export interface AppliedMigration extends MigrationReference {
  /** SHA-256 of the file when it was applied. */
  checksum: string;
  /** ISO 8601, UTC. */
  applied_at: string;
  /** Who asked for it. */
  applied_by: string;
  /** How long it took, in milliseconds. */
  execution_time_ms: number | null;
  /** Why its last rollback failed; `null` where none has. */
  error_message: string | null;
}

/** A migration whose last attempt failed; it counts as pending. */
export interface FailedMigration extends MigrationReference {
  /** Why it failed. */
  error_message: string | null;
  /** When it was tried; ISO 8601, UTC. */
  applied_at: string;
  /** Who asked for it. */
  applied_by: string;
}

/** The reply to a status request. */
export interface StatusReply {
  /** Tells it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "status";
  /** The plugin that was asked for. */
  plugin_name: string;
  /** The highest applied version; 0 for none. */
  current_version: number;
  /** How many files are not applied. */
  pending_count: number;
  /** What is in the database now. */
  applied_migrations: AppliedMigration[];
  /** Files that are not applied, failed and rolled back ones included. */
  pending_migrations: MigrationReference[];
  /** Every file that can be read. */
  available_migrations: MigrationReference[];
  /** What failed when it was last tried. */
  failed_migrations: FailedMigration[];
  /** Applied files that were changed. */
  checksum_warnings: FindingMessage[];
  /** Everything else there is to say about the files. */
  pending_warnings: FindingMessage[];
  /** Whether an apply or a rollback holds the plugin now. */
  locked: boolean;
  /** Present while `locked` is true. */
  progress?: ProgressMessage | undefined;
}

/** The reply to a check that found no `ERROR`. */
export interface CheckReply {
  /** Tells it from a failure; errors in the files make a `VALIDATION_FAILED`. */
  success: true;
  /** Which verb it answers. */
  verb: "check";
  /** The plugin whose files were checked. */
  plugin_name: string;
  /** How many files can be read. */
  migrations: number;
  /** Findings of level `WARNING` and `INFO`. */
  warnings: FindingMessage[];
}

/** The list of plugins. */
export interface PluginsReply {
  /** Tells it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "plugins";
  /** Always `*`, which is no plugin's name. */
  plugin_name: string;
  /** The name of every plugin that has migrations, in alphabetical order. */
  plugins: string[];
}
