// A database file on a file system: its bytes, and who may use them. For Deno, Node.js and Bun.

import { createNatively } from "./native_guard.ts";
import { type LockedDatabase, lockNatively, lockNothing } from "./native_lock.ts";
import { nativeSqlite } from "./native_sqlite.ts";
import { ProcessLock } from "./process_lock.ts";
import {
  type DatabaseFile,
  type DatabaseLock,
  type LockAccess,
  type LockRefusal,
  type Storage,
  StorageError,
  type StorageFile,
} from "./storage.ts";

/** How the databases of a file system are locked. */
export interface LockOptions {
  /**
   * How long the locks of other programs are waited for; 5,000 ms by default. Reading waits for
   * 1,000 ms at most: only an exclusive owner keeps a reader out, and the reader can look whether
   * that is a run of godwit, which reports its state elsewhere.
   */
  readonly busyTimeoutMs: number;
  /**
   * Whether the wal-index can be shared with programs that map it; by default on Linux, which keeps
   * mappings and `pwrite()` coherent. Elsewhere a database with a log is written to while no other
   * program has it open.
   */
  readonly sharesWalIndex: boolean;
  /** Writes without native locks where the runtime has no SQLite, because no other program will. */
  readonly exclusive: boolean;
}

const LONGEST_READ_WAIT_MS = 1_000;

/** Keeps other threads out; a thread that cannot do so may still read. */
type Exclusion = "taken" | "held" | "none";

interface Held {
  readonly lock: DatabaseLock;
  readonly exclusion: Exclusion;
}

// Files that were closed while another connection had a guard on them: closing their descriptors at
// once would have dropped its locks. The next connection of this thread that holds the process lock
// closes them.
const abandoned = new Map<string, StorageFile[]>();

/** Makes a database of an open file. `storage` is where it is; `path` has no symbolic links. */
export function nodeDatabase(
  file: StorageFile,
  path: string,
  storage: Pick<Storage, "open" | "sizeOf" | "stateOf">,
  options: LockOptions,
): DatabaseFile {
  const open = nativeSqlite();
  const mutex = open === null ? null : new ProcessLock(open, storage, path);
  let held: Held | null = null;
  let isOpen = true;

  /** Ends the native locks, then closes, then lets other threads in. */
  function release(alsoClose: boolean): void {
    const exclusion = held === null ? exclude(mutex, 0, "read") : held.exclusion;
    try {
      held?.lock.release();
      held = null;
      if (alsoClose) leave(path, file);
      if (exclusion !== "held") closeAbandoned(path);
    } finally {
      if (exclusion === "taken") mutex?.release();
      if (alsoClose) mutex?.[Symbol.dispose]();
    }
  }

  return {
    ...file,
    lock(access) {
      if (held !== null) throw new StorageError("EBUSY", "lock", path);
      const busyTimeoutMs = access === "read"
        ? Math.min(options.busyTimeoutMs, LONGEST_READ_WAIT_MS)
        : options.busyTimeoutMs;
      const taken = open === null || mutex === null
        ? takeWithoutNative({ path, storage }, access, options)
        : take(mutex, { ...options, busyTimeoutMs, open, file, path, storage }, access);
      if ("kind" in taken) return taken;
      held = taken;
      const { lock } = taken;
      return {
        ...lock,
        release() {
          if (held?.lock === lock) release(false);
        },
      };
    },
    close() {
      if (isOpen) release(true);
      isOpen = false;
    },
  };
}

/** Creates an empty database, so that no other program can do the same meanwhile. */
export function createDatabase(
  storage: Pick<Storage, "open" | "sizeOf" | "stateOf">,
  path: string,
  journalMode: "delete" | "wal",
  options: LockOptions,
): void {
  const open = nativeSqlite();
  if (open === null) return;
  using mutex = new ProcessLock(open, storage, path);
  if (!mutex.take(options.busyTimeoutMs)) throw new StorageError("EBUSY", "create", path);
  createNatively(open, path, journalMode, options.busyTimeoutMs);
}

function take(
  mutex: ProcessLock,
  database: LockedDatabase,
  access: LockAccess,
): Held | LockRefusal {
  const exclusion = exclude(mutex, database.busyTimeoutMs, access);
  if (exclusion === "held") {
    return { kind: "held", reason: "another thread or process of godwit has it" };
  }
  let lock: DatabaseLock | LockRefusal | null = null;
  try {
    lock = lockNatively(database, access);
    return lock.kind === "acquired" ? { lock, exclusion } : lock;
  } finally {
    if (lock?.kind !== "acquired" && exclusion === "taken") mutex.release();
  }
}

function takeWithoutNative(
  { path, storage }: Pick<LockedDatabase, "path" | "storage">,
  access: LockAccess,
  { exclusive }: LockOptions,
): Held | LockRefusal {
  if (access === "read" || exclusive) {
    return { lock: lockNothing({ path, storage }), exclusion: "none" };
  }
  const reason = "this runtime has no SQLite of its own to lock it with; if no other program has " +
    "it open, say so with the option exclusive";
  return { kind: "held", reason };
}

function exclude(mutex: ProcessLock | null, timeoutMs: number, access: LockAccess): Exclusion {
  try {
    if (mutex === null) return "none";
    return mutex.take(timeoutMs) ? "taken" : "held";
  } catch (error) {
    // A thread that cannot create the lock reads without it: no other thread of this process can
    // have created it either, and what other processes do is seen by `verify()` or the guard.
    if (error instanceof StorageError && access === "read") return "none";
    throw error;
  }
}

function leave(path: string, file: StorageFile): void {
  abandoned.set(path, [...abandoned.get(path) ?? [], file]);
}

function closeAbandoned(path: string): void {
  const files = abandoned.get(path) ?? [];
  abandoned.delete(path);
  for (const file of files) file.close();
}
