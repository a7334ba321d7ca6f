// Saves and deletes files of plugins in this browser. Runs in the browser.

import { reasonOf } from "../../outcome.ts";
import type { FileReport } from "../../browser/sandbox.ts";
import { MAX_SAVED_BYTES, type SavedFile } from "../../browser/owner/saved_files.ts";
import { isPluginName, PLUGIN_NAME_RULE } from "../../message/plugin_name.ts";
import { isSqlFile, parseFileName } from "../../migration/file_name.ts";
import { textChecksum } from "../../migration/text_checksum.ts";
import { type DroppedFile, isDatabaseFile, sortDrop } from "../model/dropped_files.ts";
import { count, describeSize, padVersion } from "../model/words.ts";
import { ask } from "./ask.ts";
import { goTo } from "./navigate.ts";
import { receiveDatabase } from "./open_database.ts";
import { statusOf, type Store } from "./store.ts";

// A dropped folder may contain anything.
const MOST_FILES = 5_000;
const MAX_DATABASE_BYTES = 512 * 1024 * 1024;

/** All files of a drop or an input, or why there are too many. */
type Brought =
  | { readonly ok: true; readonly files: readonly DroppedFile[] }
  | { readonly ok: false; readonly message: string };

/**
 * Saves files: those in the folder of a new plugin at once, others after a question: whether they
 * replace those of a plugin that is there, or which plugin loose ones belong to. Opens a database
 * that comes alone. Reports files that are missing or cannot be read.
 */
export async function receiveFiles(
  store: Store,
  reading: Promise<Brought>,
): Promise<void> {
  let brought: Brought;
  try {
    brought = await reading;
  } catch (error) {
    store.said.value = `The files cannot be read: ${reasonOf(error)}`;
    return;
  }
  if (!brought.ok) {
    store.said.value = brought.message;
    return;
  }
  const { plugins, loose, suggestion, databases, ignored } = sortDrop(brought.files);
  for (const [plugin, saved] of plugins) {
    if (await mayReplace(store, plugin, saved)) await saveFiles(store, plugin, saved);
  }
  const [database] = databases;
  if (database !== undefined && plugins.size + loose.length === 0) {
    await receiveDatabase(store, database, databases.length);
  } else if (loose.length > 0) {
    store.naming.value = { files: loose, suggestion: suggestion || firstFree(store) };
  } else if (plugins.size === 0) {
    store.said.value = `${nothingIn(ignored)}; drop .sql files, a folder that contains ` +
      `migrations/, or a SQLite database`;
  }
}

function nothingIn(ignored: number): string {
  if (ignored === 0) return "There is no file in it";
  return ignored === 1
    ? "The file is neither a .sql file nor a SQLite database"
    : `None of the ${ignored} files is a .sql file or a SQLite database`;
}

/** Asks before files take the place of those of a plugin that is there. */
async function mayReplace(
  store: Store,
  plugin: string,
  saved: readonly SavedFile[],
): Promise<boolean> {
  if (store.plugins.value?.some(({ name }) => name === plugin) !== true) return true;
  const applied = statusOf(store.statuses.value.get(plugin))?.applied_migrations ?? [];
  const brought = new Map(saved.map((each) => [parseFileName(each.file)?.version, each]));
  const points: string[] = [];
  for (const { version, name, checksum } of applied) {
    const file = brought.get(version);
    const same = file === undefined ? null : await textChecksum(file.bytes) === checksum;
    const words = same === null ? "is not among them" : "would have another text";
    if (same !== true) points.push(`${padVersion(version)} ${name} is applied and ${words}`);
  }
  return await ask(store, {
    title: `Replace the files of ${plugin}`,
    text: `There is a plugin ${plugin}. ${count(saved.length, "file")} would replace all of its ` +
      `files in this browser: ${saved.map(({ file }) => file).sort().join(", ")}.`,
    points,
    footnote: points.length === 0
      ? "The database stays as it is."
      : "The database stays as it is. No migration runs without the files as they were applied.",
    confirm: "Replace files",
  });
}

/** Saves loose files to a plugin. Returns what is wrong with its name, or `null`. */
export async function nameFiles(store: Store, plugin: string): Promise<string | null> {
  const naming = store.naming.value;
  if (naming === null) return null;
  if (!isPluginName(plugin)) return `Choose another name: ${PLUGIN_NAME_RULE}`;
  store.naming.value = null;
  await saveFiles(store, plugin, naming.files);
  return null;
}

/** Saves files to a plugin and shows it. Returns whether they were saved. */
export async function saveFiles(
  store: Store,
  plugin: string,
  files: readonly SavedFile[],
): Promise<boolean> {
  const saved = await store.sandbox.value?.saveFiles(plugin, files);
  if (saved === undefined) return false;
  store.said.value = saved.ok ? `Saved ${count(files.length, "file")} to ${plugin}` : saved.message;
  if (saved.ok) goTo(store, { plugin, view: "migrations" });
  return saved.ok;
}

/**
 * Saves a file to a plugin, beside the plugin's other files or in place of the one of its name.
 * Returns whether it was saved.
 */
export async function addFile(
  store: Store,
  plugin: string,
  { file, text }: { readonly file: string; readonly text: string },
): Promise<boolean> {
  if (store.reports.value.get(plugin)?.ok !== true) {
    // Saved alone, it would replace all files of the plugin.
    store.said.value = `The files of ${plugin} have not been read yet; wait a moment and try again`;
    return false;
  }
  const others = filesOf(store, plugin).filter((each) => each.file !== file);
  const unreadable = others.find((each) => each.text === null);
  if (unreadable !== undefined) {
    store.said.value = `${unreadable.file} cannot be copied, because it is not text; drop the ` +
      `files of ${plugin} onto the page together`;
    return false;
  }
  const encoder = new TextEncoder();
  const files = [...others, { file, text }];
  return await saveFiles(
    store,
    plugin,
    files.map((each) => ({ file: each.file, bytes: encoder.encode(each.text ?? "") })),
  );
}

/** The files of a plugin; none until they are read. */
export function filesOf(store: Store, plugin: string): readonly FileReport[] {
  const report = store.reports.peek().get(plugin);
  return report?.ok === true ? report.value.files : [];
}

/** Deletes the files saved for a plugin, after confirmation. */
export async function deleteFiles(store: Store, plugin: string): Promise<void> {
  const isAgreed = await ask(store, {
    title: `Delete the saved files of ${plugin}`,
    text: "The files saved for this plugin are deleted from this browser. Its database stays. " +
      "Files of the deployment for this plugin apply again.",
    points: [],
    footnote: null,
    confirm: "Delete files",
  });
  if (!isAgreed) return;
  const deleted = await store.sandbox.value?.deleteFiles(plugin);
  if (deleted === undefined) return;
  store.said.value = deleted.ok ? `Deleted the saved files of ${plugin}` : deleted.message;
}

/** Reads the files of a drop, with folders. */
export async function filesOfDrop(transfer: DataTransfer): Promise<Brought> {
  // All at once, because the items are empty after the first await.
  const items = [...transfer.items].filter(({ kind }) => kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: FoundFile[] = [];
  for (const { entry, file } of items) {
    if (entry !== null) await collect(entry, found);
    else if (file !== null) found.push({ path: file.name, open: () => Promise.resolve(file) });
  }
  return await read(found);
}

/** Reads the files of an input. */
export async function filesOfInput(files: Iterable<File>): Promise<Brought> {
  // A copy, because the input is emptied in the meantime.
  return await read([...files].map((file) => ({
    path: file.webkitRelativePath || file.name,
    open: () => Promise.resolve(file),
  })));
}

/** A file that has not been read yet. */
interface FoundFile {
  readonly path: string;
  open(): Promise<File>;
}

async function collect(entry: FileSystemEntry, found: FoundFile[]): Promise<void> {
  if (found.length > MOST_FILES) return;
  if (isFile(entry)) {
    found.push({
      path: entry.fullPath,
      open: () => new Promise((resolve, reject) => entry.file(resolve, reject)),
    });
  } else if (isDirectory(entry)) {
    const reader = entry.createReader();
    while (true) {
      // A reader returns up to a hundred entries at a time, and none at the end.
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject)
      );
      if (batch.length === 0) return;
      for (const each of batch) await collect(each, found);
    }
  }
}

/** Reads the SQL files and databases, all or none: a part of a plugin's files would be a different plugin. */
async function read(found: readonly FoundFile[]): Promise<Brought> {
  const files: DroppedFile[] = [];
  let sizeBytes = 0;
  for (const { path, open } of found) {
    const isDatabase = isDatabaseFile(path);
    const file = isSqlFile(path) || isDatabase ? await open() : null;
    if (isDatabase && file !== null && file.size > MAX_DATABASE_BYTES) {
      const most = `${path} has ${describeSize(file.size)}; the most is ` +
        `${describeSize(MAX_DATABASE_BYTES)}, because a database is imported in memory`;
      return { ok: false, message: most };
    }
    sizeBytes += isDatabase ? 0 : file?.size ?? 0;
    if (files.length >= MOST_FILES || sizeBytes > MAX_SAVED_BYTES) {
      const most = `${MOST_FILES} files, or ${describeSize(MAX_SAVED_BYTES)} of SQL`;
      return { ok: false, message: `There are more than ${most}; drop the folder of one plugin` };
    }
    const bytes = file === null ? new Uint8Array() : new Uint8Array(await file.arrayBuffer());
    files.push({ path, bytes });
  }
  return { ok: true, files };
}

// Not every browser has the classes of entries as globals, so do not use instanceof.
function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function firstFree(store: Store): string {
  const taken = new Set(store.plugins.value?.map(({ name }) => name));
  return taken.has("my-plugin") ? "" : "my-plugin";
}
