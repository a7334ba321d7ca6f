// Opens one file for SQLite: a database, a file beside it, or a temporary one. Runs anywhere.

import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { type BufferedFile, bufferWrites } from "./buffer_writes.ts";
import { readBlocks } from "./read_blocks.ts";
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
import type { HeapWalIndex } from "./wal_index.ts";

/**
 * What a connection may do. `read`: it sees one state of the database, and what it writes is gone
 * once it is closed. `copy`: the same without a lock, for a file that no program writes to, such as
 * a backup. `write`: it excludes other writers. `new`: no other program has opened the file, such
 * as a backup that is being written.
 */
export type Access = "read" | "copy" | "write" | "new";

/** A database that one connection has open. */
export interface OpenDatabase {
  readonly path: string;
  readonly access: Exclude<Access, "copy">;
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

/** What opening needs. Flags are those of https://sqlite.org/c3ref/c_open_autoproxy.html. */
export interface OpeningContext {
  readonly capi: Sqlite3["capi"];
  readonly storage: Storage;
}

/** Opens a file without a name; `near` is the path of a database, if one is open. */
export function openTemporary(storage: Storage, near: string | undefined): OpenFile {
  return {
    path: "",
    file: bufferWrites(storage.openTemporary(near)),
    database: null,
    isDatabase: false,
    isNameDurable: true,
    freeReserve() {},
  };
}

/** A database that was opened, and the flags that it was opened with. */
export interface OpenedDatabase {
  readonly file: OpenFile;
  readonly database: OpenDatabase;
  readonly flags: number;
}

/** Opens a database; for reading if it cannot be written to. */
export function openDatabase(
  context: OpeningContext,
  path: string,
  wanted: Access,
  flags: number,
): OpenedDatabase {
  const { capi, storage } = context;
  const existence = existenceOf(capi, flags);
  const isReading = wanted === "read" || wanted === "copy" ||
    (flags & capi.SQLITE_OPEN_READONLY) !== 0;
  const { file, access, flags: outFlags } = isReading
    ? {
      file: wanted === "copy" ? openCopy(storage, path) : openToRead(storage, path),
      access: "read" as const,
      flags,
    }
    : openToWrite(context, path, existence, wanted, flags);
  refuseUtf16(file, path);
  const database = describe(context, path, access, file, flags);
  return {
    file: {
      path,
      file: bufferWrites(database.file),
      database,
      isDatabase: true,
      isNameDurable: existence === "must-exist",
      freeReserve() {},
    },
    database,
    flags: outFlags,
  };
}

/** Opens a log or journal; `database` is the one that it belongs to, if that is open. */
export function openBeside(
  { capi, storage }: OpeningContext,
  database: OpenDatabase | null,
  path: string,
  flags: number,
): OpenFile {
  const existence = existenceOf(capi, flags);
  const isLog = (flags & capi.SQLITE_OPEN_WAL) !== 0;
  const view = database?.view ?? storage;
  const access = (flags & capi.SQLITE_OPEN_READONLY) === 0 ? "read-write" : "read";
  const opened = view.open(path, { access, existence });
  if ((flags & capi.SQLITE_OPEN_DELETEONCLOSE) !== 0) view.delete(path);
  else if (database !== null) remember(storage, database, path);
  const reserved = isLog && database?.access === "write" ? reserveAhead(opened) : null;
  // Native programs write to a log too; a journal belongs to the one that has the lock.
  const file = bufferWrites(reserved ?? opened, { isOnlyOurs: !isLog });
  return {
    path,
    file,
    database,
    isDatabase: false,
    isNameDurable: existence === "must-exist",
    freeReserve() {
      file.settle();
      reserved?.giveBack();
    },
  };
}

/** Records the identity of a file beside a database, if the file exists. */
export function remember(storage: Storage, { beside }: OpenDatabase, path: string): void {
  const state = storage.stateOf(path);
  if (state !== null) beside.set(path, state.identity);
}

function openToRead(storage: Storage, path: string): DatabaseFile {
  return storage.openDatabase(path, { access: "read", existence: "must-exist" });
}

// A native lock would need a file beside it.
function openCopy(storage: Storage, path: string): DatabaseFile {
  const lock: DatabaseLock = {
    kind: "acquired",
    walIndex: null,
    isJournalLive: false,
    verify() {},
    release() {},
  };
  const file = storage.open(path, { access: "read", existence: "must-exist" });
  return { ...readBlocks(file), lock: () => lock };
}

function openToWrite(
  { capi, storage }: OpeningContext,
  path: string,
  existence: OpenMode["existence"],
  access: "write" | "new",
  flags: number,
): {
  readonly file: DatabaseFile;
  readonly access: "read" | "write" | "new";
  readonly flags: number;
} {
  try {
    const mode: OpenMode = { access: "read-write", existence };
    const file = access === "new"
      ? withoutLock(storage.open(path, mode))
      : storage.openDatabase(path, mode);
    return { file, access, flags };
  } catch (error) {
    // SQLite expects a file that it may not write to be opened for reading, and the flag that
    // says so.
    if (!(error instanceof StorageError) || !isReadOnly(error)) throw error;
    const readOnly = (flags & ~(capi.SQLITE_OPEN_READWRITE | capi.SQLITE_OPEN_CREATE)) |
      capi.SQLITE_OPEN_READONLY;
    return { file: openToRead(storage, path), access: "read", flags: readOnly };
  }
}

function describe(
  { capi, storage }: OpeningContext,
  path: string,
  access: OpenDatabase["access"],
  file: DatabaseFile,
  flags: number,
): OpenDatabase {
  const view = access === "read"
    ? readingView(storage, path, () => database.lock?.isJournalLive ?? true)
    : null;
  // Without its name the file vanishes when it is closed, or when the process dies.
  const vanishes = (flags & capi.SQLITE_OPEN_DELETEONCLOSE) !== 0;
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

function existenceOf(capi: Sqlite3["capi"], flags: number): OpenMode["existence"] {
  const { SQLITE_OPEN_CREATE, SQLITE_OPEN_EXCLUSIVE } = capi;
  if ((flags & SQLITE_OPEN_CREATE) === 0) return "must-exist";
  return (flags & SQLITE_OPEN_EXCLUSIVE) === 0 ? "create" : "exclusive";
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
