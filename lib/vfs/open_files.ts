// The files that SQLite has open through a VFS: databases, and what lies beside them. Runs
// anywhere.

import type { Pointer, Sqlite3 } from "../sqlite/sqlite3.ts";
import { type BufferedFile, bufferWrites } from "./buffer_writes.ts";
import { type FileView, readingView } from "./reading_view.ts";
import { reserveAhead } from "./reserve_ahead.ts";
import {
  type DatabaseFile,
  type DatabaseLock,
  type OpenMode,
  type Storage,
  StorageError,
  type StorageFile,
} from "./storage.ts";
import { type HeapWalIndex, privateWalIndex, sharedWalIndex } from "./wal_index.ts";

/**
 * What a connection may do. `read`: it sees one state of the database, and what it writes is gone
 * once it is closed. `write`: it excludes other writers. `new`: no other program has opened
 * the file, such as a backup that is being written.
 */
export type Access = "read" | "write" | "new";

/** A database that one connection has open. */
export interface OpenDatabase {
  readonly path: string;
  readonly access: Access;
  readonly file: DatabaseFile;
  /** The files beside it, as this connection sees them. */
  readonly view: FileView;
  /**
   * Identifies the file, to notice another one in its place; `null` for one that loses its name.
   */
  readonly identity: string | null;
  /** The log and journal that were opened here, and the wal-index: each path with its identity. */
  readonly beside: Map<string, string>;
  lock: DatabaseLock | null;
  index: HeapWalIndex | null;
}

/** The state of a `sqlite3_file`. */
export interface OpenFile {
  readonly path: string;
  readonly file: BufferedFile;
  /** The database that it is or belongs to; `null` for a temporary file. */
  readonly database: OpenDatabase | null;
  readonly isDatabase: boolean;
  /** A new file's name is durable only once its directory is flushed. */
  isNameDurable: boolean;
  /** Frees what a log has reserved behind its end. */
  freeReserve(): void;
}

/** A file that was opened, and the flags that SQLite should know it by. */
export interface Opened {
  readonly file: OpenFile;
  readonly flags: number;
}

/** Every open file of a VFS. */
export class OpenFiles {
  readonly #sqlite3: Sqlite3;
  readonly #storage: Storage;
  readonly #files = new Map<Pointer, OpenFile>();
  readonly #databases = new Map<string, OpenDatabase>();

  constructor(sqlite3: Sqlite3, storage: Storage) {
    this.#sqlite3 = sqlite3;
    this.#storage = storage;
  }

  at(pointer: Pointer): OpenFile {
    const open = this.#files.get(pointer);
    if (open === undefined) throw new StorageError("EBADF", "use", "a closed file");
    return open;
  }

  /**
   * The files as a connection sees them that deletes or looks for `path`. The super-journal of a
   * transaction over several databases has a name of its own; to a connection that reads it must
   * stay, because it says whether those databases have to be rolled back.
   */
  viewOf(path: string): Pick<FileView, "delete" | "sizeOf"> {
    const reader = [...this.#databases.values()].find(({ access }) => access === "read");
    return (this.databaseOf(path) ?? reader)?.view ?? this.#storage;
  }

  /** The database at `path`, or the one that the log or journal `path` belongs to. */
  databaseOf(path: string): OpenDatabase | undefined {
    return this.#databases.get(path) ?? this.#databases.get(path.replace(/-(wal|journal)$/, ""));
  }

  logOf(database: OpenDatabase): OpenFile | undefined {
    const path = `${database.path}-wal`;
    return [...this.#files.values()].find((open) => open.path === path);
  }

  /** Opens a file for SQLite, with the flags of https://sqlite.org/c3ref/c_open_autoproxy.html. */
  open(pointer: Pointer, path: string | null, access: Access, flags: number): number {
    const { SQLITE_OPEN_MAIN_DB } = this.#sqlite3.capi;
    const opened = path === null
      ? this.#openTemporary(flags)
      : (flags & SQLITE_OPEN_MAIN_DB) !== 0
      ? this.#openDatabase(path, access, flags)
      : this.#openBeside(path, flags);
    this.#files.set(pointer, opened.file);
    return opened.flags;
  }

  close(pointer: Pointer): void {
    const open = this.at(pointer);
    this.#files.delete(pointer);
    const { database, file } = open;
    if (!open.isDatabase || database === null) return file.close();
    if (this.#databases.get(database.path) === database) this.#databases.delete(database.path);
    try {
      // Ends the lock, then closes the descriptor.
      file.close();
    } finally {
      this.#afterUnlock(database);
    }
  }

  /**
   * Takes the database's lock; `null` where it is held already or was taken, otherwise the refusal.
   */
  lock(database: OpenDatabase): string | null {
    if (database.lock !== null || database.access === "new") return null;
    const lock = database.file.lock(database.access);
    if (lock.kind === "held") return lock.reason;
    database.lock = lock;
    if (database.access === "write" && lock.walIndex !== null) {
      this.#remember(database, `${database.path}-wal`);
      this.#remember(database, `${database.path}-shm`);
    }
    return null;
  }

  unlock(database: OpenDatabase): void {
    database.lock?.release();
    this.#afterUnlock(database);
  }

  /** The wal-index of a locked database; `null` where it is not locked. */
  indexOf(database: OpenDatabase): HeapWalIndex | null {
    if (database.lock === null && database.access !== "new") return null;
    const shared = database.lock?.walIndex ?? null;
    return database.index ??= database.access === "write" && shared !== null
      ? sharedWalIndex(this.#sqlite3, shared)
      : privateWalIndex(this.#sqlite3, shared);
  }

  /** Throws `EREPLACED` where another file has taken the database's place. */
  checkPlace(database: OpenDatabase): void {
    if (this.#isInPlace(database)) return;
    throw new StorageError(
      "EREPLACED",
      "write",
      database.path,
      "nothing of this transaction is in the new file; what belongs to the old one is set aside " +
        "beside it. Look at the new file and start again",
    );
  }

  #isInPlace({ path, identity, access }: OpenDatabase): boolean {
    return access !== "write" || identity === null ||
      this.#storage.stateOf(path)?.identity === identity;
  }

  #afterUnlock(database: OpenDatabase): void {
    database.lock = null;
    database.index?.free();
    database.index = null;
    if (!this.#isInPlace(database)) this.#setAside(database);
    database.beside.clear();
  }

  // The next program to open the new file would replay the old one's log into it.
  #setAside({ beside }: OpenDatabase): void {
    const stamp = new Date().toISOString().replaceAll(/[^0-9TZ]/g, "");
    for (const [path, identity] of beside) {
      if (this.#storage.stateOf(path)?.identity !== identity) continue;
      this.#storage.rename(path, `${path}-of-replaced-database-${stamp}`);
    }
  }

  #remember({ beside }: OpenDatabase, path: string): void {
    const state = this.#storage.stateOf(path);
    if (state !== null) beside.set(path, state.identity);
  }

  #openTemporary(flags: number): Opened {
    const [near] = this.#databases.keys();
    const file = bufferWrites(this.#storage.openTemporary(near));
    return {
      file: {
        path: "",
        file,
        database: null,
        isDatabase: false,
        isNameDurable: true,
        freeReserve() {},
      },
      flags,
    };
  }

  #openDatabase(path: string, wanted: Access, flags: number): Opened {
    const { capi } = this.#sqlite3;
    const other = this.#databases.get(path);
    if (other !== undefined && (other.access === "read" || wanted === "read")) {
      throw new StorageError("EBUSY", "open", path, "it is open here with other access");
    }
    const existence = this.#existenceOf(flags);
    const isReading = wanted === "read" || (flags & capi.SQLITE_OPEN_READONLY) !== 0;
    const { file, access, flags: outFlags } = isReading
      ? { file: this.#openToRead(path), access: "read" as const, flags }
      : this.#openToWrite(path, existence, wanted, flags);
    refuseUtf16(file, path);
    const database = this.#describe(path, access, file, flags);
    this.#databases.set(path, database);
    return {
      file: {
        path,
        file: bufferWrites(database.file),
        database,
        isDatabase: true,
        isNameDurable: existence === "must-exist",
        freeReserve() {},
      },
      flags: outFlags,
    };
  }

  #openToRead(path: string): DatabaseFile {
    return this.#storage.openDatabase(path, { access: "read", existence: "must-exist" });
  }

  #openToWrite(
    path: string,
    existence: OpenMode["existence"],
    access: Access,
    flags: number,
  ): { readonly file: DatabaseFile; readonly access: Access; readonly flags: number } {
    const { capi } = this.#sqlite3;
    try {
      const mode: OpenMode = { access: "read-write", existence };
      const file = access === "new"
        ? withoutLock(this.#storage.open(path, mode))
        : this.#storage.openDatabase(path, mode);
      return { file, access, flags };
    } catch (error) {
      // SQLite expects a file that it may not write to be opened for reading, and the flag that
      // says so.
      if (!(error instanceof StorageError) || !isReadOnly(error)) throw error;
      const readOnly = (flags & ~(capi.SQLITE_OPEN_READWRITE | capi.SQLITE_OPEN_CREATE)) |
        capi.SQLITE_OPEN_READONLY;
      return { file: this.#openToRead(path), access: "read", flags: readOnly };
    }
  }

  #describe(path: string, access: Access, file: DatabaseFile, flags: number): OpenDatabase {
    const storage = this.#storage;
    const view = access === "read"
      ? readingView(storage, path, () => database.lock?.isJournalLive ?? true)
      : null;
    // Without its name the file vanishes when it is closed, or when the process dies.
    const vanishes = (flags & this.#sqlite3.capi.SQLITE_OPEN_DELETEONCLOSE) !== 0;
    if (vanishes) storage.delete(path);
    const database: OpenDatabase = {
      path,
      access,
      file: view?.database(file) ?? file,
      view: view ?? {
        open: (each, mode) => storage.open(each, mode, path),
        delete: (each) => storage.delete(each),
        sizeOf: (each) => storage.sizeOf(each),
      },
      identity: vanishes ? null : storage.stateOf(path)?.identity ?? null,
      beside: new Map(),
      lock: null,
      index: null,
    };
    return database;
  }

  #openBeside(path: string, flags: number): Opened {
    const { capi } = this.#sqlite3;
    const database = this.databaseOf(path) ?? null;
    const existence = this.#existenceOf(flags);
    const isLog = (flags & capi.SQLITE_OPEN_WAL) !== 0;
    const view = database?.view ?? this.#storage;
    const access = (flags & capi.SQLITE_OPEN_READONLY) === 0 ? "read-write" : "read";
    const opened = view.open(path, { access, existence });
    if ((flags & capi.SQLITE_OPEN_DELETEONCLOSE) !== 0) view.delete(path);
    else if (database !== null) this.#remember(database, path);
    const reserved = isLog && database?.access === "write" ? reserveAhead(opened) : null;
    const file = bufferWrites(reserved ?? opened);
    return {
      file: {
        path,
        file,
        database,
        isDatabase: false,
        isNameDurable: existence === "must-exist",
        freeReserve() {
          file.settle();
          reserved?.giveBack();
        },
      },
      flags,
    };
  }

  #existenceOf(flags: number): OpenMode["existence"] {
    const { SQLITE_OPEN_CREATE, SQLITE_OPEN_EXCLUSIVE } = this.#sqlite3.capi;
    if ((flags & SQLITE_OPEN_CREATE) === 0) return "must-exist";
    return (flags & SQLITE_OPEN_EXCLUSIVE) === 0 ? "create" : "exclusive";
  }
}

/** The lock of a file that no other program has opened. */
function withoutLock(file: StorageFile): DatabaseFile {
  return { ...file, lock: () => ({ kind: "held", reason: "it is being made" }) };
}

function isReadOnly(error: StorageError): boolean {
  return error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS";
}

// SQLite's WASM build is made without UTF-16 and would take such text for UTF-8. The header says
// which it is: https://sqlite.org/fileformat2.html#enc
function refuseUtf16(file: StorageFile, path: string): void {
  const header = readHeader(file);
  if (header === null) return;
  const isDatabase = new TextDecoder().decode(header.subarray(0, 15)) === "SQLite format 3";
  if (!isDatabase || new DataView(header.buffer).getUint32(56) <= 1) return;
  file.close();
  throw new StorageError("EILSEQ", "open", path);
}

function readHeader(file: StorageFile): Uint8Array | null {
  const header = new Uint8Array(60);
  try {
    return file.read(header, 0) < header.length ? null : header;
  } catch (error) {
    // SQLite reads it too, and describes better what goes wrong.
    if (error instanceof StorageError) return null;
    throw error;
  }
}
