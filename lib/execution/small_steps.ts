// Which migrations are committed together: a COMMIT waits for the disk several times.

import type { RehearsedStep } from "../rehearsal/rehearsal.ts";

/**
 * How long small migrations are collected for one COMMIT, in milliseconds. Nobody is told of a
 * migration before it is committed, so a crash undoes only what nobody knows of.
 */
export const COLLECT_MS = 100;

/**
 * Says whether a step may share a transaction. What may take something away may need a backup
 * before it, and has many rows to undo if it fails.
 */
export function isSmall({ touched, watched }: RehearsedStep): boolean {
  return touched !== null && watched.length === 0;
}
