// Files saved in the browser's private file system (OPFS), by its asynchronous interface. For
// browsers.
//
// Below its directory, a plugin `quotes` looks like this:
//
//   quotes/7/migrations/001_create_quotes.sql   generation 7, and every file of it
//   quotes/7/complete                           an empty file
//
// Invariant: a generation is read only if it has its `complete`, which is created last and removed
// first. Nothing is written into a generation that has one. So a read returns all files of one
// save(), even if another save() or a delete() was interrupted. Of two complete generations the
// higher one is read; the lower one was about to be removed.

import type { PluginFiles } from "../../source/file_source.ts";
import type { SourceFile, UnreadFile } from "../../source/source_file.ts";
import { isPluginName } from "../../message/plugin_name.ts";
import { type Outcome, reasonOf } from "../../outcome.ts";
import type { DirectoryHandle, FileHandle } from "./directory_handle.ts";
import { noneSaved, type SavedFile, type SavedSource, whyNotSaved } from "./saved_files.ts";

const COMPLETE = "complete";
const MIGRATIONS = "migrations";

/**
 * Makes a source of the files saved below a directory, which only one tab at a time may use. Calls
 * are queued.
 *
 * It rests on https://fs.spec.whatwg.org: close() of a writable replaces the content of a file
 * atomically, and an entry is removed atomically.
 */
export function savedSource(root: DirectoryHandle): SavedSource {
  let queue: Promise<unknown> = Promise.resolve();
  // A save() removes the generation that a concurrent read would be reading.
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const result = queue.then(act);
    queue = result.catch(() => {});
    return result;
  };
  return {
    plugins: () => inTurn(() => listPlugins(root)),
    list: (plugin) => inTurn(() => listFiles(root, plugin)),
    pageOf: () => Promise.resolve(null),
    save(plugin, files) {
      const problem = whyNotSaved(plugin, files);
      if (problem !== null) {
        return Promise.resolve({ ok: false, code: "not-saved", message: problem });
      }
      const what = `Cannot save the files of "${plugin}"`;
      return inTurn(() => outcomeOf(what, () => saveFiles(root, plugin, files)));
    },
    delete: (plugin) =>
      inTurn(() =>
        outcomeOf(`Cannot delete the files of "${plugin}"`, () => deleteFiles(root, plugin))
      ),
  };
}

async function listPlugins(root: DirectoryHandle): Promise<readonly string[]> {
  const names: string[] = [];
  for (const [name, entry] of await entriesOf(root)) {
    if (!isPluginName(name) || entry.kind !== "directory") continue;
    if (await newestComplete(entry) !== null) names.push(name);
  }
  return names.sort();
}

async function listFiles(root: DirectoryHandle, plugin: string): Promise<PluginFiles> {
  try {
    return await listNewest(root, plugin);
  } catch (error) {
    const message = `Cannot read the files saved for "${plugin}": ${storageReason(error)}`;
    return { found: false, reason: "unavailable", message };
  }
}

async function listNewest(root: DirectoryHandle, plugin: string): Promise<PluginFiles> {
  const directory = isPluginName(plugin) ? await directoryIn(root, plugin) : null;
  const generation = directory === null ? null : await newestComplete(directory);
  const migrations = generation === null ? null : await directoryIn(generation, MIGRATIONS);
  if (migrations === null) {
    return { found: false, reason: "unknown", message: noneSaved(plugin) };
  }
  const files: UnreadFile[] = [];
  for (const [file, entry] of await entriesOf(migrations)) {
    if (entry.kind !== "file") continue;
    // Read in turn with save(), which removes them.
    const source = await readFile(file, entry);
    files.push({ file, read: () => Promise.resolve(structuredClone(source)) });
  }
  files.sort((one, other) => one.file < other.file ? -1 : 1);
  return { found: true, files };
}

async function readFile(file: string, handle: FileHandle): Promise<SourceFile> {
  try {
    return { file, bytes: new Uint8Array(await (await handle.getFile()).arrayBuffer()) };
  } catch (error) {
    return { file, problem: storageReason(error) };
  }
}

async function saveFiles(
  root: DirectoryHandle,
  plugin: string,
  files: readonly SavedFile[],
): Promise<void> {
  const directory = await root.getDirectoryHandle(plugin, { create: true });
  const present = await generationsOf(directory);
  const next = (present.at(-1)?.number ?? 0) + 1;
  const generation = await directory.getDirectoryHandle(String(next), { create: true });
  try {
    const migrations = await generation.getDirectoryHandle(MIGRATIONS, { create: true });
    for (const { file, bytes } of files) await writeFile(migrations, file, bytes);
    await generation.getFileHandle(COMPLETE, { create: true });
  } catch (error) {
    // If this fails too, the rest has no `complete`, and the next save() removes it.
    await directory.removeEntry(String(next), { recursive: true }).catch(() => {});
    throw error;
  }
  // The files are saved. The next save() removes what cannot be removed now.
  await removeGenerations(directory, present).catch(() => {});
}

async function deleteFiles(root: DirectoryHandle, plugin: string): Promise<void> {
  const directory = isPluginName(plugin) ? await directoryIn(root, plugin) : null;
  if (directory === null) return;
  await removeGenerations(directory, await generationsOf(directory));
  await root.removeEntry(plugin, { recursive: true });
}

/** Removes generations, oldest first. The other order could make an older one the newest. */
async function removeGenerations(
  directory: DirectoryHandle,
  generations: readonly Generation[],
): Promise<void> {
  for (const { number, handle } of generations) {
    await removeIfThere(handle, COMPLETE);
    await directory.removeEntry(String(number), { recursive: true });
  }
}

/** A generation, complete or not. */
interface Generation {
  readonly number: number;
  readonly handle: DirectoryHandle;
}

/** Every generation, ascending. */
async function generationsOf(
  directory: DirectoryHandle,
): Promise<readonly Generation[]> {
  const generations: Generation[] = [];
  for (const [name, handle] of await entriesOf(directory)) {
    if (handle.kind === "directory" && /^[1-9]\d{0,14}$/.test(name)) {
      generations.push({ number: Number(name), handle });
    }
  }
  return generations.sort((one, other) => one.number - other.number);
}

async function newestComplete(
  directory: DirectoryHandle,
): Promise<DirectoryHandle | null> {
  for (const { handle } of (await generationsOf(directory)).toReversed()) {
    if (await isThere(handle, COMPLETE)) return handle;
  }
  return null;
}

/** Reads all entries before anything is changed. */
async function entriesOf(
  directory: DirectoryHandle,
): Promise<readonly (readonly [string, FileHandle | DirectoryHandle])[]> {
  const entries: [string, FileHandle | DirectoryHandle][] = [];
  for await (const entry of directory.entries()) entries.push(entry);
  return entries;
}

async function writeFile(
  directory: DirectoryHandle,
  file: string,
  bytes: Uint8Array,
): Promise<void> {
  const handle = await directory.getFileHandle(file, { create: true });
  const writable = await handle.createWritable();
  // A copy, because the interface accepts no shared memory.
  await writable.write(bytes.slice());
  await writable.close();
}

async function directoryIn(
  parent: DirectoryHandle,
  name: string,
): Promise<DirectoryHandle | null> {
  return await orNull(() => parent.getDirectoryHandle(name));
}

async function isThere(directory: DirectoryHandle, file: string): Promise<boolean> {
  return await orNull(() => directory.getFileHandle(file)) !== null;
}

async function removeIfThere(directory: DirectoryHandle, file: string): Promise<void> {
  await orNull(() => directory.removeEntry(file));
}

async function orNull<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find();
  } catch (error) {
    if (nameOf(error) === "NotFoundError") return null;
    throw error;
  }
}

async function outcomeOf(what: string, act: () => Promise<void>): Promise<Outcome<void>> {
  try {
    return { ok: true, value: await act() };
  } catch (error) {
    return { ok: false, code: "unavailable", message: `${what}: ${storageReason(error)}` };
  }
}

function storageReason(error: unknown): string {
  if (nameOf(error) === "QuotaExceededError") {
    return "the browser gives this page no more space; delete files or databases stored here";
  }
  return reasonOf(error);
}

// A DOMException is not an Error in every runtime.
function nameOf(error: unknown): string | null {
  return typeof error === "object" && error !== null && "name" in error ? String(error.name) : null;
}
