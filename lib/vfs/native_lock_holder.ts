// Finds native SQLite programs that have a database open. For Deno on Linux.

import fs from "node:fs";

// SQLite locks bytes from 1 GiB on: https://sqlite.org/fileformat2.html#the_lock_byte_page
const FIRST_LOCK_BYTE = 0x40000000;
const LAST_LOCK_BYTE = FIRST_LOCK_BYTE + 511;

/**
 * Names a process that holds one of SQLite's `fcntl` locks on a file; `null` where there is none, and
 * where the kernel's table of locks cannot be read: Deno allows that to programs with all permissions.
 */
export function nativeLockHolder(path: string): string | null {
  const table = readLockTable();
  if (table === null) return null;
  const { ino } = fs.statSync(path);
  for (const line of table.split("\n")) {
    // "1: POSIX  ADVISORY  WRITE 4242 fe:00:16039948 1073741826 1073742335"
    const [, kind, , , processId, device, first] = line.split(/\s+/);
    const start = Number(first);
    const isLockByte = start >= FIRST_LOCK_BYTE && start <= LAST_LOCK_BYTE;
    if (kind === "POSIX" && isLockByte && device?.split(":")[2] === String(ino)) {
      return `process ${processId}`;
    }
  }
  return null;
}

function readLockTable(): string | null {
  // Asking for what was not granted could stop a terminal with a question.
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return null;
  try {
    return Deno.readTextFileSync("/proc/locks");
  } catch {
    return null;
  }
}
