// Takes the locks that native SQLite programs take, which keeps them out. For Deno on Linux with FFI.

import fs from "node:fs";
import type { StorageLock } from "./storage.ts";

// https://sqlite.org/src/file/src/os.h: the pending byte, the reserved byte and 510 shared bytes
const FIRST_LOCK_BYTE = 0x40000000n;
const LOCK_BYTES = 512n;

// From <fcntl.h>, the same on every Linux that Deno runs on.
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;

const SYMBOLS = {
  fcntl: { parameters: ["i32", "i32", "buffer"], result: "i32" },
} as const;

/**
 * Locks a database against native SQLite programs with an open file description lock, which conflicts
 * with theirs and, other than theirs, belongs to one opening of the file: see fcntl_locking(2). A file
 * that may not be written is locked against writers. `held` where such a program has it locked, `null`
 * where this cannot be done: FFI is not allowed, or the system is not Linux.
 */
export function lockOutNative(path: string): StorageLock | "held" | null {
  const libc = openLibc();
  if (libc === null) return null;
  const file = openForLock(path);
  if (file === null) return null;
  const { descriptor, type } = file;
  if (libc.symbols.fcntl(descriptor, F_OFD_SETLK, lockRequest(type)) !== 0) {
    fs.closeSync(descriptor);
    return "held";
  }
  let held = true;
  return {
    kind: "acquired",
    release() {
      // The system gives a closed descriptor to the next file that is opened.
      if (held) fs.closeSync(descriptor);
      held = false;
    },
  };
}

// Opened by Deno and not by libc, so that the descriptor is closed with a thread that is terminated.
function openForLock(path: string): { readonly descriptor: number; readonly type: number } | null {
  for (const { flags, type } of [{ flags: "r+", type: F_WRLCK }, { flags: "r", type: F_RDLCK }]) {
    try {
      return { descriptor: fs.openSync(path, flags), type };
    } catch {
      // It may still be readable.
    }
  }
  return null;
}

let opened: Deno.DynamicLibrary<typeof SYMBOLS> | null = null;

function openLibc(): Deno.DynamicLibrary<typeof SYMBOLS> | null {
  if (opened !== null) return opened;
  // Asking for what was not granted could stop a terminal with a question.
  if (Deno.build.os !== "linux") return null;
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return null;
  try {
    opened = Deno.dlopen("libc.so.6", SYMBOLS);
    return opened;
  } catch {
    return null;
  }
}

// A `struct flock` of 64 bits: type, whence (from the start), start, length, process.
function lockRequest(type: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setInt16(0, type, true);
  view.setBigInt64(8, FIRST_LOCK_BYTE, true);
  view.setBigInt64(16, LOCK_BYTES, true);
  return bytes;
}
