// The schemas of the replies of the verbs about backups. Runs anywhere.

import * as v from "valibot";
import {
  BACKUP_REASONS,
  type BackupReply,
  type BackupsReply,
  type RestoreReply,
} from "./backup_reply.ts";
import { ChangeSchema, count, FindingSchema, milliseconds, timestamp } from "./reply_schema.ts";

const HEAD = { plugin_name: v.string(), tenant: v.optional(v.string()) };

/** The schema of the list of backups. */
export const BackupsReplySchema: v.GenericSchema<BackupsReply> = v.object({
  success: v.literal(true),
  verb: v.literal("backups"),
  ...HEAD,
  backups: v.array(v.object({
    name: v.string(),
    at: timestamp,
    version: v.nullable(count),
    size_bytes: count,
    reason: v.nullable(v.picklist(BACKUP_REASONS)),
    plan_hash: v.nullable(v.string()),
    run_id: v.nullable(v.string()),
    sha256: v.nullable(v.string()),
    state: v.nullable(v.picklist(["restorable", "unreadable", "unfit"])),
    problem: v.nullable(v.string()),
  })),
  backup_count: count,
  verified: v.boolean(),
});

/** The schema of the reply to a backup that was made. */
export const BackupReplySchema: v.GenericSchema<BackupReply> = v.object({
  success: v.literal(true),
  verb: v.literal("backup"),
  ...HEAD,
  run_id: v.string(),
  backup: v.string(),
  path: v.string(),
  version: count,
  size_bytes: count,
  total_time_ms: milliseconds,
});

/** The schema of the reply to a restore. */
export const RestoreReplySchema: v.GenericSchema<RestoreReply> = v.object({
  success: v.literal(true),
  verb: v.literal("restore"),
  ...HEAD,
  run_id: v.string(),
  dry_run: v.boolean(),
  restored: v.string(),
  previous_version: v.nullable(count),
  current_version: count,
  replaced: v.optional(v.string()),
  changes: v.array(ChangeSchema),
  rows: v.array(v.object({
    table: v.string(),
    before: v.nullable(count),
    after: v.nullable(count),
  })),
  warnings: v.array(FindingSchema),
  total_time_ms: milliseconds,
});
