// The small interface between the VFS and the bytes: a file system, a simulated disk, memory.

/** An open file. Shaped like the browser's `FileSystemSyncAccessHandle`; offsets are in bytes. */
export interface StorageFile {
  /** Reads into `buffer` from offset `at`; returns how many bytes there were, 0 past the end. */
  read(buffer: Uint8Array, at: number): number;
  /** Writes all of `buffer` at offset `at`, growing the file where needed. */
  write(buffer: Uint8Array, at: number): void;
  /** Cuts or grows the file to `sizeBytes`. */
  truncate(sizeBytes: number): void;
  /** The file's length in bytes. */
  size(): number;
  /** Returns once everything written so far survives a power cut. */
  flush(): void;
  /** Gives the handle back; closing twice is harmless, any other use of a closed one is `EBADF`. */
  close(): void;
}

/** How a file is opened. `create` keeps an existing file, `exclusive` refuses one. */
export interface OpenMode {
  /** What the file is opened for. */
  readonly access: "read" | "read-write";
  /** What is expected of a file with that name. */
  readonly existence: "must-exist" | "create" | "exclusive";
}

/** An open database file, which can be locked. `close()` comes after the lock's `release()`. */
export interface DatabaseFile extends StorageFile {
  /**
   * Takes SQLite's locks on the database for one owner, or refuses once the storage's busy time is
   * over. `read` reads beside every program but one with an exclusive lock; the owner sees one
   * state of the database until `release()`. `write` also excludes other writers, and with a
   * rollback journal readers too.
   */
  lock(access: LockAccess): DatabaseLock | LockRefusal;
}

/** What a lock allows. */
export type LockAccess = "read" | "write";

/** Locks that are held on a database; the operating system releases them when the process dies. */
export interface DatabaseLock {
  /** Distinguishes it from a refusal. */
  readonly kind: "acquired";
  /** The index of the write-ahead log that other programs share; `null` where there is none. */
  readonly walIndex: WalIndexFile | null;
  /** Whether a rollback journal beside the database belongs to a living writer, so is not hot. */
  readonly isJournalLive: boolean;
  /** Throws `ESTALE` where another program may have changed what was read. */
  verify(): void;
  /** Releases the locks. Releasing twice is harmless. */
  release(): void;
}

/** Another owner has the database. */
export interface LockRefusal {
  /** Distinguishes it from a lock. */
  readonly kind: "held";
  /** What is known of the other owner, or why no lock can be had here. */
  readonly reason: string;
}

/** The file of a wal-index, which native programs map: https://sqlite.org/walformat.html */
export type WalIndexFile = Pick<StorageFile, "read" | "write" | "size">;

/** Distinguishes states of a file. Compare the parts with `===`. */
export interface FileState {
  /** Differs once another file has taken the name. */
  readonly identity: string;
  /** Differs once any program has written to the file; as exact as the file's times are. */
  readonly version: string;
}

/** Where files live. Every method throws a `StorageError` and nothing else. */
export interface Storage {
  /** Makes a path absolute, so that one file has one name. */
  resolve(path: string): string;
  /**
   * Opens a file that is not a database. A new one takes mode and owner of the file `like`, where
   * that is given.
   */
  open(path: string, mode: OpenMode, like?: string): StorageFile;
  /** Opens a database file. */
  openDatabase(path: string, mode: OpenMode): DatabaseFile;
  /**
   * Creates an empty database in a journal mode, for every program at once; keeps an existing one.
   */
  create(path: string, journalMode: "delete" | "wal"): void;
  /**
   * Opens a file without a name, in the directory of the file `near`; it is gone once it is closed.
   */
  openTemporary(near?: string): StorageFile;
  /** Deletes a file; a missing one is an `ENOENT` error. */
  delete(path: string): void;
  /** Gives a file another name in its directory. */
  rename(from: string, to: string): void;
  /** The length of a file in bytes; `null` where there is none. */
  sizeOf(path: string): number | null;
  /** The state of a file; `null` where there is none. */
  stateOf(path: string): FileState | null;
  /** Says whether a file may be read, or written too. */
  isAccessible(path: string, access: OpenMode["access"]): boolean;
  /** Returns once the names in the directory of `path` survive a power cut. */
  flushDirectory(path: string): void;
}

/** A failed storage operation, with the operating system's code such as `ENOSPC`. */
export class StorageError extends Error {
  /** Always `StorageError`. */
  override readonly name = "StorageError";
  /** The operating system's code, such as `ENOSPC`, `EACCES` or `EIO`. */
  readonly code: string;
  /** What was tried, such as `write`. */
  readonly operation: string;
  /** The file concerned. */
  readonly path: string;

  /**
   * Describes a failure. `cause` is the error that the operating system's interface threw; a text
   * ends the message.
   */
  constructor(code: string, operation: string, path: string, cause?: unknown) {
    const detail = typeof cause === "string" ? `: ${cause}` : "";
    super(`${operation} ${path}: ${describeCode(code)}${detail}`, { cause });
    this.code = code;
    this.operation = operation;
    this.path = path;
  }
}

/** Opens a file to read; `null` where it is gone, as a journal is once its transaction ends. */
export function openIfThere(storage: Pick<Storage, "open">, path: string): StorageFile | null {
  try {
    return storage.open(path, { access: "read", existence: "must-exist" });
  } catch (error) {
    if (error instanceof StorageError && error.code === "ENOENT") return null;
    throw error;
  }
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBADF: "the file is not open for that",
  EBUSY: "busy",
  EDQUOT: "the disk quota is used up",
  EEXIST: "it exists already",
  EFBIG: "the file would be too large",
  EHOSTUNREACH: "its host cannot be reached",
  EILSEQ: "its text is UTF-16 and not UTF-8; convert it: sqlite3 old .dump | sqlite3 new",
  EIO: "input/output error",
  EISDIR: "it is a directory",
  EMFILE: "too many open files",
  ECANTOPEN: "it cannot be opened; look at its permissions, and at the length of its path",
  ECORRUPT: "the database is damaged",
  EFOREIGNLOG: "the log beside the database belongs to another database",
  ELOCKED: "another program has it",
  ENOENT: "there is no such file or directory",
  ENOTADB: "it is not a database",
  ENOTSUP: "this is not possible here",
  ENOSPC: "no space is left on the disk",
  ENOTFILE: "it is a pipe, a socket or a device, and not a file",
  ENOTDIR: "a part of the path is not a directory",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  EREPLACED: "another file has taken the database's place",
  ESTALE: "another program has changed the database while it was read; try again",
};

function describeCode(code: string): string {
  const description = DESCRIPTIONS[code];
  return description === undefined ? code : `${description} (${code})`;
}
