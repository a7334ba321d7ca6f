// Run locks as files in `<data>/locks/`, which every process on the machine respects. For Deno.

import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { codeOf } from "../outcome.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { cancelRun } from "./cancel_run.ts";
import { isFree, LockLines, openLock } from "./lock_file.ts";
import { endIn, holderIn, isToCancel, type LockLine } from "./lock_lines.ts";
import type { RunLock, RunLocks } from "./run_locks.ts";
import { readSnapshot, SnapshotFile, snapshotMode } from "./snapshot_file.ts";
import { watchCancel } from "./watch_cancel.ts";

/**
 * Makes the locks of a data directory. `<plugin>.lock`, for a tenant `<plugin>/<tenant>.lock`, is
 * locked by `flock(2)`, which the kernel releases when a process dies; its lines say which run has
 * it, and that it is to be cancelled. A `.json` file beside it holds the snapshot of a run and is
 * deleted at its end. A link in the place of the lock is not followed.
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
        const file = lockFile(lockPath(address));
        if (file === null) return { kind: "held", snapshot: readSnapshot(snapshotPath(address)) };
        const mode = snapshotMode(join(dataDir, `${databaseName(address)}.sqlite3`));
        return beginRun(file, snapshotPath(address), mode, runId);
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
  O_RDWR,
  O_CREAT,
  // Missing on Windows.
  O_NOFOLLOW = 0,
} = constants;

// A status request that finds the snapshot of a dead run holds the lock for an instant.
const ATTEMPTS = 3;

/** The locked file; `null` where another run holds it. */
function lockFile(lockPath: string): Deno.FsFile | null {
  closeSync(openSync(lockPath, O_RDWR | O_CREAT | O_NOFOLLOW, 0o644));
  using opened = new DisposableStack();
  const file = opened.use(openLock(lockPath));
  if (!Array.from({ length: ATTEMPTS }).some(() => file.tryLockSync(true))) return null;
  opened.move();
  return file;
}

/** Begins a run under its lock. Gives the lock back where that fails. */
function beginRun(
  file: Deno.FsFile,
  snapshotPath: string,
  mode: number,
  runId: string,
): RunLock {
  using beginning = new DisposableStack();
  beginning.use(file);
  const snapshot = new SnapshotFile(snapshotPath, mode);
  const lines = new LockLines(file);
  cutLines(file, lines, runId);
  note(lines, { began: runId });
  const watch = watchCancel(lines, runId);
  beginning.move();
  return {
    kind: "acquired",
    cancelled: watch.cancelled,
    publish: (whole) => snapshot.append(whole),
    advance: (change) => snapshot.append(change),
    release(end = "ended") {
      using _ = file;
      watch[Symbol.dispose]();
      snapshot[Symbol.dispose]();
      note(lines, { over: runId, end });
    },
  };
}

const MOST_LINES_BYTES = 16 * 1024;

// Only a run that begins cuts the file, so that who cancelled the one before it can read its end. A
// run that died has written no end: while its line stands, and the line of this run cannot be
// written because the disk is full, the wrong run would be named. And a client that gives the same id
// to two runs would find the second one cancelled by the lines of the first.
function cutLines(file: Deno.FsFile, lines: LockLines, runId: string): void {
  const text = lines.all();
  const isCut = lines.sizeBytes > MOST_LINES_BYTES || holderIn(text) !== null ||
    isToCancel(text, runId) || endIn(text, runId) !== null;
  if (isCut) file.truncateSync();
}

// On a full disk the run cannot be cancelled by another process, and goes on.
function note(lines: LockLines, line: LockLine): void {
  try {
    lines.append(line);
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}
