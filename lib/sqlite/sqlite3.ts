// The parts of SQLite's JavaScript API that godwit uses, with their actual types. The declarations
// in the package are wrong: 64-bit integers are BigInts, and struct members have other names.

/** An address in an instance's heap; 0 is NULL. */
export type Pointer = number;

/** A SQL value as SQLite's JavaScript layer returns it. Integers past 2^53 are BigInts. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** A C struct in the heap. */
interface Struct {
  readonly pointer: Pointer;
  dispose(): void;
}

interface StructClass<Instance> {
  new (pointer?: Pointer): Instance;
  readonly structInfo: { readonly sizeof: number };
}

/** A `sqlite3_file`. */
export interface FileStruct extends Struct {
  $pMethods: Pointer;
}

/** A `sqlite3_io_methods`. */
export interface IoMethodsStruct extends Struct {
  $iVersion: number;
}

/** A `sqlite3_vfs`. */
export interface VfsStruct extends Struct {
  $iVersion: number;
  $szOsFile: number;
  $mxPathname: number;
}

/** A prepared statement of SQLite's object-oriented JavaScript API. */
export interface Oo1Statement {
  /** Its handle. */
  readonly pointer?: Pointer;
  /** Binds a value; parameters are counted from 1. */
  bind(parameter: number, value: SqlValue): unknown;
  /** Runs it to its next row; says whether there is one. */
  step(): boolean;
  /** Makes it ready to run once more. */
  reset(): unknown;
  /** Frees it. */
  finalize(): unknown;
}

/** A connection of SQLite's object-oriented JavaScript API. */
export interface Oo1Database {
  /** Its handle. */
  readonly pointer?: Pointer;
  /** Runs statements. */
  exec(sql: string): unknown;
  /** Prepares one statement. */
  prepare(sql: string): Oo1Statement;
  /** Runs one statement and returns its rows. */
  selectObjects(sql: string, bind?: readonly SqlValue[]): Record<string, SqlValue>[];
  /** Runs one statement and returns the first value of its first row. */
  selectValue(sql: string, bind?: readonly SqlValue[]): SqlValue | undefined;
  /** Closes the database. */
  close(): void;
}

/**
 * Called for everything that a statement would do, with texts that are not decoded:
 * https://sqlite.org/c3ref/set_authorizer.html
 */
export type RawAuthorizer = (
  unused: Pointer,
  action: number,
  first: Pointer,
  second: Pointer,
  database: Pointer,
  trigger: Pointer,
) => number;

/** A function that SQLite calls. */
export type Method = (...args: never[]) => number | void;

/**
 * The files of one directory of OPFS:
 * https://sqlite.org/wasm/doc/trunk/persistence.md#vfs-opfs-sahpool
 */
export interface OpfsPool {
  readonly vfsName: string;
  getFileNames(): readonly string[];
  getFileCount(): number;
  /** Throws if the file does not exist. */
  exportFile(name: string): Uint8Array<ArrayBuffer>;
  /** Writes a database, in the place of one that has the name. */
  importDb(name: string, bytes: Uint8Array): number;
  /** Returns whether the file existed. */
  unlink(name: string): boolean;
  reserveMinimumCapacity(files: number): Promise<number>;
}

/** A running instance of SQLite. */
export interface Sqlite3 {
  /** The version of SQLite. */
  readonly version: { readonly libVersion: string };
  /** Its object-oriented interface. */
  readonly oo1: {
    readonly DB: new (
      options: { readonly filename: string; readonly flags: string; readonly vfs?: string },
    ) => Oo1Database;
  };
  /**
   * Opens every file of a directory of OPFS and registers a VFS for them. Available in dedicated
   * workers of browsers.
   */
  readonly installOpfsSAHPoolVfs?: (options: {
    readonly name: string;
    readonly directory: string;
    readonly initialCapacity: number;
    readonly preserveOnInitFailure: boolean;
    readonly forceReinitIfPreviouslyFailed: boolean;
    readonly verbosity: number;
  }) => Promise<OpfsPool>;
  /** The error that its methods throw. */
  readonly SQLite3Error: new (...args: never[]) => Error & { readonly resultCode: number };
  /** Registers storage with it. */
  readonly vfs: {
    installVfs(options: {
      readonly io: {
        readonly struct: IoMethodsStruct;
        readonly methods: Readonly<Record<string, Method>>;
      };
      readonly vfs: {
        readonly struct: VfsStruct;
        readonly methods: Readonly<Record<string, Method>>;
        readonly name: string;
      };
    }): unknown;
  };
  /** Its heap. */
  readonly wasm: {
    heap8u(): Uint8Array;
    alloc(sizeBytes: number): Pointer;
    dealloc(pointer: Pointer): void;
    installFunction(signature: "i(pipppp)", callback: RawAuthorizer): Pointer;
    uninstallFunction(pointer: Pointer): unknown;
    cstrToJs(pointer: Pointer): string | null;
    peekPtr(pointer: Pointer): Pointer;
    poke(pointer: Pointer, value: number, representation: "double"): unknown;
    poke32(pointer: Pointer, value: number): unknown;
    poke64(pointer: Pointer, value: bigint): unknown;
    pokePtr(pointer: Pointer, value: Pointer): unknown;
  };
  /** Its C interface. */
  readonly capi: Capi;
}

interface Capi {
  readonly SQLITE_STMTSTATUS_FULLSCAN_STEP: number;
  readonly sqlite3_file: StructClass<FileStruct>;
  readonly sqlite3_io_methods: StructClass<IoMethodsStruct>;
  readonly sqlite3_vfs: StructClass<VfsStruct>;

  sqlite3_backup_finish(backup: Pointer): number;
  sqlite3_backup_init(
    target: Pointer,
    targetSchema: string,
    source: Pointer,
    sourceSchema: string,
  ): Pointer;
  sqlite3_backup_remaining(backup: Pointer): number;
  sqlite3_backup_step(backup: Pointer, pages: number): number;
  sqlite3_stmt_status(statement: Pointer, counter: number, reset: number): number;
  sqlite3_changes64(db: Pointer): bigint;
  sqlite3_total_changes64(db: Pointer): bigint;
  sqlite3_deserialize(
    db: Pointer,
    schema: string,
    bytes: Pointer,
    sizeBytes: number,
    bufferBytes: number,
    flags: number,
  ): number;
  sqlite3_complete(sql: Pointer): number;
  sqlite3_db_config(db: Pointer, option: number, on: number, out: Pointer): number;
  sqlite3_errmsg(db: Pointer): string;
  sqlite3_error_offset(db: Pointer): number;
  sqlite3_extended_errcode(db: Pointer): number;
  sqlite3_get_autocommit(db: Pointer): number;
  sqlite3_keyword_check(word: string, sizeBytes: number): number;
  sqlite3_progress_handler(
    db: Pointer,
    operations: number,
    callback: ((unused: Pointer) => number) | 0,
    unused: Pointer,
  ): void;
  sqlite3_set_authorizer(db: Pointer, callback: Pointer, unused: Pointer): number;
  sqlite3_js_rc_str(code: number): string | undefined;
  sqlite3_uri_parameter(name: Pointer, parameter: string): string | null;

  sqlite3_prepare_v3(
    db: Pointer,
    sql: Pointer,
    sizeBytes: number,
    flags: number,
    statement: Pointer,
    tail: Pointer,
  ): number;
  sqlite3_bind_parameter_count(statement: Pointer): number;
  sqlite3_column_blob(statement: Pointer, column: number): Pointer;
  sqlite3_column_count(statement: Pointer): number;
  sqlite3_column_js(statement: Pointer, column: number): SqlValue;
  sqlite3_column_name(statement: Pointer, column: number): string;
  sqlite3_stmt_readonly(statement: Pointer): number;
  sqlite3_step(statement: Pointer): number;
  sqlite3_finalize(statement: Pointer): number;

  readonly SQLITE_OK: number;
  readonly SQLITE_ERROR: number;
  readonly SQLITE_ROW: number;
  readonly SQLITE_DONE: number;
  readonly SQLITE_BUSY: number;
  readonly SQLITE_FULL: number;
  readonly SQLITE_INTERRUPT: number;
  readonly SQLITE_CANTOPEN: number;
  readonly SQLITE_CORRUPT: number;
  readonly SQLITE_NOTADB: number;
  readonly SQLITE_NOTFOUND: number;
  readonly SQLITE_FCNTL_HAS_MOVED: number;
  readonly SQLITE_FCNTL_CKPT_START: number;
  readonly SQLITE_IOERR: number;
  readonly SQLITE_IOERR_READ: number;
  readonly SQLITE_IOERR_SHORT_READ: number;
  readonly SQLITE_IOERR_WRITE: number;
  readonly SQLITE_IOERR_FSYNC: number;
  readonly SQLITE_IOERR_TRUNCATE: number;
  readonly SQLITE_IOERR_FSTAT: number;
  readonly SQLITE_IOERR_LOCK: number;
  readonly SQLITE_IOERR_UNLOCK: number;
  readonly SQLITE_IOERR_DELETE: number;
  readonly SQLITE_IOERR_DELETE_NOENT: number;
  readonly SQLITE_IOERR_ACCESS: number;
  readonly SQLITE_IOERR_CLOSE: number;
  readonly SQLITE_IOERR_SHMLOCK: number;
  readonly SQLITE_IOERR_SHMMAP: number;

  readonly SQLITE_OPEN_READONLY: number;
  readonly SQLITE_OPEN_READWRITE: number;
  readonly SQLITE_OPEN_CREATE: number;
  readonly SQLITE_OPEN_EXCLUSIVE: number;
  readonly SQLITE_OPEN_DELETEONCLOSE: number;
  readonly SQLITE_OPEN_MAIN_DB: number;
  readonly SQLITE_OPEN_WAL: number;
  readonly SQLITE_ACCESS_EXISTS: number;
  readonly SQLITE_ACCESS_READWRITE: number;
  readonly SQLITE_LOCK_NONE: number;
  readonly SQLITE_LOCK_SHARED: number;
  readonly SQLITE_IOCAP_POWERSAFE_OVERWRITE: number;

  readonly SQLITE_DBCONFIG_DEFENSIVE: number;
  readonly SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE: number;
  readonly SQLITE_DBCONFIG_RESET_DATABASE: number;
  readonly SQLITE_DBCONFIG_TRUSTED_SCHEMA: number;
  readonly SQLITE_DBCONFIG_DQS_DDL: number;
  readonly SQLITE_DBCONFIG_DQS_DML: number;
  readonly SQLITE_DBCONFIG_ENABLE_TRIGGER: number;
  readonly SQLITE_DBCONFIG_LEGACY_ALTER_TABLE: number;
  readonly SQLITE_DBCONFIG_ENABLE_FKEY: number;

  readonly SQLITE_DESERIALIZE_FREEONCLOSE: number;
  readonly SQLITE_DESERIALIZE_RESIZEABLE: number;

  readonly SQLITE_DENY: number;
  readonly SQLITE_IGNORE: number;
}
