// Writes modules atomically, and replaces only modules that godwit made. For Deno.

import { codeOf } from "../outcome.ts";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isMadeByGodwit } from "./made_by_godwit.ts";

/** A module and its path. */
export interface ModuleFile {
  readonly path: string;
  readonly text: string;
}

/** The size of a module, plain and compressed. */
export interface ModuleSize {
  readonly bytes: number;
  readonly gzip_bytes: number;
}

/**
 * Writes a plugin's modules, or none if one may not be replaced; returns why, `null` on success.
 */
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

/** Measures a module. */
export async function sizeOf({ text }: ModuleFile): Promise<ModuleSize> {
  const bytes = new Blob([text]);
  const gzipped = bytes.stream().pipeThrough(new CompressionStream("gzip"));
  return { bytes: bytes.size, gzip_bytes: (await new Response(gzipped).bytes()).length };
}

/** Returns whether a path exists. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return false;
    throw error;
  }
}

/** Why a path must not be replaced, with a remedy; `null` if it may be. */
async function whyNotReplaced(path: string): Promise<string | null> {
  try {
    if (!await isThere(path) || isMadeByGodwit(await readFile(path, "utf8"))) return null;
  } catch (error) {
    return `Cannot replace ${path}: ${codeOf(error)}`;
  }
  return `${path} was not made by godwit; name another file with --out, ` +
    `or replace it with --overwrite`;
}

/** Writes a module; returns why that failed, `null` on success. */
async function writeModule({ path, text }: ModuleFile): Promise<string | null> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text, { flag: "wx" });
    // A rename is atomic: no program loads half a module.
    await rename(temporary, path);
    return null;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    return `Cannot write ${path}: ${codeOf(error)}`;
  }
}
