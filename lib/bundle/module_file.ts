// The modules that bundling writes: whole, and never in place of what somebody else made. For Deno.

import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isMadeByGodwit } from "./made_by_godwit.ts";

/** A module, and where it goes. */
export interface ModuleFile {
  readonly path: string;
  readonly text: string;
}

/** What a module weighs, as it is and on its way. */
export interface ModuleSize {
  readonly bytes: number;
  readonly gzip_bytes: number;
}

/** Writes a plugin's modules or, where one may not be replaced, none; returns why, `null` where it did. */
export async function writeModules(
  { page, bundle }: { readonly page: ModuleFile | null; readonly bundle: ModuleFile },
  overwrite: boolean,
): Promise<string | null> {
  const modules = page === null ? [bundle] : [page, bundle];
  for (const { path } of modules) {
    const problem = overwrite ? null : await whyNotReplaced(path);
    if (problem !== null) return problem;
  }
  for (const module of modules) {
    const problem = await writeModule(module);
    if (problem !== null) return problem;
  }
  return null;
}

/** Weighs a module. */
export async function sizeOf({ text }: ModuleFile): Promise<ModuleSize> {
  const bytes = new Blob([text]);
  const gzipped = bytes.stream().pipeThrough(new CompressionStream("gzip"));
  return { bytes: bytes.size, gzip_bytes: (await new Response(gzipped).bytes()).length };
}

/** Says whether there is anything at a path. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(reasonOf(error))) return false;
    throw error;
  }
}

/** Says why a path must be left as it is, and the way out; `null` where nothing is lost. */
async function whyNotReplaced(path: string): Promise<string | null> {
  try {
    if (!await isThere(path) || isMadeByGodwit(await readFile(path, "utf8"))) return null;
  } catch (error) {
    return `Cannot replace ${path}: ${reasonOf(error)}`;
  }
  return `${path} was not made by godwit; name another file with --out, or replace it with --overwrite`;
}

/** Writes a module; returns why it cannot be written, and `null` where it was. */
async function writeModule({ path, text }: ModuleFile): Promise<string | null> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text, { flag: "wx" });
    // Renamed into its place, so that nobody ever loads half a module.
    await rename(temporary, path);
    return null;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    return `Cannot write ${path}: ${reasonOf(error)}`;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
