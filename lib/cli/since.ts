// Looks at what a branch changes: which files of a plugin are its own, and which of them it must
// not touch, because the revision that it comes from has them already. For Deno.

import { join } from "node:path";
import { type Finding, finding, type FindingSubject } from "../finding/finding.ts";
import { findingMessage } from "../message/finding_message.ts";
import type { FindingMessage } from "../message/reply.ts";
import { decodeText } from "../migration/decode_text.ts";
import { isSqlFile, parseFileName } from "../migration/file_name.ts";
import type { Outcome } from "../outcome.ts";
import type { PluginReport } from "./check_report.ts";
import { type ChangedFile, changesSince, type GitChanges } from "./git_changes.ts";

/** What a branch changes in one plugin. */
export interface PluginChanges {
  /** The names of its files of migrations, new ones and changed ones. */
  readonly files: readonly string[];
  /** What the branch may not do. */
  readonly errors: readonly FindingMessage[];
}

/** The changes by plugin; a plugin without any is missing. */
export type ChangesByPlugin = ReadonlyMap<string, PluginChanges>;

/** Finds what differs from `revision` below the directory of plugins. */
export async function pluginChanges(
  revision: string,
  pluginsDir: string,
): Promise<Outcome<ChangesByPlugin, "git">> {
  const found = await changesSince(revision, pluginsDir);
  if (!found.ok) return found;
  const changes = found.value;
  const byPlugin = Map.groupBy(changes.changed, ({ path }) => path.split("/")[0] ?? "");
  const result = new Map<string, PluginChanges>();
  for (const [plugin, changed] of byPlugin) {
    const judged = await judge(plugin, changed, { changes, revision, pluginsDir });
    if (!judged.ok) return judged;
    result.set(plugin, judged.value);
  }
  return { ok: true, value: result };
}

/**
 * A report without the findings about files that are as they were. What is about code or about
 * schema.sql stays, because files that changed may be why.
 */
export function reportSince(
  report: PluginReport,
  { files, errors }: PluginChanges,
): PluginReport {
  const isOwn = ({ file }: FindingMessage): boolean =>
    file === undefined || file.includes("/") || file === "schema.sql" || files.includes(file);
  return {
    ...report,
    checked: files,
    errors: [...errors, ...report.errors.filter(isOwn)],
    warnings: report.warnings.filter(isOwn),
  };
}

interface Comparison {
  readonly changes: GitChanges;
  readonly revision: string;
  readonly pluginsDir: string;
}

async function judge(
  plugin: string,
  changed: readonly ChangedFile[],
  comparison: Comparison,
): Promise<Outcome<PluginChanges, "git">> {
  const folder = `${plugin}/migrations/`;
  const files: string[] = [];
  const errors: Finding[] = [];
  const newest = newestIn(comparison.changes.before, folder);
  for (const { path, how } of changed) {
    const file = path.slice(folder.length);
    if (!path.startsWith(folder) || file.includes("/") || !isSqlFile(file)) continue;
    const judged = how === "added"
      ? { ok: true as const, value: lateFinding(file, newest, comparison) }
      : await changedFinding(path, file, how, comparison);
    if (!judged.ok) return judged;
    if (judged.value !== null) errors.push(judged.value);
    // One whose line ends alone are different is the same file.
    if (how === "added" || how === "changed" && judged.value !== null) files.push(file);
  }
  return { ok: true, value: { files: files.sort(), errors: errors.map(findingMessage) } };
}

function newestIn(paths: readonly string[], folder: string): number {
  return paths.filter((path) => path.startsWith(folder))
    .reduce(
      (newest, path) => Math.max(newest, parseFileName(path.slice(folder.length))?.version ?? 0),
      0,
    );
}

function lateFinding(file: string, newest: number, { revision }: Comparison): Finding | null {
  const version = parseFileName(file)?.version;
  if (version === undefined || version > newest) return null;
  return finding(
    "ERROR",
    "late-migration",
    subjectOf(file),
    `${file} is new, and ${revision} has version ${newest} already; ` +
      `give it a number above ${newest}`,
  );
}

async function changedFinding(
  path: string,
  file: string,
  how: "changed" | "removed",
  { changes, revision, pluginsDir }: Comparison,
): Promise<Outcome<Finding | null, "git">> {
  const refuse = (message: string, line?: number): Outcome<Finding, "git"> => ({
    ok: true,
    value: finding(
      "ERROR",
      "changed-file",
      subjectOf(file),
      message,
      line === undefined ? {} : { position: { line, column: 1 } },
    ),
  });
  if (how === "removed") {
    return refuse(`${file} is gone, and ${revision} has it; restore it, because it may be applied`);
  }
  const before = await changes.read(path);
  if (!before.ok) return before;
  const line = firstDifference(before.value, await Deno.readFile(join(pluginsDir, path)));
  return line === null ? { ok: true, value: null } : refuse(
    `${file} differs from ${revision}, which has it already; restore it, and put the change into ` +
      `a new file`,
    line,
  );
}

// Line ends and a byte order mark do not count, as in a checksum.
function firstDifference(before: Uint8Array, after: Uint8Array): number | null {
  const [old, present] = [decodeText(before), decodeText(after)];
  if (!old.ok || !present.ok) return 1;
  if (old.text === present.text) return null;
  const lines = present.text.split("\n");
  const oldLines = old.text.split("\n");
  const index = lines.findIndex((line, at) => line !== oldLines[at]);
  return (index === -1 ? lines.length - 1 : index) + 1;
}

function subjectOf(file: string): FindingSubject {
  const { version = null, name = null } = parseFileName(file) ?? {};
  return { version, name, file };
}
