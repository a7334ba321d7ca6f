// Cancels the run that holds a lock, whichever process has it. For Deno.

import { sleep } from "../deadline.ts";
import { isFree, LockLines, openLock } from "./lock_file.ts";
import { endIn, holderIn } from "./lock_lines.ts";
import type { Cancelling } from "./run_locks.ts";

// How often the lock is looked at.
const LOOK_MS = 25;

/**
 * Writes to the lock's file that its run is to end, and waits for its end. Throws where the file
 * cannot be written to.
 */
export async function cancelRun(
  lockPath: string,
  wanted: string | null,
  waitMs: number,
): Promise<Cancelling> {
  if (isFree(lockPath)) return { kind: "idle" };
  using file = openLock(lockPath);
  const lines = new LockLines(file);
  const untilMs = performance.now() + waitMs;
  let runId = holderIn(lines.all());
  // A run that has just taken the lock writes its id next.
  while (runId === null) {
    if (isFree(lockPath)) return { kind: "idle" };
    if (performance.now() >= untilMs) return { kind: "unknown-run" };
    await sleep(LOOK_MS);
    runId = holderIn(lines.all());
  }
  if (wanted !== null && wanted !== runId) return { kind: "other-run", runId };
  lines.append({ cancel: runId });
  while (performance.now() < untilMs) {
    await sleep(LOOK_MS);
    // Before the lines are read: a run writes its end and then frees the lock.
    const isOver = isFree(lockPath);
    const text = lines.all();
    const end = endIn(text, runId);
    if (end !== null) return { kind: "over", runId, end };
    // A process that died has written no end.
    if (isOver || holderIn(text) !== runId) return { kind: "over", runId, end: "ended" };
  }
  return { kind: "ending", runId };
}
