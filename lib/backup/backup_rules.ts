// When backups are made, and how long they are kept. Plain data; runs anywhere.

import { DEFAULT_RETENTION, type Retention } from "./retention.ts";

/** When a run makes a backup: before it writes, before a step that may lose data, or never. */
export type BackupPolicy = "always" | "lossy" | "never";

/** The rules for the backups of every database. */
export interface BackupRules {
  readonly policy: BackupPolicy;
  readonly retention: Retention;
}

/** The rules unless options say otherwise. */
export const DEFAULT_BACKUP_RULES: BackupRules = {
  policy: "lossy",
  retention: DEFAULT_RETENTION,
};
