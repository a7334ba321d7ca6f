// Reads migrations from `<plugins>/<plugin>/migrations/`, and the statements of a plugin's code from
// `queries/` beside it. Runs where there is a file system.

import { fileState } from "../file_state.ts";
import { codeOf } from "../outcome.ts";
import { constants, type Dirent, lstatSync, readdirSync, realpathSync } from "node:fs";
import { open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import pMap from "p-map";
import { isSqlFile } from "../migration/file_name.ts";
import { MAX_FILE_BYTES } from "../migration/parse_migration.ts";
import { QUERIES_FOLDER } from "../migration/query_file.ts";
import { isPluginName, whyNoPlugin } from "../message/plugin_name.ts";
import { type FileSource, type PluginFiles, SourceUnavailable } from "./file_source.ts";
import type { SourceFile, UnreadFile } from "./source_file.ts";

/**
 * Makes a source of the plugins in a directory. Files are read again for every request. The
 * directory is the operator's, who may put links to the folders of plugins into it. What is in a
 * plugin's folder is the plugin's: a link there that leads out of the folder is not followed.
 */
export function directorySource(pluginsDir: string): FileSource {
  return {
    plugins: () => listPlugins(pluginsDir),
    list: (plugin) => listFiles(pluginsDir, plugin),
    schemaOf: (plugin) => readSchemaFile(pluginsDir, plugin),
    stateOf: (plugin) => stateOf(pluginsDir, plugin),
  };
}

// A process may open about a thousand files at a time.
const CONCURRENCY = 16;

const LEADS_OUT = "it is a symbolic link that leads out of the plugin's folder";

const SCHEMA_FILE = "schema.sql";

// Looking at a file takes some ten microseconds, in which nothing else is answered.
const MAX_STATED_FILES = 500;

// Missing on Windows, where a link to a file needs a privilege, and a pipe is no file.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

async function listPlugins(pluginsDir: string): Promise<readonly string[]> {
  const names = (await readPluginsDirectory(pluginsDir)).filter(isPluginName).sort();
  const found = await pMap(names, async (name) => {
    try {
      return (await openFolder(pluginsDir, name)).ok;
    } catch {
      return false;
    }
  }, { concurrency: CONCURRENCY });
  return names.filter((_, index) => found[index]);
}

/** What is in the directory and looks like a plugin, but is none of these `plugins`, and why. */
export async function leftOutPlugins(
  pluginsDir: string,
  plugins: readonly string[],
): Promise<readonly { readonly name: string; readonly why: string }[]> {
  const names = await readPluginsDirectory(pluginsDir);
  const others = names.filter((name) => !plugins.includes(name)).sort();
  const reasons = await pMap(others, async (name) => {
    if (!hasMigrations(join(pluginsDir, name))) return [];
    if (!isPluginName(name)) return [{ name, why: whyNoPlugin(name) }];
    const listed = await listFiles(pluginsDir, name);
    return listed.found ? [] : [{ name, why: listed.message }];
  }, { concurrency: CONCURRENCY });
  return reasons.flat();
}

function hasMigrations(path: string): boolean {
  try {
    return isThere(join(path, "migrations"));
  } catch {
    // It is a file, or it may not be looked into.
    return false;
  }
}

async function readPluginsDirectory(pluginsDir: string): Promise<readonly string[]> {
  try {
    return await readdir(pluginsDir);
  } catch (error) {
    throw new SourceUnavailable(
      `Cannot read the plugins directory ${pluginsDir}: ${codeOf(error)}; ` +
        `name another with --plugins or GODWIT_PLUGINS`,
    );
  }
}

/** A plugin's folder and what is in its folder `migrations`; both paths are without links. */
type Folder =
  | {
    readonly ok: true;
    readonly path: string;
    readonly migrations: string;
    readonly entries: readonly Dirent[];
  }
  | { readonly ok: false; readonly problem: string };

async function openFolder(pluginsDir: string, plugin: string): Promise<Folder> {
  const path = await realpath(join(pluginsDir, plugin));
  const migrations = await migrationsIn(path);
  // A new plugin begins with its schema.sql alone.
  if (migrations === null) return { ok: true, path, migrations: path, entries: [] };
  if (!isIn(path, migrations)) return { ok: false, problem: LEADS_OUT };
  const entries = await readdir(migrations, { withFileTypes: true });
  return { ok: true, path, migrations, entries };
}

async function migrationsIn(path: string): Promise<string | null> {
  try {
    return await realpath(join(path, "migrations"));
  } catch (error) {
    if (codeOf(error) === "ENOENT" && await schemaEntry(path) !== null) return null;
    throw error;
  }
}

async function schemaEntry(path: string): Promise<Dirent | null> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries.find(({ name }) => name === SCHEMA_FILE) ?? null;
}

async function readSchemaFile(pluginsDir: string, plugin: string): Promise<SourceFile | null> {
  try {
    const path = await realpath(join(pluginsDir, plugin));
    const entry = await schemaEntry(path);
    return entry === null ? null : await readFile(path, path, entry);
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" || code === "ENOTDIR" ? null : { file: SCHEMA_FILE, problem: code };
  }
}

async function listFiles(pluginsDir: string, plugin: string): Promise<PluginFiles> {
  let folder: Folder;
  try {
    folder = await openFolder(pluginsDir, plugin);
  } catch (error) {
    return await whyNotFound(pluginsDir, plugin, error);
  }
  if (!folder.ok) {
    const directory = join(pluginsDir, plugin, "migrations");
    return unavailable(`Cannot read ${directory}: ${folder.problem}`);
  }
  const { path, migrations, entries } = folder;
  const files = filesIn(path, migrations, entries);
  const queries = await listQueries(path);
  return queries.length === 0 ? { found: true, files } : { found: true, files, queries };
}

function filesIn(
  folder: string,
  directory: string,
  entries: readonly Dirent[],
): readonly UnreadFile[] {
  return entries.filter(({ name }) => isSqlFile(name)).map((entry) => ({
    file: entry.name,
    read: () => readFile(folder, directory, entry),
  })).sort((one, other) => one.file < other.file ? -1 : 1);
}

async function listQueries(folder: string): Promise<readonly UnreadFile[]> {
  const unread = (problem: string): readonly UnreadFile[] => {
    const file = `${QUERIES_FOLDER}/`;
    return [{ file, read: () => Promise.resolve({ file, problem }) }];
  };
  const named = join(folder, QUERIES_FOLDER);
  try {
    if (!isThere(named)) return [];
    const directory = await realpath(named);
    if (!isIn(folder, directory)) return unread(LEADS_OUT);
    const entries = await readdir(directory, { withFileTypes: true });
    return filesIn(folder, directory, entries).map(({ file: name, read }) => {
      const file = `${QUERIES_FOLDER}/${name}`;
      return { file, read: async () => ({ ...await read(), file }) };
    });
  } catch (error) {
    return unread(codeOf(error));
  }
}

// Most plugins have no such folder, and an exception costs more than all the rest.
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

// The folder of the plugin may be a link, and then to another folder than before.
function stateOf(pluginsDir: string, plugin: string): string | null {
  try {
    const path = realpathSync(join(pluginsDir, plugin));
    const migrations = join(path, "migrations");
    const queries = join(path, QUERIES_FOLDER);
    const paths = [
      migrations,
      ...sqlFilesIn(migrations, readdirSync(migrations)),
      ...isThere(queries) ? [queries, ...sqlFilesIn(queries, readdirSync(queries))] : [],
    ];
    if (paths.length > MAX_STATED_FILES) return null;
    const state = fileState(paths);
    return state === null ? null : `${migrations} ${paths.length} ${state}`;
  } catch {
    // Reading the files says why they cannot be read.
    return null;
  }
}

function sqlFilesIn(directory: string, names: readonly string[]): readonly string[] {
  return names.filter(isSqlFile).map((name) => join(directory, name));
}

async function readFile(folder: string, migrations: string, entry: Dirent): Promise<SourceFile> {
  const file = entry.name;
  try {
    const named = join(migrations, file);
    const path = entry.isSymbolicLink() ? await realpath(named) : named;
    if (!isIn(folder, path)) return { file, problem: LEADS_OUT };
    // A file that became a link meanwhile is not followed. Opening a pipe for reading waits for a
    // writer, unless it must not block.
    await using handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const found = await handle.stat();
    // A read from a pipe or a device may never end.
    if (!found.isFile()) {
      return { file, problem: found.isDirectory() ? "EISDIR" : "it is not a regular file" };
    }
    if (found.size > MAX_FILE_BYTES) return { file, sizeBytes: found.size };
    const bytes = new Uint8Array(found.size);
    let done = 0;
    for (let count = -1; count !== 0 && done < bytes.length; done += count) {
      count = (await handle.read(bytes, done, bytes.length - done, done)).bytesRead;
    }
    return { file, bytes: done === bytes.length ? bytes : bytes.slice(0, done) };
  } catch (error) {
    return { file, problem: codeOf(error) };
  }
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function whyNotFound(
  pluginsDir: string,
  plugin: string,
  error: unknown,
): Promise<PluginFiles> {
  const directory = join(pluginsDir, plugin, "migrations");
  const code = codeOf(error);
  if (code !== "ENOENT" && code !== "ENOTDIR") {
    return unavailable(`Cannot read ${directory}: ${code}`);
  }
  try {
    await readPluginsDirectory(pluginsDir);
  } catch (refused) {
    if (refused instanceof SourceUnavailable) return unavailable(refused.message);
    throw refused;
  }
  const message = `There is no plugin "${plugin}": no directory ${directory}`;
  return { found: false, reason: "unknown", message };
}

function unavailable(message: string): PluginFiles {
  return { found: false, reason: "unavailable", message };
}
