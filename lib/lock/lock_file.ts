// The file of a run's lock: opened, locked, and its lines. For Deno.

import { lstatSync } from "node:fs";
import { type LockLine, lockLine } from "./lock_lines.ts";

/** Whether no process holds a lock. Holds it for an instant to find out. */
export function isFree(lockPath: string): boolean {
  if (lstatSync(lockPath, { throwIfNoEntry: false })?.isFile() !== true) return true;
  using file = openLock(lockPath, { append: false });
  return file.tryLockSync(false);
}

/**
 * Opens the file of a lock. Throws where another file is in its place: Deno locks only files that
 * it has opened itself, and follows links.
 */
export function openLock(lockPath: string, { append } = { append: true }): Deno.FsFile {
  if (!lstatSync(lockPath).isFile()) throw new Error("it is not a regular file");
  const file = Deno.openSync(lockPath, { read: true, append });
  const { dev, ino } = file.statSync();
  const named = lstatSync(lockPath);
  if (named.dev === dev && named.ino === ino) return file;
  file.close();
  throw new Error("another file has taken its place");
}

/** The lines of a lock's file, which is opened to append. */
export class LockLines {
  readonly #file: Deno.FsFile;
  #read = 0;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  get sizeBytes(): number {
    return this.#file.statSync().size;
  }

  append(line: LockLine): void {
    this.#file.writeSync(new TextEncoder().encode(lockLine(line)));
  }

  /** What was appended since the last call, in whole lines. */
  more(): string {
    if (this.sizeBytes <= this.#read) return "";
    const text = this.#from(this.#read);
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    this.#read += new TextEncoder().encode(whole).length;
    return whole;
  }

  all(): string {
    return this.#from(0);
  }

  #from(offset: number): string {
    const bytes = new Uint8Array(Math.max(this.sizeBytes - offset, 0));
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    const length = this.#file.readSync(bytes) ?? 0;
    return new TextDecoder().decode(bytes.subarray(0, length));
  }
}
