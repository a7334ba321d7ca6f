// What is known about a backup: its record, which lies beside it, and its name. Runs anywhere.

import * as v from "valibot";
import { BACKUP_REASONS, type BackupReason } from "../message/backup_reply.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";

/** The record of a backup, as it is written to `<name>.json`. */
export interface BackupRecord {
  readonly plugin: string;
  readonly tenant: string | null;
  /** The highest applied version in it; `null` where the database could not be read. */
  readonly version: number | null;
  readonly reason: BackupReason;
  /** The plan of the run that made it; `null` where no plan was executed. */
  readonly plan_hash: string | null;
  /** The run that made it; `null` where there was none. */
  readonly run_id: string | null;
  readonly size_bytes: number;
  readonly sha256: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What is wrong with it; `null` where it was opened and found whole. */
  readonly problem: string | null;
}

/** The parts of a record that are known before the copy is made. */
export interface BackupLabel extends DatabaseAddress {
  readonly reason: BackupReason;
  readonly planHash: string | null;
  readonly runId: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const RecordSchema: v.GenericSchema<unknown, BackupRecord> = v.object({
  plugin: v.string(),
  tenant: v.nullable(v.string()),
  version: v.nullable(v.number()),
  reason: v.picklist(BACKUP_REASONS),
  plan_hash: v.nullable(v.string()),
  run_id: v.nullable(v.string()),
  size_bytes: v.number(),
  sha256: v.string(),
  at: v.pipe(v.string(), v.isoTimestamp()),
  problem: v.nullable(v.string()),
});

/** The text of a record's file. */
export function recordText(record: BackupRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Reads the text of a record; `null` where it is none. */
export function parseRecord(text: string): BackupRecord | null {
  try {
    const result = v.safeParse(RecordSchema, JSON.parse(text));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

/** Ends the name of every backup. */
export const BACKUP_EXTENSION = ".sqlite3";

/** The name of a backup, such as `quote-db-v3-20260131T120000000Z.sqlite3`. */
export function backupName(plugin: string, version: number | null, at: string): string {
  const content = version === null ? "unreadable" : `v${version}`;
  return `${plugin}-${content}-${at.replaceAll(/[^0-9TZ]/g, "")}${BACKUP_EXTENSION}`;
}

/** What a name says. */
export interface NamedBackup {
  readonly version: number | null;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const NAME = /-(?:v(\d+)|[a-z]+)-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.sqlite3$/;

/** Whether godwit has given the name to a backup. */
export function isBackupName(name: string): boolean {
  return NAME.test(name);
}

/** Reads the name of a backup of `plugin`; `null` where godwit has not given the name. */
export function parseBackupName(plugin: string, name: string): NamedBackup | null {
  const found = NAME.exec(name);
  if (found === null || name.slice(0, found.index) !== plugin) return null;
  const [, version, year, month, day, hour, minute, second, ms] = found;
  return {
    version: version === undefined ? null : Number(version),
    at: `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`,
  };
}
