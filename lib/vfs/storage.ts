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

/** A lock that is held; the operating system gives it back when the process dies. */
export interface StorageLock {
  /** Tells it from a refusal. */
  readonly kind: "acquired";
  /** Gives it back; doing so twice is harmless. */
  release(): void;
}

/** A lock that another owner has. */
export interface StorageLockRefusal {
  /** Tells it from a lock. */
  readonly kind: "held";
  /** Who has it, where that can be known. */
  readonly by: string | null;
}

/** How a file is opened. `create` keeps an existing file, `exclusive` refuses one. */
export interface OpenMode {
  /** What the file is opened for. */
  readonly access: "read" | "read-write";
  /** What is expected of a file with that name. */
  readonly existence: "must-exist" | "create" | "exclusive";
}

/** What tells one state of a file from another. Compare the parts with `===`. */
export interface FileState {
  /** Another where another file has taken the name. */
  readonly identity: string;
  /** Another after anybody has written to the file; as exact as the file's times are. */
  readonly version: string;
}

/** Where files live. Every method throws a `StorageError` and nothing else. */
export interface Storage {
  /** Makes a path absolute, so that one file has one name. */
  resolve(path: string): string;
  /** Opens a file. */
  open(path: string, mode: OpenMode): StorageFile;
  /** Opens a file without a name that vanishes when it is closed. */
  openTemporary(): StorageFile;
  /** Deletes a file; a missing one is an `ENOENT` error. */
  delete(path: string): void;
  /** The length of a file in bytes; `null` where there is none. */
  sizeOf(path: string): number | null;
  /** The state of a file; `null` where there is none. */
  stateOf(path: string): FileState | null;
  /** Says whether a file may be read, or written too. */
  isAccessible(path: string, access: OpenMode["access"]): boolean;
  /** Returns once the names in the directory of `path` survive a power cut. */
  flushDirectory(path: string): void;
  /** Takes the one exclusive lock of a file, or says at once that another has it. */
  lock(path: string): StorageLock | StorageLockRefusal;
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

  /** A cause that is text ends the message. */
  /** Describes a failure; `cause` is the error that the operating system's interface threw. */
  constructor(code: string, operation: string, path: string, cause?: unknown) {
    const detail = typeof cause === "string" ? `: ${cause}` : "";
    super(`${operation} ${path}: ${describeCode(code)}${detail}`, { cause });
    this.code = code;
    this.operation = operation;
    this.path = path;
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
  ENOENT: "there is no such file or directory",
  ENOSPC: "no space is left on the disk",
  ENOTDIR: "a part of the path is not a directory",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ESTALE: "another program has changed the database while it was open here; try again",
};

function describeCode(code: string): string {
  const description = DESCRIPTIONS[code];
  return description === undefined ? code : `${description} (${code})`;
}
