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

/**
 * What the replies to apply and rollback have in common.
 *
 * ```ts
 * import {
 *   type ChangeMessage,
 *   type DataLossMessage,
 *   dispatch,
 *   type RunEntry,
 *   type RunReply,
 *   startEdge,
 * } from "@godwit/godwit";
 *
 * const dataDir = await Deno.makeTempDir();
 * await using edge = await startEdge({ pluginsDir: "./examples/plugins", dataDir });
 * const reply = await dispatch("apply", "quote-db", new Uint8Array(), edge.context);
 * if (reply.success && "applied_migrations" in reply && "plan_hash" in reply) {
 *   console.log(headline(reply)); // quote-db: version 0 to 6
 *   for (const entry of reply.applied_migrations as RunEntry[]) {
 *     console.log(entry.version, entry.changes.map(describe), entry.data_loss.map(count));
 *   }
 * }
 *
 * function headline(run: RunReply): string {
 *   return `${run.plugin_name}: version ${run.previous_version} to ${run.current_version}`;
 * }
 *
 * function describe({ change, object, name }: ChangeMessage): string {
 *   return `${change} ${object} ${name}`;
 * }
 *
 * function count(loss: DataLossMessage): number {
 *   return loss.kind === "rows" ? loss.rows : loss.values;
 * }
 * ```
 */
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
  /** What was applied, in this order. */
  applied_migrations: RunEntry[];
}

/** The reply to a rollback that succeeded. */
export interface RollbackReply extends RunReply {
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

/**
 * The reply to a status request.
 *
 * ```ts
 * import {
 *   type AppliedMigration,
 *   dispatch,
 *   ERROR_CODES,
 *   type FailedMigration,
 *   type MigrationReference,
 *   type ProgressMessage,
 *   startEdge,
 * } from "@godwit/godwit";
 *
 * const dataDir = await Deno.makeTempDir();
 * await using edge = await startEdge({ pluginsDir: "./examples/plugins", dataDir });
 * const reply = await dispatch("status", "trivia", new Uint8Array(), edge.context);
 * if (reply.success && "pending_count" in reply) {
 *   const pending: MigrationReference[] = reply.pending_migrations;
 *   const applied: AppliedMigration[] = reply.applied_migrations;
 *   const failed: FailedMigration[] = reply.failed_migrations;
 *   const progress: ProgressMessage | undefined = reply.progress;
 *   console.log(pending.length, applied.length, failed.length, progress); // 5 0 0 undefined
 * } else if (!reply.success) {
 *   console.log(ERROR_CODES.indexOf(reply.error_code));
 * }
 * ```
 */
export interface StatusReply {
  /** Tells it from a failure. */
  success: true;
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

/** The reply to any request that failed. */
export interface FailureReply {
  /** Tells it from a success. */
  success: false;
  /** Why, for programs. */
  error_code: ErrorCode;
  /** One sentence for a person: what, where, and the way out. */
  message: string;
  /** The plugin that was asked for. */
  plugin_name: string;
  /** The findings of level `ERROR`. */
  errors: FindingMessage[];
  /** The other findings. */
  warnings: FindingMessage[];
  /** Where a run had begun: what was committed. */
  applied_migrations?: RunEntry[] | undefined;
  /** The same for a rollback. */
  rolled_back_migrations?: RunEntry[] | undefined;
  /** Where a run had begun: where it stopped. */
  failed_version?: number | undefined;
  /** The version that the database is at. */
  current_version?: number | undefined;
  /** SHA-256 of the plan, where there was one. */
  plan_hash?: string | undefined;
  /** The backup, where one was made. */
  backup?: string | undefined;
}

/** Any reply; `success` tells which. */
export type Reply = ApplyReply | RollbackReply | StatusReply | FailureReply;
