// Options that several commands share. Pure; runs anywhere.

import { Option } from "@commander-js/extra-typings";
import type { BackupPolicy } from "../backup/backup_rules.ts";
import { DEFAULT_PREFIX } from "../message/subject.ts";
import {
  backupPolicy,
  journalMode,
  subject,
  text,
  webSocketUrl,
  wholeNumber,
} from "./option_values.ts";

// Their types are what Commander derives from them.
export const TENANT = new Option("--tenant <NAME>").argParser(text);
export const NATS = new Option("--nats <URL>").argParser(webSocketUrl);
export const PREFIX = new Option("--prefix <SUBJECT>").argParser(subject).default(DEFAULT_PREFIX);

export const JOURNAL_MODE = new Option("--journal-mode <MODE>").argParser(journalMode);
export const BUSY_TIMEOUT = new Option("--busy-timeout-ms <N>").argParser(wholeNumber);
export const BACKUP = new Option("--backup <WHEN>").argParser(backupPolicy);
export const KEEP = new Option("--keep-backups <N>").argParser(wholeNumber);
export const KEEP_DAYS = new Option("--keep-backups-days <N>").argParser(wholeNumber);
export const KEEP_BYTES = new Option("--keep-backups-bytes <N>").argParser(wholeNumber);
export const EXCLUSIVE = new Option("--exclusive").default(false);

/** The values of options that every command has, or may have. */
export interface CommonValues {
  readonly journalMode?: "delete" | "wal" | undefined;
  readonly busyTimeoutMs?: number | undefined;
  readonly exclusive?: boolean | undefined;
  readonly backup?: BackupPolicy | undefined;
  readonly keepBackups?: number | undefined;
  readonly keepBackupsDays?: number | undefined;
  readonly keepBackupsBytes?: number | undefined;
  readonly maxPluginBytes?: number | undefined;
  readonly plugins?: string | undefined;
  readonly data?: string | undefined;
  readonly json: boolean;
  readonly by?: string | undefined;
  readonly nats?: string | undefined;
  readonly prefix?: string | undefined;
}
