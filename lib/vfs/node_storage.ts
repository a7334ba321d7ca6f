// Storage on a file system, over node:fs. For Deno, Node.js and Bun.

import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import { lockOwner } from "./owner_lock.ts";
import {
  type FileState,
  type OpenMode,
  type Storage,
  StorageError,
  type StorageFile,
} from "./storage.ts";

const { constants } = fs;

// Nobody's permission bits; a database without any write bit was meant to be left alone, and root,
// whom the bits do not stop, is held to it too.
const ANY_WRITE_BIT = 0o222;

/** Makes a storage of the local file system. Paths may be relative to the working directory. */
export function nodeStorage(): Storage {
  return {
    resolve: resolvePath,
    open: (path, mode) => openFile(path, mode),
    openTemporary,
    delete: (path) => attempt("delete", path, () => fs.unlinkSync(path)),
    sizeOf,
    stateOf,
    isAccessible,
    flushDirectory,
    lock: (path) => attempt("lock", path, () => lockOwner(path)),
  };
}

// Through symbolic links, so that a journal is looked for where native SQLite keeps it.
function resolvePath(path: string): string {
  const absolute = nodePath.resolve(path);
  try {
    return fs.realpathSync(absolute);
  } catch {
    const { dir, base } = nodePath.parse(absolute);
    return base === "" ? absolute : nodePath.join(resolvePath(dir), base);
  }
}

function openFile(path: string, { access, existence }: OpenMode): StorageFile {
  return attempt("open", path, () => {
    const flags = (access === "read" ? constants.O_RDONLY : constants.O_RDWR) |
      (existence === "must-exist" ? 0 : constants.O_CREAT) |
      (existence === "exclusive" ? constants.O_EXCL : 0);
    const descriptor = fs.openSync(path, flags, 0o644);
    const stat = fs.fstatSync(descriptor);
    const refused = stat.isDirectory()
      ? "EISDIR"
      : access === "read-write" && (stat.mode & ANY_WRITE_BIT) === 0
      ? "EACCES"
      : null;
    if (refused !== null) {
      fs.closeSync(descriptor);
      throw new StorageError(refused, "open", path);
    }
    return nodeFile(descriptor, path);
  });
}

function nodeFile(descriptor: number, path: string): StorageFile {
  let open = true;
  // The system gives a closed descriptor to the next file that is opened.
  const use = <T>(operation: string, action: () => T): T => {
    if (!open) throw new StorageError("EBADF", operation, path);
    return attempt(operation, path, action);
  };
  return {
    read(buffer, at) {
      return use("read", () => {
        let done = 0;
        while (done < buffer.length) {
          const count = fs.readSync(descriptor, buffer, done, buffer.length - done, at + done);
          if (count === 0) break;
          done += count;
        }
        return done;
      });
    },
    write(buffer, at) {
      use("write", () => {
        for (let done = 0; done < buffer.length;) {
          done += fs.writeSync(descriptor, buffer, done, buffer.length - done, at + done);
        }
      });
    },
    truncate: (sizeBytes) => use("truncate", () => fs.ftruncateSync(descriptor, sizeBytes)),
    size: () => use("stat", () => fs.fstatSync(descriptor).size),
    // fdatasync flushes the length too where it changed; only times are left behind.
    flush: () => use("sync", () => fs.fdatasyncSync(descriptor)),
    close() {
      if (!open) return;
      open = false;
      attempt("close", path, () => fs.closeSync(descriptor));
    },
  };
}

function openTemporary(): StorageFile {
  const path = nodePath.join(os.tmpdir(), `godwit-${crypto.randomUUID()}`);
  const file = openFile(path, { access: "read-write", existence: "exclusive" });
  // Without its name the file vanishes when it is closed, or when the process dies.
  attempt("delete", path, () => fs.unlinkSync(path));
  return file;
}

function sizeOf(path: string): number | null {
  return attempt("stat", path, () => fs.statSync(path, { throwIfNoEntry: false })?.size ?? null);
}

function stateOf(path: string): FileState | null {
  const stat = attempt("stat", path, () => fs.statSync(path, { throwIfNoEntry: false }));
  if (stat === undefined) return null;
  return { identity: `${stat.dev}:${stat.ino}`, version: `${stat.size}:${stat.mtimeMs}` };
}

function isAccessible(path: string, access: OpenMode["access"]): boolean {
  try {
    fs.accessSync(path, access === "read" ? constants.R_OK : constants.R_OK | constants.W_OK);
    return access === "read" || (fs.statSync(path).mode & ANY_WRITE_BIT) !== 0;
  } catch {
    return false;
  }
}

function flushDirectory(path: string): void {
  const directory = nodePath.dirname(path);
  attempt("sync", directory, () => {
    const descriptor = fs.openSync(directory, constants.O_RDONLY);
    try {
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

/** Runs one system call; this is where foreign errors become `StorageError`s. */
function attempt<T>(operation: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof StorageError) throw error;
    throw new StorageError(codeOf(error), operation, path, error);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return error instanceof Error ? error.name : "EIO";
}
