// The replies of the verbs about backups: backups, backup, restore. Runs anywhere.

import type { ChangeMessage, FindingMessage } from "./reply.ts";

/** Every reason for a backup. */
export const BACKUP_REASONS: readonly ["lossy", "always", "request", "replaced", "import"] = [
  "lossy",
  "always",
  "request",
  "replaced",
  "import",
];

/**
 * Why a backup was made: before a step that may lose data, before every run, on request, because a
 * restore replaced the database, or because a file was imported in its place.
 */
export type BackupReason = (typeof BACKUP_REASONS)[number];

/** One backup of a database. */
export interface BackupEntry {
  /** The name of its file, which a restore takes. */
  name: string;
  /** When it was made; ISO 8601, UTC. */
  at: string;
  /** The highest applied version in it; `null` where that is not known. */
  version: number | null;
  /** The size of the file. */
  size_bytes: number;
  /** Why it was made; `null` where there is no record. */
  reason: BackupReason | null;
  /** The plan of the run that made it; `null` where no plan was executed, or not known. */
  plan_hash: string | null;
  /** The run that made it; `null` where that is not known. */
  run_id: string | null;
  /** SHA-256 of the file when it was made; `null` where there is no record. */
  sha256: string | null;
  /**
   * With `verify`: `restorable`; `unreadable`, which are the bytes, unchanged, of a database that
   * SQLite could not read; or `unfit`, because it is damaged, in an unknown format, or another
   * database's. `null` without.
   */
  state: "restorable" | "unreadable" | "unfit" | null;
  /**
   * With `verify`, why it cannot be restored, where it cannot. Otherwise what SQLite said about the
   * database when the backup was made; `null` where nothing is known to be wrong.
   */
  problem: string | null;
}

/** The list of backups. */
export interface BackupsReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "backups";
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** The backups, newest first, as many as the request allows. */
  backups: BackupEntry[];
  /** How many there are. */
  backup_count: number;
  /** Whether every backup in the list was read. */
  verified: boolean;
}

/** The reply to a backup that was made. */
export interface BackupReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "backup";
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** Identifies the run. */
  run_id: string;
  /** The name of the backup. */
  backup: string;
  /** Its path, where the service runs. */
  path: string;
  /** The highest applied version in it. */
  version: number;
  /** The size of the file. */
  size_bytes: number;
  /** From the request to the reply, in milliseconds. */
  total_time_ms: number;
}

/** The number of rows of a table before and after a restore. */
export interface RowChangeMessage {
  /** The name of the table. */
  table: string;
  /** Rows before; `null` where the table is missing or cannot be read. */
  before: number | null;
  /** Rows in the backup; `null` as above. */
  after: number | null;
}

/** The reply to a restore. */
export interface RestoreReply {
  /** Distinguishes it from a failure. */
  success: true;
  /** Which verb it answers. */
  verb: "restore";
  /** The plugin that the request named. */
  plugin_name: string;
  /** The tenant that the request named. */
  tenant?: string | undefined;
  /** Identifies the run: the same in its events. */
  run_id: string;
  /** Whether it was a dry run, which changes nothing. */
  dry_run: boolean;
  /** The name of the backup. */
  restored: string;
  /** The highest applied version before; `null` where the database could not be read. */
  previous_version: number | null;
  /** The highest applied version now; in a dry run that of the backup. */
  current_version: number;
  /** The backup of what was there before, where there was a database; restoring it undoes this. */
  replaced?: string | undefined;
  /** What changed in the schema. */
  changes: ChangeMessage[];
  /** The tables whose number of rows changed. */
  rows: RowChangeMessage[];
  /**
   * Findings: what of the backup could not be checked, which newer ones were passed over, and the
   * problem that SQLite had found when the backup was made.
   */
  warnings: FindingMessage[];
  /** From the request to the reply, in milliseconds. */
  total_time_ms: number;
}
