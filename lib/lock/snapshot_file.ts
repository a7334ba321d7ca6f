// The file in which a run publishes its snapshot, beside the file of its lock. For Deno.

import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { codeOf } from "../outcome.ts";
import { lineOf, parseRunSnapshot, type RunChange, type RunSnapshot } from "./run_snapshot.ts";

const {
  O_RDONLY,
  O_WRONLY,
  O_CREAT,
  O_EXCL,
  // Missing on Windows.
  O_NOFOLLOW = 0,
  O_NONBLOCK = 0,
} = constants;

/**
 * The snapshot of the run that holds the lock. The file is made with the first line. A link, a pipe
 * or a device in its place is not opened: that would create, append to or wait for a file elsewhere.
 */
export class SnapshotFile implements Disposable {
  readonly #path: string;
  readonly #mode: number;
  #descriptor: number | null = null;
  #isWritable = true;

  /** Removes what a process that died has left; throws where it cannot. */
  constructor(path: string, mode: number) {
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw new Error(`${path} cannot be removed, ${codeOf(error)}`, { cause: error });
    }
    this.#path = path;
    this.#mode = mode;
  }

  /**
   * Adds a line. Where the disk is full nothing more is published, and the run goes on: the database
   * is more important than the progress display.
   */
  append(part: RunSnapshot | RunChange): void {
    if (!this.#isWritable) return;
    try {
      this.#descriptor ??= openSync(
        this.#path,
        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
        this.#mode,
      );
      writeSync(this.#descriptor, lineOf(part));
    } catch {
      this.#isWritable = false;
    }
  }

  /** Closes and deletes the file. */
  [Symbol.dispose](): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // A snapshot whose lock is free is ignored, and the next run reports what it cannot remove.
    }
  }
}

/** Reads the snapshot of a run; `null` where there is none, or none that can be read. */
export function readSnapshot(path: string): RunSnapshot | null {
  // Nearly always: in Deno an exception of node:fs takes a hundred times as long.
  if (!existsSync(path)) return null;
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

/** The mode of a snapshot: it quotes the migrations, so it can be read where the database can. */
export function snapshotMode(database: string): number {
  try {
    return statSync(database).mode & 0o666;
  } catch {
    return 0o644;
  }
}
