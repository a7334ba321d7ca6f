// When backups are made, and how long they are kept. Plain data; runs anywhere.

/** When a run makes a backup: before it writes, before a step that may lose data, or never. */
export type BackupPolicy = "always" | "lossy" | "never";

/** How long backups are kept. One that exceeds any limit is removed; `null` is no limit. */
export interface Retention {
  /** How many of a database. */
  readonly count: number | null;
  readonly days: number | null;
  /** Of all backups of a database together; the oldest are removed. */
  readonly bytes: number | null;
}

/** The rules for the backups of every database. */
export interface BackupRules {
  readonly policy: BackupPolicy;
  readonly retention: Retention;
}

/** The rules unless options say otherwise: 30 are kept of each database, however old and large. */
export const DEFAULT_BACKUP_RULES: BackupRules = {
  policy: "lossy",
  retention: { count: 30, days: null, bytes: null },
};
