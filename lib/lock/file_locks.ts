// Run locks as files in `<data>/locks/`, which every process on the machine respects. For Deno.

import { codeOf } from "../outcome.ts";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { lineOf, parseRunSnapshot, type RunSnapshot } from "./run_snapshot.ts";
import type { RunLock, RunLockRefusal, RunLocks } from "./run_locks.ts";

/**
 * Makes the locks of a data directory. `<plugin>.lock`, for a tenant `<plugin>/<tenant>.lock`, is
 * locked by `flock(2)`, which the kernel releases when a process dies; a `.json` file beside it
 * holds the snapshot of a run and is deleted at its end. A link, a pipe or a device
 * in the place of one is not opened: it would create, append to or wait for a file elsewhere.
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
        const mode = modeOf(join(dataDir, `${databaseName(address)}.sqlite3`));
        return acquire(lockPath(address), snapshotPath(address), mode);
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
  return {
    kind: "acquired",
    publish: (snapshot) => append(lineOf(snapshot)),
    advance: (change) => append(lineOf(change)),
    release() {
      if (snapshot !== null) closeSync(snapshot);
      rmSync(snapshotPath, { force: true });
      file.close();
    },
  };
}

function isFree(lockPath: string): boolean {
  if (lstatSync(lockPath, { throwIfNoEntry: false })?.isFile() !== true) return true;
  using file = openLock(lockPath, { write: false });
  return file.tryLockSync(false);
}

// Deno locks its own files alone, and they follow links.
function openLock(lockPath: string, { write } = { write: true }): Deno.FsFile {
  if (!lstatSync(lockPath).isFile()) throw new Error("it is not a regular file");
  const file = Deno.openSync(lockPath, { read: true, write });
  const { dev, ino } = file.statSync();
  const named = lstatSync(lockPath);
  if (named.dev === dev && named.ino === ino) return file;
  file.close();
  throw new Error("another file has taken its place");
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
