// What a run publishes to other processes, as lines of JSON in a file beside its lock.

import * as v from "valibot";
import type { History } from "../plan/history.ts";
import type { FindingMessage, ProgressMessage } from "../message/reply.ts";
import { FindingSchema, ProgressSchema } from "../message/reply_schema.ts";
import type { MigrationFile } from "../migration/migration.ts";

/** The history as of the last commit, how far the run is, and what its files are. */
export interface RunSnapshot {
  readonly progress: ProgressMessage;
  readonly history: History;
  readonly files: readonly MigrationFile[];
  /** About files and history, as they were when the run was planned. */
  readonly findings: readonly FindingMessage[];
}

/** How far the run is now, and the entries of what it committed since the last change. */
export interface RunChange {
  readonly progress: ProgressMessage;
  readonly entries: History;
}

const HistorySchema = v.array(v.object({
  version: v.number(),
  name: v.string(),
  checksum: v.string(),
  appliedAt: v.string(),
  appliedBy: v.string(),
  status: v.picklist(["applied", "rolled_back", "failed"]),
  errorMessage: v.nullable(v.string()),
  executionTimeMs: v.nullable(v.number()),
}));
const FilesSchema = v.array(v.object({
  version: v.number(),
  name: v.string(),
  file: v.string(),
  checksum: v.string(),
}));
const SnapshotSchema = v.object({
  progress: ProgressSchema,
  history: HistorySchema,
  files: FilesSchema,
  findings: v.array(FindingSchema),
});
const ChangeSchema = v.object({ progress: ProgressSchema, entries: HistorySchema });

/** The snapshot after changes. */
export function advanced(snapshot: RunSnapshot, changes: readonly RunChange[]): RunSnapshot {
  const versions = new Map(snapshot.history.map((entry) => [entry.version, entry]));
  for (const entry of changes.flatMap(({ entries }) => entries)) versions.set(entry.version, entry);
  return {
    ...snapshot,
    progress: changes.at(-1)?.progress ?? snapshot.progress,
    history: [...versions.values()].sort((one, other) => one.version - other.version),
  };
}

/** The line of a file for a snapshot, which comes first, or for a change. */
export function lineOf(part: RunSnapshot | RunChange): string {
  return `${JSON.stringify(part)}\n`;
}

/**
 * Reads a snapshot and the changes after it. A line without an end is still being written, or its
 * writer died, and does not count; `null` where that leaves no snapshot.
 */
export function parseRunSnapshot(text: string): RunSnapshot | null {
  const [first, ...rest] = text.split("\n").slice(0, -1);
  const snapshot = parseLine(SnapshotSchema, first ?? "");
  if (snapshot === null) return null;
  return advanced(snapshot, rest.flatMap((line) => parseLine(ChangeSchema, line) ?? []));
}

function parseLine<T>(schema: v.GenericSchema<unknown, T>, line: string): T | null {
  try {
    const result = v.safeParse(schema, JSON.parse(line));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}
