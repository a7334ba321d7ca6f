// Registers a VFS with SQLite that keeps its files in a storage. Runs wherever SQLite's WASM build
// runs.

import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { fileMethods } from "./file_methods.ts";
import { nameMethods } from "./name_methods.ts";
import { sharedMemoryMethods } from "./shared_memory_methods.ts";
import type { Storage, StorageError, StorageFile } from "./storage.ts";
import { vfsContext } from "./vfs_context.ts";

type Capi = Sqlite3["capi"];
type Constant = Extract<keyof Capi, `SQLITE_${string}`>;
type Struct = "sqlite3_file" | "sqlite3_io_methods" | "sqlite3_vfs";

/**
 * An instance of SQLite's WASM build, as `init()` of `@sqlite.org/sqlite-wasm` returns it. What the
 * package declares wrongly, the C structs and `installVfs()`, is opaque here: the package's own
 * `Sqlite3Static` is assignable.
 */
export interface SqliteInstance {
  /**
   * Its C interface.
   * @internal
   */
  readonly capi:
    & Pick<Capi, Constant | "sqlite3_uri_parameter">
    & { readonly [Name in Struct]: new () => object };
  /**
   * Its heap.
   * @internal
   */
  readonly wasm: Sqlite3["wasm"];
  /**
   * Registers storage with it.
   * @internal
   */
  readonly vfs: { installVfs(options: never): unknown };
}

/** An installed VFS. */
export interface Vfs {
  /** The name to open databases with. */
  readonly name: string;
  /** Takes the storage's last failure, which SQLite reduces to a result code. */
  takeError(): StorageError | null;
  /**
   * Throws `StorageError` where something that SQLite reported of the open database `path` may not
   * hold: other programs cannot see the last commit, the file was replaced, or a program wrote to
   * it while it was read without a lock. To be called after each COMMIT, and before what was read
   * is used.
   */
  verify(path: string): void;
  /**
   * The bytes in the file of the open database `path`, without what its log or journal changes.
   * They are read through the descriptor that is open, because closing another one would drop the
   * locks. `null` where the database is not open.
   */
  bytesOf(path: string): Pick<StorageFile, "read" | "size"> | null;
}

// Long enough for any path that the operating system takes.
const MAX_PATH_BYTES = 4096;

/**
 * Registers `storage` as the VFS `name`. A database is opened for writing; with the URI parameter
 * `access=read` for reading, with `access=copy` for reading without a lock, and with `access=new`
 * as a file that no other program has opened (https://sqlite.org/uri.html). Its lock is taken
 * before the first page is read and released when SQLite unlocks the file; with a write-ahead log
 * that is when it is closed.
 */
export function installVfs(instance: SqliteInstance, storage: Storage, name: string): Vfs {
  // `Sqlite3` declares every instance as it is.
  const sqlite3 = instance as Sqlite3;
  const { capi } = sqlite3;
  const context = vfsContext(sqlite3, storage);
  const io = new capi.sqlite3_io_methods();
  // Version 2: shared memory, but no memory mapping.
  io.$iVersion = 2;
  const vfs = new capi.sqlite3_vfs();
  vfs.$iVersion = 2;
  vfs.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
  vfs.$mxPathname = MAX_PATH_BYTES;
  sqlite3.vfs.installVfs({
    io: { struct: io, methods: { ...fileMethods(context), ...sharedMemoryMethods(context) } },
    vfs: { struct: vfs, methods: nameMethods(context, io.pointer), name },
  });
  return {
    name,
    takeError() {
      const error = context.lastError;
      context.lastError = null;
      return error;
    },
    verify(path) {
      const database = context.files.databaseOf(storage.resolve(path));
      if (database === undefined) return;
      database.index?.checkPublished();
      database.lock?.verify();
      context.files.checkIdentity(database);
    },
    bytesOf: (path) => context.files.databaseOf(storage.resolve(path))?.file ?? null,
  };
}
