// Watches the file of a lock for the line that cancels the run that holds it. Runs anywhere.

import type { LockLines } from "./lock_file.ts";
import { isToCancel } from "./lock_lines.ts";

// How often a run looks whether it is to end.
const LOOK_MS = 50;

/** A watch that ends when it is disposed of. */
export interface CancelWatch extends Disposable {
  /** Aborted when the line was found. */
  readonly cancelled: AbortSignal;
}

/** Starts to watch for the cancellation of a run. */
export function watchCancel(lines: Pick<LockLines, "more">, runId: string): CancelWatch {
  const cancel = new AbortController();
  const looking = setInterval(() => {
    if (isToCancel(newLines(lines), runId)) cancel.abort();
  }, LOOK_MS);
  return { cancelled: cancel.signal, [Symbol.dispose]: () => clearInterval(looking) };
}

// An exception in a timer would end the process, and a migration with it. What could not be read
// is read again the next time.
function newLines(lines: Pick<LockLines, "more">): string {
  try {
    return lines.more();
  } catch {
    return "";
  }
}
