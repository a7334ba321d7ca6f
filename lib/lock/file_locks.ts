// Run locks as files in `<data>/locks/`, which every process on the machine respects. For Deno.

import { codeOf } from "../outcome.ts";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { lineOf, parseRunSnapshot, type RunSnapshot } from "./run_snapshot.ts";
import type { RunLock, RunLockRefusal, RunLocks } from "./run_locks.ts";

/**
 * Makes the locks of a data directory. `<plugin>.lock`, for a tenant `<plugin>/<tenant>.lock`, is
 * locked by `flock(2)`, which the kernel releases when a process dies; a `.json` file beside it
 * holds the snapshot of a run and is deleted at its end.
 */
export function fileLocks(dataDir: string): RunLocks {
  const directory = join(dataDir, "locks");
  const lockPath = (address: DatabaseAddress): string =>
    join(directory, `${databaseName(address)}.lock`);
  const snapshotPath = (address: DatabaseAddress): string =>
    join(directory, `${databaseName(address)}.json`);
  return {
    acquire(address) {
      try {
        mkdirSync(dirname(lockPath(address)), { recursive: true });
        return acquire(lockPath(address), snapshotPath(address));
      } catch (error) {
        const message = `Cannot lock ${lockPath(address)}: ${codeOf(error)}; ` +
          `name another data directory with --data or GODWIT_DATA, or make this one writable`;
        return { kind: "unavailable", message };
      }
    },
    current(address) {
      const snapshot = readSnapshot(snapshotPath(address));
      // The snapshot of a process that died stays; its lock does not.
      return snapshot === null || isFree(lockPath(address)) ? null : snapshot;
    },
  };
}

// A status request that finds the snapshot of a dead run holds the lock for an instant.
const ATTEMPTS = 3;

function acquire(lockPath: string, snapshotPath: string): RunLock | RunLockRefusal {
  const file = Deno.openSync(lockPath, { read: true, write: true, create: true });
  if (!Array.from({ length: ATTEMPTS }).some(() => file.tryLockSync(true))) {
    file.close();
    return { kind: "held", snapshot: readSnapshot(snapshotPath) };
  }
  rmSync(snapshotPath, { force: true });
  // On a full disk nothing is published, and the run goes on: the
  // database is more important than the progress display.
  let isWritable = true;
  const append = (line: string): void => {
    if (!isWritable) return;
    try {
      appendFileSync(snapshotPath, line);
    } catch {
      isWritable = false;
    }
  };
  return {
    kind: "acquired",
    publish: (snapshot) => append(lineOf(snapshot)),
    advance: (change) => append(lineOf(change)),
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
