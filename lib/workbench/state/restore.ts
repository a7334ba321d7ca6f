// Makes and restores backups. Runs in the browser.

import type { WantedRestore } from "../model/run_outcome.ts";
import { describeRestore } from "../model/backup_words.ts";
import { ask } from "./ask.ts";
import { refreshBrowsing } from "./browse.ts";
import { request } from "./request.ts";
import { whileBusy } from "./run.ts";
import type { Store } from "./store.ts";

/** Restores a backup, after a dry run that says what changes, and a confirmation. */
export async function restoreBackup(
  store: Store,
  plugin: string,
  restore: WantedRestore,
): Promise<void> {
  await whileBusy(store, plugin, async () => {
    const { backup } = restore;
    const fields = { backup, applied_by: "sandbox" };
    const tried = await request(store, "restore", plugin, { ...fields, dry_run: true });
    if (!tried.success) return { kind: "restore", reply: tried };
    const isAgreed = await ask(store, {
      title: restore.title,
      text: `${backup} replaces the database of ${plugin}.${
        whyEarlier(restore, tried.current_version)
      }`,
      points: describeRestore(tried),
      footnote: "The present database is kept as a backup, so that this can be undone.",
      confirm: "Restore this backup",
    });
    if (!isAgreed) return null;
    return { kind: "restore", reply: await request(store, "restore", plugin, fields) };
  });
}

/** Makes a backup now. */
export async function makeBackup(store: Store, plugin: string): Promise<void> {
  const reply = await request(store, "backup", plugin, { applied_by: "sandbox" });
  store.said.value = reply.success ? `Made the backup ${reply.backup}` : reply.message;
  await refreshBrowsing(store);
}

// A run makes its backup before its first migration that may lose data.
function whyEarlier({ version }: WantedRestore, restored: number): string {
  return version === null || version === restored
    ? ""
    : ` The run made it at version ${restored}, before the first migration that may lose data.`;
}
