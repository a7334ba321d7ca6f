// Says in which state files are, without opening them. Runs where there is a file system.

import { lstatSync } from "node:fs";

/**
 * File systems stamp a file at the ticks of a clock, the coarsest every two seconds, so that two
 * writes within one tick look the same. A file that was written so short a time ago has no state.
 */
export const TICK_MS = 2_000;

/**
 * A text that is another one after any change of these files; `null` where that cannot be said,
 * because one of them has just been written or is a link. Opening a file would not do: closing it
 * drops every lock that this process has on it.
 */
export function fileState(paths: readonly string[]): string | null {
  const newest = Date.now() - TICK_MS;
  const states: string[] = [];
  for (const path of paths) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) {
      states.push("-");
      continue;
    }
    const { dev, ino, size, mtimeMs, ctimeMs } = found;
    if (found.isSymbolicLink() || mtimeMs > newest) return null;
    states.push([dev, ino, size, mtimeMs, ctimeMs].join(":"));
  }
  return states.join(" ");
}
