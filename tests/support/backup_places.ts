// Places for backups that tests look into.

import type { BackupPlace } from "../../lib/backup/backup_place.ts";
import { DEFAULT_BACKUP_RULES } from "../../lib/backup/backup_rules.ts";
import { memoryBackups } from "../../lib/backup/storage_backups.ts";
import type { RunBackupOptions } from "../../lib/execution/run_backup.ts";
import { memoryStorage } from "../../lib/vfs/memory_storage.ts";

/** The options of a run that keeps its backup in `place`; by default in memory. */
export function runBackups(place: BackupPlace = memoryPlace()): RunBackupOptions {
  return { ...DEFAULT_BACKUP_RULES, place, tenant: null };
}

function memoryPlace(): BackupPlace {
  return memoryBackups(memoryStorage(), "/backups/p", "/p.sqlite3");
}
