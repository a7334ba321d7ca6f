// Storage on a file system, over node:fs. For Deno, Node.js and Bun.

import fs from "node:fs";
import os from "node:os";
import nodePath from "node:path";
import process from "node:process";
import { createDatabase, type LockOptions, nodeDatabase } from "./node_database.ts";
import {
  type FileState,
  type OpenMode,
  type Storage,
  StorageError,
  type StorageFile,
} from "./storage.ts";

const { constants } = fs;

// A database without any write bit is read-only, for root too, although the system lets root write.
const ANY_WRITE_BIT = 0o222;

/** Makes a storage of the local file system. Paths may be relative to the working directory. */
export function nodeStorage(options: Partial<LockOptions> = {}): Storage {
  const lockOptions: LockOptions = {
    busyTimeoutMs: 5_000,
    sharesWalIndex: process.platform === "linux",
    exclusive: false,
    ...options,
  };
  const storage: Storage = {
    resolve: resolvePath,
    open: openFile,
    openDatabase: (path, mode) =>
      nodeDatabase(openFile(path, mode), resolvePath(path), storage, lockOptions),
    create(path, journalMode) {
      // Exclusively: closing a descriptor of a database that is there would drop locks on it.
      if (sizeOf(path) === null) createEmpty(path);
      if (sizeOf(path) === 0) createDatabase(storage, resolvePath(path), journalMode, lockOptions);
    },
    openTemporary,
    delete: (path) => attempt("delete", path, () => fs.unlinkSync(path)),
    rename: (from, to) => attempt("rename", from, () => fs.renameSync(from, to)),
    sizeOf,
    stateOf,
    isAccessible,
    flushDirectory,
  };
  return storage;
}

function createEmpty(path: string): void {
  try {
    openFile(path, { access: "read-write", existence: "exclusive" }).close();
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== "EEXIST") throw error;
  }
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

const OF_A_NEW_FILE = 0o644;

function openFile(
  path: string,
  { access, existence }: OpenMode,
  like?: string,
  modeWithout = OF_A_NEW_FILE,
): StorageFile {
  return attempt("open", path, () => {
    const flags = (access === "read" ? constants.O_RDONLY : constants.O_RDWR) |
      (existence === "must-exist" ? 0 : constants.O_CREAT) |
      (existence === "exclusive" ? constants.O_EXCL : 0);
    const existing = statIfThere(path);
    // Looked at before it is opened: closing a descriptor of a database drops locks.
    if (existing?.isDirectory()) throw new StorageError("EISDIR", "open", path);
    // A pipe would wait for a writer.
    if (existing?.isFile() === false) throw new StorageError("ENOTFILE", "open", path);
    if (
      existing !== undefined && access === "read-write" && (existing.mode & ANY_WRITE_BIT) === 0
    ) {
      throw new StorageError("EACCES", "open", path);
    }
    const model = like === undefined || existing !== undefined ? undefined : statIfThere(like);
    const descriptor = fs.openSync(
      path,
      flags,
      model === undefined ? modeWithout : modeLike(model),
    );
    if (model !== undefined) giveTo(model, descriptor);
    return nodeFile(descriptor, path);
  });
}

// A file that is made is written to, also beside a database that must not be.
function modeLike({ mode }: fs.Stats): number {
  return mode & 0o777 | 0o600;
}

// A journal that belongs to root would lock the plugin out of its own database.
function giveTo(model: fs.Stats, descriptor: number): void {
  fs.fchmodSync(descriptor, modeLike(model));
  const { uid, gid } = fs.fstatSync(descriptor);
  if (uid === model.uid && gid === model.gid) return;
  try {
    fs.fchownSync(descriptor, model.uid, model.gid);
  } catch {
    // Only root can give files away.
  }
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

// Beside the database: it is the one directory that the program is sure to be allowed to write to.
function openTemporary(near?: string): StorageFile {
  const directory = near === undefined ? os.tmpdir() : nodePath.dirname(near);
  const path = nodePath.join(directory, `godwit-${crypto.randomUUID()}`);
  // It holds rows of the database, and has a name for a moment.
  const mode: OpenMode = { access: "read-write", existence: "exclusive" };
  const file = openFile(path, mode, undefined, 0o600);
  // Without its name the file vanishes when it is closed, or when the process dies.
  attempt("delete", path, () => fs.unlinkSync(path));
  return file;
}

function sizeOf(path: string): number | null {
  return attempt("stat", path, () => statIfThere(path)?.size ?? null);
}

function stateOf(path: string): FileState | null {
  const stat = attempt("stat", path, () => statIfThere(path));
  if (stat === undefined) return null;
  return { identity: `${stat.dev}:${stat.ino}`, version: `${stat.size}:${stat.mtimeMs}` };
}

// What lies beside a database is nearly always missing. In Deno stat() takes 100 µs to say so,
// lstat() 30 µs, and existsSync() 3 µs. The last also says so of what cannot be looked at, which
// SQLite too takes for missing beside a database that it has opened.
function statIfThere(path: string): fs.Stats | undefined {
  const isMissing = !fs.existsSync(path) &&
    (BESIDE.test(path) || fs.lstatSync(path, { throwIfNoEntry: false }) === undefined);
  return isMissing ? undefined : fs.statSync(path, { throwIfNoEntry: false });
}

const BESIDE = /-(wal|shm|journal|lock)$/;

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
