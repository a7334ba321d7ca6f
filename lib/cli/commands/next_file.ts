// Writes the next numbered file of a plugin.

import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatFileName, parseFileName } from "../../migration/file_name.ts";
import { codeOf, type Outcome } from "../../outcome.ts";

/** A file that was written. */
export interface WrittenFile {
  readonly path: string;
  readonly version: number;
}

/**
 * Writes a file; an existing one is never overwritten. `"next"` is the version after the newest
 * file, also where that does not parse.
 */
export async function writeMigration(
  pluginsDir: string,
  plugin: string,
  { version: wanted, name }: { readonly version: number | "next"; readonly name: string },
  text: string | ((version: number) => string),
): Promise<Outcome<WrittenFile, "unwritable">> {
  const directory = join(pluginsDir, plugin, "migrations");
  let path = directory;
  try {
    await mkdir(directory, { recursive: true });
    const version = wanted === "next" ? await newestIn(directory) + 1 : wanted;
    path = join(directory, formatFileName({ version, name }));
    await writeFile(path, typeof text === "string" ? text : text(version), { flag: "wx" });
    return { ok: true, value: { path, version } };
  } catch (error) {
    return { ok: false, code: "unwritable", message: `Cannot write ${path}: ${codeOf(error)}` };
  }
}

async function newestIn(directory: string): Promise<number> {
  const versions = (await readdir(directory)).map((file) => parseFileName(file)?.version ?? 0);
  return versions.reduce((newest, version) => Math.max(newest, version), 0);
}
