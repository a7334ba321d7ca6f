// What a running migration tells other processes, in a file beside its lock.

import * as v from "valibot";
import type { History } from "../plan/history.ts";
import type { ProgressMessage } from "../message/reply.ts";
import { ProgressSchema } from "../message/reply_schema.ts";

/** The history as of the last commit, and how far the run is. */
export interface RunSnapshot {
  readonly progress: ProgressMessage;
  readonly history: History;
}

const RunSnapshotSchema = v.object({
  progress: ProgressSchema,
  history: v.array(v.object({
    version: v.number(),
    name: v.string(),
    checksum: v.string(),
    appliedAt: v.string(),
    appliedBy: v.string(),
    status: v.picklist(["applied", "rolled_back", "failed"]),
    errorMessage: v.nullable(v.string()),
    executionTimeMs: v.nullable(v.number()),
  })),
});

/** Reads a snapshot; `null` where the text is none, as when a writer died. */
export function parseRunSnapshot(text: string): RunSnapshot | null {
  try {
    const result = v.safeParse(RunSnapshotSchema, JSON.parse(text));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}
