// Takes the locks that native SQLite programs take, which keeps them out. For Deno on Linux with FFI.

import type { StorageLock } from "./storage.ts";

// https://sqlite.org/src/file/src/os.h: the pending byte, the reserved byte and 510 shared bytes
const FIRST_LOCK_BYTE = 0x40000000n;
const LOCK_BYTES = 512n;

// From <fcntl.h>, the same on every Linux that Deno runs on.
const O_RDONLY = 0;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
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
  const { open, fcntl, close } = libc.symbols;
  const zPath = new TextEncoder().encode(`${path}\0`);
  let type = F_WRLCK;
  let descriptor = open(zPath, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    type = F_RDLCK;
    descriptor = open(zPath, O_RDONLY | O_CLOEXEC);
  }
  if (descriptor < 0) return null;
  if (fcntl(descriptor, F_OFD_SETLK, lockRequest(type)) !== 0) {
    close(descriptor);
    return "held";
  }
  let held = true;
  return {
    kind: "acquired",
    release() {
      // The system gives a closed descriptor to the next file that is opened.
      if (held) close(descriptor);
      held = false;
    },
  };
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
