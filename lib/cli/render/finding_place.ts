// Where a finding is, as a path from the directory in which the command runs. Runs in Deno.

import { isAbsolute, join, relative } from "node:path";

/** The path of a plugin's file that a finding names. */
export type PathOf = (plugin: string, file: string) => string;

/**
 * Paths from `from`, which is the root of the repository in a pipeline; with slashes on every
 * system. A file outside of it keeps its whole path.
 */
export function pathsFrom(from: string, pluginsDir: string): PathOf {
  return (plugin, file) => {
    // Statements of code, and schema.sql, are beside the folder of migrations.
    const folder = file.includes("/") || file === "schema.sql" ? "" : "migrations";
    const path = relative(from, join(pluginsDir, plugin, folder, file));
    const shown = path.startsWith("..") || isAbsolute(path)
      ? join(pluginsDir, plugin, folder, file)
      : path;
    return shown.replaceAll("\\", "/");
  };
}
