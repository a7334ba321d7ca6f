// Run locks as files in `<data>/locks/`, which every process on the machine respects. For Deno.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseRunSnapshot, type RunSnapshot } from "../message/run_snapshot.ts";
import type { RunLock, RunLockRefusal, RunLocks } from "./run_locks.ts";

/**
 * Makes the locks of a data directory. `<plugin>.lock` is locked by `flock(2)`, which the kernel gives
 * back when a process dies; `<plugin>.json` holds the snapshot of a run and is gone when it ends.
 */
export function fileLocks(dataDir: string): RunLocks {
  const directory = join(dataDir, "locks");
  const lockPath = (plugin: string): string => join(directory, `${plugin}.lock`);
  const snapshotPath = (plugin: string): string => join(directory, `${plugin}.json`);
  return {
    acquire(plugin) {
      mkdirSync(directory, { recursive: true });
      return acquire(lockPath(plugin), snapshotPath(plugin));
    },
    current(plugin) {
      const snapshot = readSnapshot(snapshotPath(plugin));
      // A run that died leaves its snapshot behind, but not its lock.
      return snapshot === null || isFree(lockPath(plugin)) ? null : snapshot;
    },
  };
}

function acquire(lockPath: string, snapshotPath: string): RunLock | RunLockRefusal {
  const file = Deno.openSync(lockPath, { read: true, write: true, create: true });
  if (!file.tryLockSync(true)) {
    file.close();
    return { kind: "held", snapshot: readSnapshot(snapshotPath) };
  }
  rmSync(snapshotPath, { force: true });
  return {
    kind: "acquired",
    publish: (snapshot) => writeSnapshot(snapshotPath, snapshot),
    release() {
      rmSync(snapshotPath, { force: true });
      file.close();
    },
  };
}

function isFree(lockPath: string): boolean {
  if (!existsSync(lockPath)) return true;
  using file = Deno.openSync(lockPath, { read: true });
  return file.tryLockSync(false);
}

function readSnapshot(path: string): RunSnapshot | null {
  try {
    return parseRunSnapshot(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

// Renamed into place, so that a reader never sees half of it.
function writeSnapshot(path: string, snapshot: RunSnapshot): void {
  const draft = `${path}.new`;
  writeFileSync(draft, JSON.stringify(snapshot));
  renameSync(draft, path);
}
