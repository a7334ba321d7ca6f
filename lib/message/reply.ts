// The replies of the wire contract. Field names are fixed: fields may be added, none renamed.

import type { FindingCategory, FindingCode, FindingLevel, Suggestion } from "../finding/finding.ts";

/** Every error code that a failure reply may carry. */
export const ERROR_CODES: readonly [
  "INVALID_REQUEST",
  "PLUGIN_NOT_FOUND",
  "MIGRATION_IN_PROGRESS",
  "VALIDATION_FAILED",
  "PLAN_CHANGED",
  "MIGRATION_FAILED",
  "ROLLBACK_FAILED",
  "CANCELLED",
  "BACKUP_NOT_FOUND",
  "RESTORE_FAILED",
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
  "CANCELLED",
  "BACKUP_NOT_FOUND",
  "RESTORE_FAILED",
  "DATABASE_UNAVAILABLE",
  "RESPONSE_TOO_LARGE",
  "INTERNAL_ERROR",
];

/** Why a request failed, for programs. Codes are stable. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A warning or an error about a migration. */
export interface FindingMessage {
  /** An `ERROR` keeps the plan from running. */
  level: FindingLevel;
  /** One sentence for people, with a remedy. */
  message: string;
  /** The migration concerned; `null` where the file has no valid name. */
  migration_version: number | null;
  /** The part of the file name after the number; `null` as above. */
  migration_name: string | null;
  /** The family of the code. */
  category: FindingCategory;
  /** For programs; codes are stable. */
  code: FindingCode;
  /** The table, `table.column`, view, index or trigger that it is about. */
  subject?: string | undefined;
  /** Why the file accepts it, which makes it an `INFO`. */
  accepted?: string | undefined;
  /** The migration file. */
  file?: string | undefined;
  /** From 1, in the file. */
  line?: number | undefined;
  /** From 1, in code points. */
  column?: number | undefined;
  /** The text of that line; of a long one the part around the column, with "…" at its ends. */
  excerpt?: string | undefined;
  /** Where `column` is in `excerpt`, from 1; absent where it is `column` itself. */
  excerpt_column?: number | undefined;
  /** The statement concerned, as written; of a long one the part around the position. */
  statement?: string | undefined;
  /** The statement of the plugin's code that the migration breaks. */
  query?: QueryMessage | undefined;
  /**
   * Both sections of the file with this finding, and all else that has a cure, cured: they take the
   * place of what is between the markers. Made for the schema before the file, and rehearsed.
   */
  suggestion?: Suggestion | undefined;
}

/** A statement of a plugin's code, at its first token or the token at fault. */
export interface QueryMessage {
  /** With its folder, such as `queries/quotes.sql`. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in code points. */
  column: number;
  /** The text of that line; of a long one the part around the column, with "…" at its ends. */
  excerpt: string;
  /** Where `column` is in `excerpt`, from 1; absent where it is `column` itself. */
  excerpt_column?: number | undefined;
  /** The statement, as written; of a long one the part around the position. */
  statement: string;
}

/** One change of the schema. */
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

/** Rows that a table lost, or values that are not NULL that a column lost. */
export type DataLossMessage =
  | { kind: "rows"; table: string; rows: number }
  | { kind: "values"; table: string; column: string; values: number };

/** One migration that a run applied or rolled back, or would in a dry run. */
export interface RunEntry {
  /** Always true: a migration that failed is in the failure reply. */
  success: boolean;
  /** The number of the migration. */
  version: number;
  /** The part of the file name after the number. */
  name: string;
  /** How long it took, in milliseconds. */
  execution_time_ms: number;
  /** ISO 8601, UTC; `null` in a dry run. */
  applied_at: string | null;
  /** The `applied_by` of the request. */
  applied_by: string;
  /** How many statements ran. */
  statements: number;
  /** What changed in the schema. */
  changes: ChangeMessage[];
  /** The rows and values that were lost. */
  data_loss: DataLossMessage[];
}

/** The fields that the replies to apply and rollback share. */
export interface RunReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** Identifies the run: the same in its events, and in the progress that status reports. */
  run_id: string;
  /** Whether it was a dry run, which keeps no change. */
  dry_run: boolean;
  /** The highest applied version before; 0 for none. */
  previous_version: number;
  /** The highest applied version now; a dry run changes nothing. */
  current_version: number;
  /** Findings of level `WARNING` and `INFO`; they stop no run. */
  warnings: FindingMessage[];
  /** Present where the findings have suggestions and the reply was too large with them. */
  suggestions_omitted?: true | undefined;
  /** SHA-256 of the plan. A request that carries it runs this plan, or fails. */
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

/** The progress of a run. */
export interface ProgressMessage {
  /** Identifies the run. */
  run_id: string;
  /** The verb that runs. */
  verb: "apply" | "rollback" | "backup" | "restore";
  /** Whether it is a dry run. */
  dry_run: boolean;
  /** ISO 8601, UTC. */
  started_at: string;
  /** The `applied_by` of the request. */
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

/** An applied migration, as the history records it. */
export interface AppliedMigration extends MigrationReference {
  /** SHA-256 of the file when it was applied. */
  checksum: string;
  /** ISO 8601, UTC. */
  applied_at: string;
  /** The `applied_by` of the request. */
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
  /** When it was attempted; ISO 8601, UTC. */
  applied_at: string;
  /** The `applied_by` of the request. */
  applied_by: string;
}

/** The reply to a status request. */
export interface StatusReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "status";
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** The highest applied version; 0 for none. */
  current_version: number;
  /** How many files are not applied. */
  pending_count: number;
  /** The migrations that the database has. */
  applied_migrations: AppliedMigration[];
  /** Files that are not applied, failed and rolled back ones included. */
  pending_migrations: MigrationReference[];
  /** Every file that can be read. */
  available_migrations: MigrationReference[];
  /** Migrations whose last attempt failed. */
  failed_migrations: FailedMigration[];
  /** Findings about applied files that were changed. */
  checksum_warnings: FindingMessage[];
  /** All other findings about the files. */
  pending_warnings: FindingMessage[];
  /** Present where the findings have suggestions and the reply was too large with them. */
  suggestions_omitted?: true | undefined;
  /** Whether an apply or a rollback of the database is running. */
  locked: boolean;
  /** Present while `locked` is true. */
  progress?: ProgressMessage | undefined;
}

/** The reply to a cancel. */
export interface CancelReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "cancel";
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** Whether a run has ended because of this request; its own reply is `CANCELLED`. */
  cancelled: boolean;
  /** The run that has, or had, the database; `null` where there was none. */
  run_id: string | null;
  /** One sentence for people: what became of the run. */
  message: string;
}

/** The reply to a check that found no `ERROR`. */
export interface CheckReply {
  /** Distinguishes it from a failure. An error in a file is a `VALIDATION_FAILED`. */
  success: true;
  /** Which verb it answers. */
  verb: "check";
  /** The plugin whose files were checked. */
  plugin_name: string;
  /** How many files can be read. */
  migrations: number;
  /** How many files of statements of its code can be read. */
  query_files: number;
  /** Findings of level `WARNING` and `INFO`. */
  warnings: FindingMessage[];
}

/** The database of a tenant, in the list of plugins. */
export interface TenantEntry {
  /** The plugin whose files it has. */
  plugin_name: string;
  /** The tenant that it belongs to. */
  tenant: string;
  /** The highest applied version, 0 for none; `null` where the database cannot be read. */
  current_version: number | null;
  /** How many files are not applied; `null` as above. */
  pending_count: number | null;
  /** Whether an apply or a rollback of the database is running. */
  locked: boolean;
  /** Why it cannot be migrated; `null` if nothing is known. Pending files are not rehearsed. */
  problem: string | null;
}

/** The list of plugins. */
export interface PluginsReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "plugins";
  /** Always `*`, which is no plugin's name. */
  plugin_name: string;
  /** The name of every plugin that has migrations, in alphabetical order. */
  plugins: string[];
  /** The tenants that have a database, by plugin and name, as many as the request allows. */
  tenants: TenantEntry[];
  /** How many tenants there are. */
  tenant_count: number;
}
