// Decides which backups may go, and removes them. Runs anywhere.

import type { Retention } from "./backup_rules.ts";
import { type BackupPlace, type KnownBackup, knownBackups } from "./backup_place.ts";
import { parseBackupName } from "./backup_record.ts";
import { StorageError } from "../vfs/storage.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The names of the backups that exceed a limit. `backups` are sorted, newest first. The newest one
 * and those in `inUse` stay, and so does every file whose name godwit has not given.
 */
export function expiredBackups(
  plugin: string,
  backups: readonly KnownBackup[],
  { count, days, bytes }: Retention,
  nowMs: number,
  inUse: ReadonlySet<string> = new Set(),
): readonly string[] {
  let sizeBytes = 0;
  return backups.filter(({ name }) => parseBackupName(plugin, name) !== null)
    .filter((backup, index) => {
      sizeBytes += backup.sizeBytes;
      const isOver = (count !== null && index >= count) ||
        (days !== null && nowMs - Date.parse(backup.at) > days * DAY_MS) ||
        (bytes !== null && sizeBytes > bytes);
      return isOver && index > 0 && !inUse.has(backup.name);
    })
    .map(({ name }) => name);
}

/**
 * Removes the backups that exceed a limit. To be called once the newest backup is certain to stay:
 * one that a failed run discards afterwards must not have replaced an older one.
 */
export async function removeExpired(
  place: Pick<BackupPlace, "list" | "remove">,
  plugin: string,
  retention: Retention,
  inUse: ReadonlySet<string>,
): Promise<void> {
  try {
    const backups = await knownBackups(place, plugin);
    for (const name of expiredBackups(plugin, backups, retention, Date.now(), inUse)) {
      await place.remove(name);
    }
  } catch (error) {
    // What cannot be removed does no harm, and the next backup tries again. The run must go on.
    if (!(error instanceof StorageError)) throw error;
  }
}
