// Registers a VFS with SQLite that keeps its files in a storage. Runs wherever SQLite's WASM build runs.

import type { Pointer, Sqlite3 } from "../sqlite/sqlite3.ts";
import { type BufferedFile, bufferWrites } from "./buffer_writes.ts";
import { type WatchedRole, watchForeignWrites } from "./foreign_writes.ts";
import { reserveAhead } from "./reserve_ahead.ts";
import {
  type OpenMode,
  type Storage,
  StorageError,
  type StorageFile,
  type StorageLock,
} from "./storage.ts";

/** An installed VFS. */
export interface Vfs {
  /** The name to open databases with. */
  readonly name: string;
  /** The storage's last failure, which SQLite reduces to a result code; forgotten when taken. */
  takeError(): StorageError | null;
}

/** What the VFS knows of a `sqlite3_file`. */
interface OpenFile {
  readonly path: string;
  readonly file: BufferedFile;
  /** Tells whether another file has taken the name since. */
  readonly identity: string | null;
  /** The owner's lock, held from SHARED to NONE: one process owns a database at a time. */
  lock: StorageLock | null;
  /** A new file's name is durable only once its directory is flushed. */
  directoryFlushed: boolean;
  /** Frees what a log has reserved behind its end. */
  giveBackReserve(): void;
}

// Long enough for any path that the operating system takes.
const MAX_PATH_BYTES = 4096;
const SECTOR_BYTES = 4096;

/**
 * Registers `storage` as the VFS `name`. A database opens with `locking_mode=EXCLUSIVE` for WAL,
 * since there is no shared memory (https://sqlite.org/wal.html#noshm). The methods follow
 * https://sqlite.org/c3ref/io_methods.html and https://sqlite.org/c3ref/vfs.html.
 */
export function installVfs(sqlite3: Sqlite3, storage: Storage, name: string): Vfs {
  const { capi, wasm } = sqlite3;
  const files = new Map<Pointer, OpenFile>();
  const foreignWrites = watchForeignWrites(storage);
  let lastError: StorageError | null = null;

  // The heap moves when it grows, so the view is looked up for every call.
  const bytesAt = (pointer: Pointer, length: number): Uint8Array =>
    wasm.heap8u().subarray(pointer, pointer + length);

  const fileAt = (pointer: Pointer): OpenFile => {
    const open = files.get(pointer);
    if (open === undefined) throw new StorageError("EBADF", "use", "a closed file");
    return open;
  };

  /** Runs one method; a storage error is kept for `takeError()` and becomes `failure`. */
  const guard = (failure: number, action: () => number): number => {
    try {
      return action();
    } catch (error) {
      lastError = error instanceof StorageError
        ? error
        : new StorageError("EIO", "run", "the VFS", error);
      return isDiskFull(lastError) ? capi.SQLITE_FULL : failure;
    }
  };

  const io = new capi.sqlite3_io_methods();
  // Version 1: neither shared memory nor memory mapping.
  io.$iVersion = 1;
  const vfs = new capi.sqlite3_vfs();
  vfs.$iVersion = 2;
  vfs.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
  vfs.$mxPathname = MAX_PATH_BYTES;

  const ioMethods = {
    xClose: (pFile: Pointer): number =>
      guard(capi.SQLITE_IOERR_CLOSE, () => {
        const open = fileAt(pFile);
        files.delete(pFile);
        try {
          open.file.close();
        } finally {
          unlock(open);
        }
        return capi.SQLITE_OK;
      }),

    xRead: (pFile: Pointer, pBuffer: Pointer, length: number, offset: bigint): number =>
      guard(capi.SQLITE_IOERR_READ, () => {
        const buffer = bytesAt(pBuffer, length);
        const count = fileAt(pFile).file.read(buffer, Number(offset));
        if (count === length) return capi.SQLITE_OK;
        // SQLite asks for the rest to be zeroed: https://sqlite.org/c3ref/io_methods.html
        buffer.fill(0, count);
        return capi.SQLITE_IOERR_SHORT_READ;
      }),

    xWrite: (pFile: Pointer, pBuffer: Pointer, length: number, offset: bigint): number =>
      guard(capi.SQLITE_IOERR_WRITE, () => {
        fileAt(pFile).file.write(bytesAt(pBuffer, length), Number(offset));
        return capi.SQLITE_OK;
      }),

    xTruncate: (pFile: Pointer, size: bigint): number =>
      guard(capi.SQLITE_IOERR_TRUNCATE, () => {
        fileAt(pFile).file.truncate(Number(size));
        return capi.SQLITE_OK;
      }),

    xSync: (pFile: Pointer): number =>
      guard(capi.SQLITE_IOERR_FSYNC, () => {
        const open = fileAt(pFile);
        open.file.flush();
        if (!open.directoryFlushed) {
          storage.flushDirectory(open.path);
          open.directoryFlushed = true;
        }
        return capi.SQLITE_OK;
      }),

    xFileSize: (pFile: Pointer, pSize: Pointer): number =>
      guard(capi.SQLITE_IOERR_FSTAT, () => {
        wasm.poke64(pSize, BigInt(fileAt(pFile).file.size()));
        return capi.SQLITE_OK;
      }),

    xLock: (pFile: Pointer): number =>
      guard(capi.SQLITE_IOERR_LOCK, () => {
        const open = fileAt(pFile);
        if (open.lock !== null) return capi.SQLITE_OK;
        const lock = storage.lock(open.path);
        if (lock.kind === "acquired") {
          open.lock = lock;
          foreignWrites.locked(open.path);
          return capi.SQLITE_OK;
        }
        lastError = new StorageError(
          "EBUSY",
          "lock",
          open.path,
          `held by ${lock.by ?? "another owner"}`,
        );
        return capi.SQLITE_BUSY;
      }),

    xUnlock: (pFile: Pointer, level: number): number =>
      guard(capi.SQLITE_IOERR_UNLOCK, () => {
        if (level !== capi.SQLITE_LOCK_NONE) return capi.SQLITE_OK;
        const open = fileAt(pFile);
        open.file.settle();
        unlock(open);
        return capi.SQLITE_OK;
      }),

    // Whoever asks holds the one lock there is, so nobody else can have reserved the database.
    xCheckReservedLock: (_pFile: Pointer, pResult: Pointer): number => {
      wasm.poke32(pResult, 0);
      return capi.SQLITE_OK;
    },

    xFileControl: (pFile: Pointer, operation: number, pArgument: Pointer): number =>
      guard(capi.SQLITE_IOERR, () => {
        const { path, identity } = fileAt(pFile);
        switch (operation) {
          case capi.SQLITE_FCNTL_HAS_MOVED: {
            const hasMoved = identity !== null && storage.stateOf(path)?.identity !== identity;
            wasm.poke32(pArgument, hasMoved ? 1 : 0);
            return capi.SQLITE_OK;
          }
          case capi.SQLITE_FCNTL_CKPT_START:
            // The database may grow now, and the log needs no more room than it has.
            for (const open of files.values()) {
              if (open.path === `${path}-wal`) open.giveBackReserve();
            }
            return capi.SQLITE_OK;
          default:
            return capi.SQLITE_NOTFOUND;
        }
      }),
    xSectorSize: (): number => SECTOR_BYTES,
    // As SQLite's own unix VFS says: a power cut during a write spares the bytes around it.
    xDeviceCharacteristics: (): number => capi.SQLITE_IOCAP_POWERSAFE_OVERWRITE,
  };

  const vfsMethods = {
    xOpen(
      _pVfs: Pointer,
      zName: Pointer,
      pFile: Pointer,
      flags: number,
      pOutFlags: Pointer,
    ): number {
      const handle = new capi.sqlite3_file(pFile);
      try {
        // Left at zero where opening fails, so that SQLite does not call xClose.
        handle.$pMethods = 0;
        return guard(capi.SQLITE_CANTOPEN, () => {
          const opened = openFile(zName === 0 ? null : wasm.cstrToJs(zName), flags);
          files.set(pFile, opened.open);
          handle.$pMethods = io.pointer;
          if (pOutFlags !== 0) wasm.poke32(pOutFlags, opened.flags);
          return capi.SQLITE_OK;
        });
      } finally {
        handle.dispose();
      }
    },

    xDelete: (_pVfs: Pointer, zName: Pointer, syncDirectory: number): number =>
      guard(capi.SQLITE_IOERR_DELETE, () => {
        const path = wasm.cstrToJs(zName) ?? "";
        if (storage.sizeOf(path) === null) return capi.SQLITE_IOERR_DELETE_NOENT;
        foreignWrites.checkDelete(path);
        storage.delete(path);
        if (syncDirectory !== 0) storage.flushDirectory(path);
        return capi.SQLITE_OK;
      }),

    xAccess: (
      _pVfs: Pointer,
      zName: Pointer,
      flags: number,
      pResult: Pointer,
    ): number =>
      guard(capi.SQLITE_IOERR_ACCESS, () => {
        const path = wasm.cstrToJs(zName) ?? "";
        // An empty journal is as good as none, as in SQLite's own unix VFS.
        const answer = flags === capi.SQLITE_ACCESS_EXISTS
          ? (storage.sizeOf(path) ?? 0) > 0
          : storage.isAccessible(
            path,
            flags === capi.SQLITE_ACCESS_READWRITE ? "read-write" : "read",
          );
        wasm.poke32(pResult, answer ? 1 : 0);
        return capi.SQLITE_OK;
      }),

    xFullPathname: (
      _pVfs: Pointer,
      zName: Pointer,
      length: number,
      zOut: Pointer,
    ): number =>
      guard(capi.SQLITE_CANTOPEN, () => {
        const path = new TextEncoder().encode(storage.resolve(wasm.cstrToJs(zName) ?? ""));
        if (path.length + 1 > length) throw new StorageError("ENAMETOOLONG", "open", "the path");
        const out = bytesAt(zOut, path.length + 1);
        out.set(path);
        out[path.length] = 0;
        return capi.SQLITE_OK;
      }),

    xGetLastError: (_pVfs: Pointer, length: number, zBuffer: Pointer): number => {
      const message = new TextEncoder().encode(lastError?.message ?? "");
      const out = bytesAt(zBuffer, length);
      const count = Math.min(message.length, Math.max(length - 1, 0));
      out.set(message.subarray(0, count));
      if (length > 0) out[count] = 0;
      return capi.SQLITE_OK;
    },

    xRandomness: (_pVfs: Pointer, length: number, zOut: Pointer): number => {
      // Web Crypto does not fill memory that threads share; a copy serves both.
      bytesAt(zOut, length).set(crypto.getRandomValues(new Uint8Array(length)));
      return length;
    },

    xSleep: (_pVfs: Pointer, microseconds: number): number => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.ceil(microseconds / 1000));
      return microseconds;
    },

    xCurrentTime: (_pVfs: Pointer, pOut: Pointer): number => {
      wasm.poke(pOut, julianMilliseconds() / 86_400_000, "double");
      return capi.SQLITE_OK;
    },

    xCurrentTimeInt64: (_pVfs: Pointer, pOut: Pointer): number => {
      wasm.poke64(pOut, BigInt(julianMilliseconds()));
      return capi.SQLITE_OK;
    },
  };

  function openFile(
    path: string | null,
    flags: number,
  ): { readonly open: OpenFile; readonly flags: number } {
    if (path === null) {
      const file = bufferWrites(storage.openTemporary());
      return {
        open: {
          path: "",
          file,
          identity: null,
          lock: null,
          directoryFlushed: true,
          giveBackReserve() {},
        },
        flags,
      };
    }
    const existence: OpenMode["existence"] = (flags & capi.SQLITE_OPEN_CREATE) === 0
      ? "must-exist"
      : (flags & capi.SQLITE_OPEN_EXCLUSIVE) === 0
      ? "create"
      : "exclusive";
    const role = roleOf(flags);
    const describe = (opened: StorageFile, outFlags: number) => {
      // Without its name the file vanishes when it is closed, or when the process dies.
      const vanishes = (flags & capi.SQLITE_OPEN_DELETEONCLOSE) !== 0;
      if (vanishes) storage.delete(path);
      if (role === "database") refuseUtf16(opened, path);
      const watched = role === null ? opened : foreignWrites.watch(opened, role, path);
      const reserved = role === "log" ? reserveAhead(watched) : null;
      const file = bufferWrites(reserved ?? watched);
      return {
        open: {
          path,
          file,
          giveBackReserve() {
            file.settle();
            reserved?.giveBack();
          },
          identity: vanishes ? null : storage.stateOf(path)?.identity ?? null,
          lock: null,
          directoryFlushed: existence === "must-exist",
        },
        flags: outFlags,
      };
    };
    if ((flags & capi.SQLITE_OPEN_READONLY) !== 0) {
      return describe(storage.open(path, { access: "read", existence: "must-exist" }), flags);
    }
    try {
      return describe(storage.open(path, { access: "read-write", existence }), flags);
    } catch (error) {
      // SQLite expects a file that it may not write to be opened for reading, and to be told so.
      if (!(error instanceof StorageError) || !isReadOnly(error)) throw error;
      const file = storage.open(path, { access: "read", existence: "must-exist" });
      const readOnly = (flags & ~(capi.SQLITE_OPEN_READWRITE | capi.SQLITE_OPEN_CREATE)) |
        capi.SQLITE_OPEN_READONLY;
      return describe(file, readOnly);
    }
  }

  function roleOf(flags: number): WatchedRole | null {
    if ((flags & capi.SQLITE_OPEN_MAIN_DB) !== 0) return "database";
    if ((flags & capi.SQLITE_OPEN_WAL) !== 0) return "log";
    return (flags & capi.SQLITE_OPEN_MAIN_JOURNAL) !== 0 ? "journal" : null;
  }

  function unlock(open: OpenFile): void {
    if (open.lock === null) return;
    foreignWrites.unlocked(open.path);
    open.lock.release();
    open.lock = null;
  }

  sqlite3.vfs.installVfs({
    io: { struct: io, methods: ioMethods },
    vfs: { struct: vfs, methods: vfsMethods, name },
  });
  return {
    name,
    takeError() {
      const error = lastError;
      lastError = null;
      return error;
    },
  };
}

function isDiskFull(error: StorageError): boolean {
  return error.code === "ENOSPC" || error.code === "EDQUOT" || error.code === "EFBIG";
}

function isReadOnly(error: StorageError): boolean {
  return error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS";
}

// SQLite's WASM build is made without UTF-16 and would take such text for UTF-8. The header says which
// it is: https://sqlite.org/fileformat2.html#enc
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
    // SQLite reads it too, and has better words for what goes wrong.
    if (error instanceof StorageError) return null;
    throw error;
  }
}

// Milliseconds since noon on 24 November 4714 BC, which SQLite counts from.
function julianMilliseconds(): number {
  return 210_866_760_000_000 + Date.now();
}
