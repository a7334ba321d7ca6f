// The reply to a history request. Field names are fixed: fields may be added, none renamed.

import type { ChangeMessage, DataLossMessage, MigrationReference } from "./reply.ts";

/** One attempt to apply or roll back a migration, as the log of the database records it. */
export interface AttemptEntry extends MigrationReference {
  /** What was attempted. */
  direction: "apply" | "rollback";
  /** What came of it; after a rollback that `failed`, the migration is still applied. */
  outcome: "applied" | "rolled_back" | "failed";
  /** When it was done; ISO 8601, UTC. */
  applied_at: string;
  /** The `applied_by` of the request. */
  applied_by: string;
  /** How long it took, in milliseconds. */
  execution_time_ms: number | null;
  /** Why it failed; `null` where it did not. */
  error_message: string | null;
  /** SHA-256 of the file. */
  checksum: string;
  /** SHA-256 of the plan. */
  plan_hash: string;
  /** Identifies the run; `null` where an older godwit has recorded the attempt. */
  run_id: string | null;
  /** What changed in the schema; `null` as above. */
  changes: ChangeMessage[] | null;
  /** The rows and values that were lost; `null` as above. */
  data_loss: DataLossMessage[] | null;
  /** The name of the backup that the run had made by then; `null` if it had made none. */
  backup: string | null;
  /** Whether the text of the file is in the log, so that a rollback does not need the file. */
  has_text: boolean;
}

/** A row of the log that another program has written or changed. */
export interface UnreadableEntry {
  /** The `id` of the row in `plugin_schema_migration_log`. */
  id: number;
  /** What is wrong with it. */
  problem: string;
}

/** The reply to a history request. */
export interface HistoryReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "history";
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** The attempts, newest first, as many as the request allows. */
  entries: AttemptEntry[];
  /** The rows among them that are no attempts. They count as entries for `limit` and `offset`. */
  unreadable_entries: UnreadableEntry[];
  /** How many attempts the log has. */
  entry_count: number;
}
