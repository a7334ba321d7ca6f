// `check --fix`: writes what cures the findings of a plugin's files into those that no database has
// applied.

import { chmod, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Suggestion } from "../../finding/finding.ts";
import type { HandlerContext } from "../../handler/context.ts";
import type { FindingMessage } from "../../message/reply.ts";
import { suggestedFiles } from "../../message/suggested_files.ts";
import { isSqlFile, parseFileName } from "../../migration/file_name.ts";
import { withSections } from "../../migration/with_sections.ts";
import { codeOf, type Outcome } from "../../outcome.ts";
import { appliedEntries } from "../../plan/history.ts";
import { unifiedDiff } from "../../unified_diff.ts";

/** A file that a suggestion changes. */
export interface Fix {
  readonly file: string;
  readonly path: string;
  /** The difference to the file as it is, unified. */
  readonly diff: string;
  /** The bytes that were checked. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** The bytes of a plugin's files, by name. */
export type FileBytes = ReadonlyMap<string, Uint8Array>;

/** Where the files of a plugin are. */
export function migrationsOf(pluginsDir: string, plugin: string): string {
  return join(pluginsDir, plugin, "migrations");
}

/** Reads the files of a directory before they are checked; none where there is no such directory. */
export async function readFiles(directory: string): Promise<FileBytes> {
  const files = new Map<string, Uint8Array>();
  for (const file of await readdir(directory).catch(() => [])) {
    const bytes = isSqlFile(file) ? await readFile(join(directory, file)).catch(() => null) : null;
    if (bytes !== null) files.set(file, bytes);
  }
  return files;
}

/** The versions that a database of the plugin has applied, be it of a tenant. */
export async function appliedAnywhere(
  plugin: string,
  { databases }: Pick<HandlerContext, "databases">,
): Promise<Outcome<ReadonlySet<number>>> {
  const tenants = await databases.tenantsOf?.(plugin) ?? { ok: true, value: [] };
  if (!tenants.ok) return tenants;
  const applied = new Set<number>();
  for (const tenant of [null, ...tenants.value]) {
    await using session = await databases.open({ kind: "plugin", plugin, tenant }, "read");
    const history = await session.history();
    if (!history.ok) return history;
    for (const { version } of appliedEntries(history.value)) applied.add(version);
  }
  return { ok: true, value: applied };
}

/** What suggestions make of files that are not applied, and the files that are. */
export function fixesOf(
  findings: readonly FindingMessage[],
  directory: string,
  files: FileBytes,
  applied: ReadonlySet<number>,
): { readonly fixes: readonly Fix[]; readonly kept: readonly string[] } {
  const suggested = suggestedFiles(findings);
  const isApplied = (file: string): boolean => applied.has(parseFileName(file)?.version ?? 0);
  return {
    fixes: [...suggested].filter(([file]) => !isApplied(file)).flatMap(([file, suggestion]) => {
      const before = files.get(file);
      const fix = before === undefined ? null : fixOf(join(directory, file), before, suggestion);
      return fix === null ? [] : [{ file, ...fix }];
    }),
    kept: [...suggested.keys()].filter(isApplied),
  };
}

function fixOf(
  path: string,
  before: Uint8Array,
  suggestion: Suggestion,
): Omit<Fix, "file"> | null {
  // A byte order mark stays.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(before);
  const fixed = withSections(text, suggestion);
  if (fixed === null || fixed === text) return null;
  const lines = (each: string): string => {
    const normal = each.replaceAll("\r\n", "\n");
    return normal.endsWith("\n") ? normal : `${normal}\n`;
  };
  const names = { before: path, after: `${path} (fixed)` };
  const diff = unifiedDiff(lines(text), lines(fixed), names);
  return { path, diff, before, after: new TextEncoder().encode(fixed) };
}

/** Writes a fix whole or not at all; the file must be the one that was checked. */
export async function writeFix({ path, before, after }: Fix): Promise<Outcome<void, "unwritable">> {
  const refused = (message: string): Outcome<void, "unwritable"> => {
    return { ok: false, code: "unwritable", message };
  };
  try {
    // A link stays one.
    const target = await realpath(path);
    const present = await readFile(target);
    if (!isEqual(present, before)) {
      return refused(`${path} has changed since it was checked; check it again`);
    }
    const { mode } = await stat(target);
    const temporary = join(dirname(target), `.godwit-${crypto.randomUUID()}.tmp`);
    try {
      await writeFile(temporary, after, { flag: "wx", flush: true });
      await chmod(temporary, mode & 0o777);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
    return { ok: true, value: undefined };
  } catch (error) {
    return refused(`Cannot write ${path}: ${codeOf(error)}`);
  }
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
