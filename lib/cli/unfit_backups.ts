// What `backups --verify` means for its exit status. Pure.

import type { BackupEntry } from "../message/backup_reply.ts";

/** Whether a backup was read and has a problem; the bytes of an unreadable database are none. */
export function hasUnfitBackup(backups: readonly BackupEntry[]): boolean {
  return backups.some(({ state, problem }) =>
    (state === "restorable" || state === "unfit") && problem !== null
  );
}
