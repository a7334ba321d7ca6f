// Takes the one lock of a database file with what the runtime offers. For Deno, Node.js and Bun.

import process from "node:process";
import { lockOutNative } from "./native_lock.ts";
import { nativeLockHolder } from "./native_lock_holder.ts";
import { StorageError, type StorageLock, type StorageLockRefusal } from "./storage.ts";

/** Takes the lock of a file, or says at once who has it. The kernel gives it back on death. */
export function lockOwner(path: string): StorageLock | StorageLockRefusal {
  return "Deno" in globalThis ? lockByFlock(path) : lockBySqlite(path);
}

// flock(2): it belongs to the open file, so that two handles of one process exclude each other too,
// and the kernel gives it back when the process dies. SQLite's own programs do not see it, so theirs is
// taken too where that is allowed.
function lockByFlock(path: string): StorageLock | StorageLockRefusal {
  const file = Deno.openSync(path, { read: true });
  try {
    if (!file.tryLockSync(true)) return giveUp(file, "another process");
    const native = lockOutNative(path);
    const holder = native === null || native === "held" ? nativeLockHolder(path) : null;
    if (native === "held" || holder !== null) return giveUp(file, holder ?? "a native program");
    return {
      kind: "acquired",
      release() {
        native?.release();
        file.close();
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

function giveUp(file: Deno.FsFile, by: string): StorageLockRefusal {
  file.close();
  return { kind: "held", by };
}

// Node.js has no file locks, but the SQLite inside it does: an exclusive transaction on an empty database
// beside the file is one, and the kernel gives it back too.
function lockBySqlite(path: string): StorageLock | StorageLockRefusal {
  const sqlite = process.getBuiltinModule?.("node:sqlite");
  if (sqlite === undefined) throw new StorageError("ENOTSUP", "lock", path);
  const guard = new sqlite.DatabaseSync(`${path}-lock`);
  try {
    guard.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return { kind: "acquired", release: () => guard.close() };
  } catch {
    guard.close();
    return { kind: "held", by: "another process" };
  }
}
