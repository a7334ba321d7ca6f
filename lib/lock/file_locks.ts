// Run locks as files in `<data>/locks/`, which every process on the machine respects. For Deno.

import { codeOf } from "../outcome.ts";
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { cancelRun } from "./cancel_run.ts";
import { isFree, LockLines, openLock } from "./lock_file.ts";
import { isToCancel, type LockLine } from "./lock_lines.ts";
import { lineOf, parseRunSnapshot, type RunSnapshot } from "./run_snapshot.ts";
import type { RunLock, RunLockRefusal, RunLocks } from "./run_locks.ts";

/**
 * Makes the locks of a data directory. `<plugin>.lock`, for a tenant `<plugin>/<tenant>.lock`, is
 * locked by `flock(2)`, which the kernel releases when a process dies; its lines say which run has
 * it, and that it is to be cancelled. A `.json` file beside it holds the snapshot of a run and is
 * deleted at its end. A link, a pipe or a device in the place of one is not opened: it would create,
 * append to or wait for a file elsewhere.
 */
export function fileLocks(dataDir: string): RunLocks {
  const directory = join(dataDir, "locks");
  const lockPath = (address: DatabaseAddress): string =>
    join(directory, `${databaseName(address)}.lock`);
  const snapshotPath = (address: DatabaseAddress): string =>
    join(directory, `${databaseName(address)}.json`);
  return {
    acquire(address, runId) {
      try {
        mkdirSync(dirname(lockPath(address)), { recursive: true });
        const mode = modeOf(join(dataDir, `${databaseName(address)}.sqlite3`));
        return acquire(lockPath(address), snapshotPath(address), mode, runId);
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
    async cancel(address, runId, waitMs) {
      try {
        return await cancelRun(lockPath(address), runId, waitMs);
      } catch (error) {
        const message = `Cannot write to ${lockPath(address)}: ${codeOf(error)}; ` +
          `cancel as the user that runs it, or end the process that does`;
        return { kind: "unavailable", message };
      }
    },
  };
}

const {
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  O_CREAT,
  O_EXCL,
  // Missing on Windows.
  O_NOFOLLOW = 0,
  O_NONBLOCK = 0,
} = constants;

// A status request that finds the snapshot of a dead run holds the lock for an instant.
const ATTEMPTS = 3;

// How often a run looks whether it is to end.
const LOOK_MS = 50;
// Only a run that begins cuts the file, so that who cancelled the one before it can read its end.
const MOST_LINES_BYTES = 16 * 1024;

// A snapshot quotes the migrations, so it can be read where the database can.
function modeOf(database: string): number {
  try {
    return statSync(database).mode & 0o666;
  } catch {
    return 0o644;
  }
}

function acquire(
  lockPath: string,
  snapshotPath: string,
  mode: number,
  runId: string,
): RunLock | RunLockRefusal {
  closeSync(openSync(lockPath, O_RDWR | O_CREAT | O_NOFOLLOW, 0o644));
  const file = openLock(lockPath);
  if (!Array.from({ length: ATTEMPTS }).some(() => file.tryLockSync(true))) {
    file.close();
    return { kind: "held", snapshot: readSnapshot(snapshotPath) };
  }
  rmSync(snapshotPath, { force: true });
  // On a full disk nothing is published, and the run goes on: the
  // database is more important than the progress display.
  let snapshot: number | null = null;
  let isWritable = true;
  const append = (line: string): void => {
    if (!isWritable) return;
    try {
      snapshot ??= openSync(snapshotPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
      writeSync(snapshot, line);
    } catch {
      isWritable = false;
    }
  };
  const lines = new LockLines(file);
  if (lines.sizeBytes > MOST_LINES_BYTES) file.truncateSync();
  // On a full disk the run cannot be cancelled by another process, and goes on.
  const note = (line: LockLine): void => {
    try {
      lines.append(line);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
    }
  };
  note({ began: runId });
  const cancel = new AbortController();
  const looking = setInterval(() => {
    if (isToCancel(lines.more(), runId)) cancel.abort();
  }, LOOK_MS);
  return {
    kind: "acquired",
    cancelled: cancel.signal,
    publish: (snapshot) => append(lineOf(snapshot)),
    advance: (change) => append(lineOf(change)),
    release(end = "ended") {
      clearInterval(looking);
      if (snapshot !== null) closeSync(snapshot);
      rmSync(snapshotPath, { force: true });
      note({ over: runId, end });
      file.close();
    },
  };
}

function readSnapshot(path: string): RunSnapshot | null {
  try {
    const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const isFile = fstatSync(descriptor).isFile();
      return isFile ? parseRunSnapshot(readFileSync(descriptor, "utf8")) : null;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}
