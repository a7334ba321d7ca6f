// Exports and imports a plugin's database, and deletes backups. Runs in the browser.

import { describeSize } from "../model/words.ts";
import { ask } from "./ask.ts";
import { refreshBrowsing } from "./browse.ts";
import { download } from "./download.ts";
import type { Store } from "./store.ts";

/** Downloads the database or a backup. */
export async function exportDatabase(
  store: Store,
  plugin: string,
  backup?: string,
): Promise<void> {
  const exported = await store.sandbox.value?.exportDatabase(plugin, backup);
  if (exported === undefined) return;
  if (!exported.ok) {
    store.said.value = exported.message;
    return;
  }
  if (exported.value === null) {
    store.said.value = backup === undefined
      ? `${plugin} has no database yet; apply a migration first`
      : `There is no backup ${backup}`;
    return;
  }
  const file = backup ?? `${plugin}.sqlite3`;
  download(file, exported.value, "application/vnd.sqlite3");
  store.said.value = `Exported ${file}, ${describeSize(exported.value.length)}`;
}

/** Deletes a backup, after confirmation. */
export async function deleteBackup(store: Store, plugin: string, backup: string): Promise<void> {
  const isAgreed = await ask(store, {
    title: "Delete a backup",
    text: `${backup} is deleted from this browser. There is no other copy of it.`,
    points: [],
    footnote: null,
    confirm: "Delete backup",
  });
  if (!isAgreed) return;
  const deleted = await store.sandbox.value?.deleteBackup(plugin, backup);
  if (deleted === undefined) return;
  store.said.value = deleted.ok ? `Deleted ${backup}` : deleted.message;
  await refreshBrowsing(store);
}

/** Replaces the database by a file, after confirmation. */
export async function importDatabase(store: Store, plugin: string, file: File): Promise<void> {
  const isAgreed = await ask(store, {
    title: `Replace the database of ${plugin}`,
    text: `${file.name} (${describeSize(file.size)}) replaces the database in one transaction.`,
    points: [],
    footnote: "The present database is backed up first.",
    confirm: "Replace database",
  });
  if (!isAgreed) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const imported = await store.sandbox.value?.importDatabase(plugin, bytes);
  if (imported === undefined) return;
  store.said.value = imported.ok ? `Imported ${file.name}` : imported.message;
}
