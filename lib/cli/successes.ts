// What a reply that succeeded means for the exit status. Pure.

import type { BackupEntry } from "../message/backup_reply.ts";
import type { RolloutReply } from "../message/rollout.ts";

/** Whether a backup was read and has a problem; the bytes of an unreadable database are none. */
export function hasUnfitBackup(backups: readonly BackupEntry[]): boolean {
  return backups.some(({ state, problem }) =>
    (state === "restorable" || state === "unfit") && problem !== null
  );
}

/** Whether a rollout came to its end without a failure. */
export function isComplete({ failed, halted }: Pick<RolloutReply, "failed" | "halted">): boolean {
  return failed.length === 0 && halted === null;
}
