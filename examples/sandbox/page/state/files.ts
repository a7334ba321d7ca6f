// Keeps and forgets files that were brought to the page. Runs in the browser.

import { isPluginName, PLUGIN_NAME_RULE } from "../../../../lib/message/plugin_name.ts";
import { type DroppedFile, type KeptFile, sortDrop } from "../model/dropped_files.ts";
import { count } from "../model/words.ts";
import { ask } from "./ask.ts";
import { goTo } from "./navigate.ts";
import type { Store } from "./store.ts";

// A folder of somebody's disk may hold anything.
const MOST_FILES = 2_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** What may still be read. */
interface Budget {
  files: number;
  bytes: number;
}

/**
 * Takes files in: those of a plugin's folder at once, loose ones after their plugin is named. Files
 * that are gone, or that may not be read, are said to be so.
 */
export async function receiveFiles(
  store: Store,
  reading: Promise<readonly DroppedFile[]>,
): Promise<void> {
  let files: readonly DroppedFile[];
  try {
    files = await reading;
  } catch (error) {
    store.said.value = `The files cannot be read: ${
      error instanceof Error ? error.message : String(error)
    }`;
    return;
  }
  const { plugins, loose, suggestion, ignored } = sortDrop(files);
  for (const [plugin, kept] of plugins) await keepFiles(store, plugin, kept);
  if (loose.length > 0) {
    store.naming.value = { files: loose, suggestion: suggestion || firstFree(store) };
  } else if (plugins.size === 0) {
    store.said.value = ignored === 0
      ? "There was no file in it; drop .sql files, or a folder that holds migrations/"
      : `There was no .sql file among ${count(ignored, "file")}`;
  }
}

/** Keeps loose files under a name; says what is wrong with the name, or `null`. */
export async function nameFiles(store: Store, plugin: string): Promise<string | null> {
  const naming = store.naming.value;
  if (naming === null) return null;
  if (!isPluginName(plugin)) return `Choose another name: ${PLUGIN_NAME_RULE}`;
  store.naming.value = null;
  await keepFiles(store, plugin, naming.files);
  return null;
}

/** Keeps files as a plugin's and goes there. */
export async function keepFiles(
  store: Store,
  plugin: string,
  files: readonly KeptFile[],
): Promise<void> {
  const kept = await store.sandbox.value?.keepFiles(plugin, files);
  if (kept === undefined) return;
  if (!kept.ok) {
    store.said.value = kept.message;
    return;
  }
  store.said.value = `Kept ${count(files.length, "file")} as ${plugin}`;
  goTo(store, { plugin, view: "migrations" });
}

/** Forgets the files that were kept for a plugin, once somebody has agreed. */
export async function forgetFiles(store: Store, plugin: string): Promise<void> {
  const isAgreed = await ask(store, {
    title: `Forget the files of ${plugin}`,
    text:
      "The files that were dropped for this plugin are removed from the browser. Its database " +
      "stays, and so do files that the deployment brings under this name.",
    points: [],
    footnote: null,
    confirm: "Forget files",
  });
  if (!isAgreed) return;
  const forgotten = await store.sandbox.value?.forgetFiles(plugin);
  if (forgotten === undefined) return;
  store.said.value = forgotten.ok ? `Forgot the files of ${plugin}` : forgotten.message;
}

/** Reads what a drop carries, folders included. */
export async function filesOfDrop(transfer: DataTransfer): Promise<readonly DroppedFile[]> {
  // All at once: the items are gone after the first wait.
  const items = [...transfer.items].filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: DroppedFile[] = [];
  const budget = { files: MOST_FILES, bytes: MOST_BYTES };
  for (const { entry, file } of items) {
    if (entry !== null) await collect(entry, found, budget);
    else if (file !== null) await take(file, file.name, found, budget);
  }
  return found;
}

/** Reads what a file input carries. */
export async function filesOfInput(files: FileList): Promise<readonly DroppedFile[]> {
  const found: DroppedFile[] = [];
  const budget = { files: MOST_FILES, bytes: MOST_BYTES };
  // A copy, for the input is emptied meanwhile.
  for (const file of [...files]) {
    await take(file, file.webkitRelativePath || file.name, found, budget);
  }
  return found;
}

async function collect(
  entry: FileSystemEntry,
  found: DroppedFile[],
  budget: Budget,
): Promise<void> {
  if (budget.files <= 0) return;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    await take(file, entry.fullPath, found, budget);
  } else if (isDirectory(entry)) {
    const reader = entry.createReader();
    while (true) {
      // A reader yields a hundred entries at a time, and none at the end.
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject)
      );
      if (batch.length === 0) return;
      for (const each of batch) await collect(each, found, budget);
    }
  }
}

// Not every browser has the classes of entries as globals.
function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

async function take(
  file: File,
  path: string,
  found: DroppedFile[],
  budget: Budget,
): Promise<void> {
  budget.files -= 1;
  budget.bytes -= file.size;
  if (budget.files >= 0 && budget.bytes >= 0) found.push({ path, bytes: await bytesOf(file) });
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}

function firstFree(store: Store): string {
  const taken = new Set(store.plugins.value?.map(({ name }) => name));
  return taken.has("my-plugin") ? "" : "my-plugin";
}
