// Reads migrations from `<plugins>/<plugin>/migrations/`. Runs where there is a file system.

import { codeOf } from "../outcome.ts";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSqlFile } from "../migration/file_name.ts";
import { MAX_FILE_BYTES } from "../migration/parse_migration.ts";
import { isPluginName } from "../message/plugin_name.ts";
import type { SourceFile } from "./collect_migrations.ts";
import { type FileSource, type PluginFiles, SourceUnavailable } from "./file_source.ts";

/** Makes a source of the plugins in a directory. Files are read again for every request. */
export function directorySource(pluginsDir: string): FileSource {
  return {
    plugins: () => listPlugins(pluginsDir),
    read: (plugin) => readPlugin(pluginsDir, plugin),
  };
}

async function listPlugins(pluginsDir: string): Promise<readonly string[]> {
  const names = (await readPluginsDirectory(pluginsDir)).filter(isPluginName).sort();
  const listings = await Promise.allSettled(
    names.map((name) => readdir(join(pluginsDir, name, "migrations"))),
  );
  return names.filter((_, index) => listings[index]?.status === "fulfilled");
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

async function readPlugin(pluginsDir: string, plugin: string): Promise<PluginFiles> {
  const directory = join(pluginsDir, plugin, "migrations");
  let files: readonly string[];
  try {
    files = await readdir(directory);
  } catch (error) {
    return { found: false, message: await whyNotFound(pluginsDir, plugin, error) };
  }
  const sources = files.filter(isSqlFile).map((file) => readSource(directory, file));
  return { found: true, files: await Promise.all(sources) };
}

async function readSource(directory: string, file: string): Promise<SourceFile> {
  try {
    const path = join(directory, file);
    // A read from a pipe or a device may never end.
    const found = await stat(path);
    if (!found.isFile()) {
      return { file, problem: found.isDirectory() ? "EISDIR" : "it is not a regular file" };
    }
    if (found.size > MAX_FILE_BYTES) return { file, sizeBytes: found.size };
    return { file, bytes: await readFile(path) };
  } catch (error) {
    return { file, problem: codeOf(error) };
  }
}

async function whyNotFound(pluginsDir: string, plugin: string, error: unknown): Promise<string> {
  const directory = join(pluginsDir, plugin, "migrations");
  const code = codeOf(error);
  if (code !== "ENOENT" && code !== "ENOTDIR") return `Cannot read ${directory}: ${code}`;
  try {
    await readPluginsDirectory(pluginsDir);
  } catch (unavailable) {
    if (unavailable instanceof SourceUnavailable) return unavailable.message;
    throw unavailable;
  }
  return `There is no plugin "${plugin}": no directory ${directory}`;
}
