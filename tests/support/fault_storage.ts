// A storage whose operations fail on demand, for tests of what is built on storages. Runs anywhere.

import {
  type DatabaseLock,
  type LockRefusal,
  type Storage,
  StorageError,
  type StorageFile,
  type WalIndexFile,
} from "../../lib/vfs/storage.ts";

/** One operation on a storage, as it is about to happen. */
export interface StorageOperation {
  /** Counts from 1. */
  readonly number: number;
  readonly kind:
    | "open"
    | "read"
    | "write"
    | "truncate"
    | "size"
    | "flush"
    | "close"
    | "delete"
    | "rename"
    | "flush-directory"
    | "lock";
  readonly path: string;
}

/** Whether an operation changes files; to close a database ends its lock, which may checkpoint. */
export function isChange({ kind }: StorageOperation): boolean {
  return kind === "write" || kind === "truncate" || kind === "flush" || kind === "delete" ||
    kind === "rename" || kind === "flush-directory" || kind === "close";
}

/** How an operation fails. */
export interface Fault {
  /** The operating system's code, such as `EIO` or `ENOSPC`. */
  readonly code: string;
  /** `half-done` lets a write put down half its bytes before it fails, as a full disk does. */
  readonly effect: "none" | "half-done";
}

/**
 * Wraps `storage`. `choose` is asked before every operation; where it returns a fault the operation
 * fails with it. Closing gives the handle back in any case, as close(2) does.
 */
export function faultStorage(
  storage: Storage,
  choose: (operation: StorageOperation) => Fault | null,
): Storage {
  let number = 0;

  function attempt<T>(
    kind: StorageOperation["kind"],
    path: string,
    action: () => T,
    onFault: (fault: Fault) => void = () => {},
  ): T {
    number += 1;
    const fault = choose({ number, kind, path });
    if (fault === null) return action();
    onFault(fault);
    throw new StorageError(fault.code, kind, path);
  }

  const writeTo = (file: WalIndexFile, path: string): WalIndexFile["write"] => (buffer, at) =>
    attempt("write", path, () => file.write(buffer, at), ({ effect }) => {
      if (effect === "half-done") file.write(buffer.subarray(0, buffer.length >> 1), at);
    });

  const wrap = <File extends StorageFile>(file: File, path: string): File => ({
    ...file,
    read: (buffer: Uint8Array, at: number) => attempt("read", path, () => file.read(buffer, at)),
    write: writeTo(file, path),
    truncate: (sizeBytes: number) => attempt("truncate", path, () => file.truncate(sizeBytes)),
    size: () => attempt("size", path, () => file.size()),
    flush: () => attempt("flush", path, () => file.flush()),
    close: () => attempt("close", path, () => file.close(), () => file.close()),
  });

  const wrapLock = (
    lock: DatabaseLock | LockRefusal,
    path: string,
  ): DatabaseLock | LockRefusal => {
    if (lock.kind === "held" || lock.walIndex === null) return lock;
    const { walIndex } = lock;
    return { ...lock, walIndex: { ...walIndex, write: writeTo(walIndex, `${path}-shm`) } };
  };

  return {
    ...storage,
    open: (path, mode, like) =>
      attempt("open", path, () => wrap(storage.open(path, mode, like), path)),
    openDatabase: (path, mode) =>
      attempt("open", path, () => {
        const file = storage.openDatabase(path, mode);
        return {
          ...wrap(file, path),
          lock: (access) => attempt("lock", path, () => wrapLock(file.lock(access), path)),
        };
      }),
    create: (path, journalMode) => attempt("open", path, () => storage.create(path, journalMode)),
    openTemporary(near) {
      const path = "a temporary file";
      return attempt("open", path, () => wrap(storage.openTemporary(near), path));
    },
    rename: (from, to) => attempt("rename", from, () => storage.rename(from, to)),
    delete: (path) => attempt("delete", path, () => storage.delete(path)),
    sizeOf: (path) => attempt("size", path, () => storage.sizeOf(path)),
    flushDirectory: (path) => attempt("flush-directory", path, () => storage.flushDirectory(path)),
  };
}
