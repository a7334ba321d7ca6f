// An open database. Runs where SQLite runs: in a worker, never on the event loop of a service.

import { type Authorizer, readAccess } from "./access.ts";
import { copyEveryPage, type CopyLimits, hasSamePages, replacePages } from "./database_pages.ts";
import type { Oo1Database, Oo1Statement, Pointer, Sqlite3, SqlValue } from "./sqlite3.ts";
import { type ConnectionVfs, type DatabaseLocation, uriOf } from "./database_location.ts";
import { quoteIdentifier } from "./quote.ts";
import { isDamage, SqliteError, type SqliteFailure } from "./sqlite_error.ts";

/** One row of a result, by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

// Enough to rebuild a table of some hundred thousand rows without reading a page twice. SQLite
// allocates pages only as it needs them.
const CACHE_KIB = 64 * 1024;

/** A connection. Every method throws `SqliteError` if SQLite fails. */
export class Connection implements Disposable {
  readonly sqlite3: Sqlite3;
  readonly pointer: Pointer;
  readonly #database: Oo1Database;
  readonly #file: { readonly vfs: ConnectionVfs; readonly path: string } | null;
  #authorizer: Authorizer | null = null;
  // A function in the table of WebAssembly. Making one costs, so one serves every authorizer.
  #authorizerHook: Pointer = 0;
  #isTakenForEmpty = false;
  // Whether a transaction was begun that neither commit() nor rollback() has ended.
  #isBegun = false;

  /** Opens a database; SQLite reads the file only when the first statement runs. */
  constructor(sqlite3: Sqlite3, location: DatabaseLocation) {
    this.sqlite3 = sqlite3;
    this.#file = location.kind === "file" ? location : null;
    this.#database = this.attempt(() =>
      location.kind === "memory"
        ? new sqlite3.oo1.DB({ filename: ":memory:", flags: "c" })
        : new sqlite3.oo1.DB({
          filename: location.access === "read" || location.access === "copy"
            ? uriOf(location.path, location.access)
            : location.path,
          flags: location.access === "create" ? "c" : "w",
          vfs: location.vfs.name,
        })
    );
    if (this.#database.pointer === undefined) {
      throw new Error("SQLite opened a database without a handle");
    }
    this.pointer = this.#database.pointer;
    try {
      this.#harden(location.kind === "file" ? location.access : "create");
    } catch (error) {
      // A damaged file fails here; if it stayed open, it would stay locked.
      this.close();
      throw error;
    }
  }

  /** Runs SQL of godwit itself, one or more statements. */
  exec(sql: string): void {
    this.attempt(() => this.#database.exec(sql));
  }

  /** Runs one statement and returns its rows. */
  rows(sql: string, bind?: readonly SqlValue[]): readonly Row[] {
    return this.attempt(() => this.#database.selectObjects(sql, bind));
  }

  /**
   * Runs a query whose values are texts, integers and NULLs, and returns its rows in order. They
   * leave WebAssembly as one JSON text, which is many times as fast as value by value.
   */
  manyRows(
    columns: readonly string[],
    query: string,
    bind?: readonly SqlValue[],
  ): readonly Row[] {
    const names = columns.map(quoteIdentifier).join(", ");
    const text = this.value(`SELECT json_group_array(json_array(${names})) FROM (${query})`, bind);
    const rows: readonly (readonly SqlValue[])[] = JSON.parse(String(text));
    return rows.map((row) =>
      Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null]))
    );
  }

  /** Runs one statement and returns the first column of its first row, or `null`. */
  value(sql: string, bind?: readonly SqlValue[]): SqlValue {
    return this.attempt(() => this.#database.selectValue(sql, bind)) ?? null;
  }

  /** Runs one statement and returns the integer in the first column of its first row. */
  integer(sql: string, bind?: readonly SqlValue[]): number {
    return Number(this.value(sql, bind));
  }

  /** Sets the authorizer, which SQLite calls for each access of a statement; `null` removes it. */
  authorize(authorizer: Authorizer | null): void {
    this.#authorizer = authorizer;
    if (authorizer !== null) this.#authorizerHook ||= this.#installAuthorizer();
    this.sqlite3.capi.sqlite3_set_authorizer(
      this.pointer,
      authorizer === null ? 0 : this.#authorizerHook,
      0,
    );
  }

  /** Calls `callback` every `operations` steps of the virtual machine; `true` interrupts. */
  onProgress(operations: number, callback: (() => boolean) | null): void {
    const handler = callback === null ? 0 : (): number => (callback() ? 1 : 0);
    this.sqlite3.capi.sqlite3_progress_handler(this.pointer, operations, handler, 0);
  }

  /** Opens a copy in the same storage, to read it. */
  openBeside(path: string): Connection {
    if (this.#file === null) throw new Error("Nothing is stored beside a database in memory");
    return new Connection(this.sqlite3, {
      kind: "file",
      vfs: this.#file.vfs,
      path,
      access: "copy",
    });
  }

  /** Prepares a statement of godwit's own, to be run several times or read in the heap. */
  prepare(sql: string): Oo1Statement {
    return this.attempt(() => this.#database.prepare(sql));
  }

  /**
   * Copies the database page by page into a new file, which keeps its own rollback journal. Where
   * `isOver` says so between two pages, it fails with `SQLITE_INTERRUPT`.
   */
  copyPages(path: string, isOver: () => boolean): void {
    const { capi, oo1 } = this.sqlite3;
    if (this.#file === null) throw new Error("A database in memory has no pages to copy");
    const vfs = this.#file.vfs.name;
    this.attempt(() => {
      const target = new oo1.DB({ filename: uriOf(path, "new"), flags: "c", vfs });
      try {
        // The file is new: what fails leaves nothing to roll back to.
        target.exec("PRAGMA journal_mode=OFF; PRAGMA synchronous=FULL");
        const copy = target.pointer ?? 0;
        const result = copyEveryPage(this, copy, { isOver, mayCommit: () => true });
        if (result !== capi.SQLITE_OK) throw this.#errorOf(copy, result, null);
        // The header of a database with a log says that there is one beside the copy.
        target.exec("PRAGMA journal_mode=DELETE");
      } finally {
        target.close();
      }
    });
  }

  /**
   * Replaces everything in this database by what `source` has, in one transaction. The journal mode
   * stays, and the schema gets a number that no other program has seen. Throws where a limit ends it
   * or SQLite fails; then nothing has changed.
   */
  replaceBy(source: Connection, limits: CopyLimits): void {
    // Pages of a damaged database cannot be compared.
    if (!this.#isTakenForEmpty && hasSamePages(source, this)) {
      return replacePages(source, this, limits);
    }
    this.attempt(() => {
      const result = copyEveryPage(source, this.pointer, limits);
      if (result !== this.sqlite3.capi.SQLITE_OK) throw this.#errorOf(this.pointer, result, null);
    });
    this.verify();
  }

  /** Switches an option of https://sqlite.org/c3ref/c_dbconfig_defensive.html on or off. */
  configure(option: number, on: boolean): void {
    this.sqlite3.capi.sqlite3_db_config(this.pointer, option, on ? 1 : 0, 0);
  }

  /** Says whether a transaction is open. */
  get inTransaction(): boolean {
    return this.sqlite3.capi.sqlite3_get_autocommit(this.pointer) === 0;
  }

  /** The number of rows that the last INSERT, UPDATE or DELETE wrote. */
  get changes(): number {
    return Number(this.sqlite3.capi.sqlite3_changes64(this.pointer));
  }

  /** The number of rows written since the connection was opened, by triggers and actions too. */
  get totalChanges(): number {
    return Number(this.sqlite3.capi.sqlite3_total_changes64(this.pointer));
  }

  /** The failure of the last call, which returned `resultCode`. */
  failure(resultCode: number, offset: number | null): SqliteFailure {
    return this.#errorOf(this.pointer, resultCode, offset).failure;
  }

  /** Runs `action` in the open transaction, or in one of its own, and undoes what it wrote. */
  undoing<T>(action: () => T): T {
    this.exec("SAVEPOINT godwit_trial");
    try {
      return action();
    } finally {
      this.exec("ROLLBACK TO godwit_trial; RELEASE godwit_trial");
    }
  }

  /** Begins a transaction that may write. */
  begin(): void {
    this.exec("BEGIN IMMEDIATE");
    this.#isBegun = true;
  }

  /** Ends a transaction. Throws where it may or may not have been kept. */
  commit(): void {
    this.checkTransaction();
    this.#isBegun = false;
    this.exec("COMMIT");
    this.verify();
  }

  /** Undoes a transaction, unless SQLite has done so by itself. */
  rollback(): void {
    this.#isBegun = false;
    if (this.inTransaction) this.exec("ROLLBACK");
  }

  /**
   * Throws where SQLite has rolled back the transaction by itself. It does so when the disk fails,
   * and some of its queries about the schema succeed all the same; what runs after them would be
   * committed one by one.
   */
  checkTransaction(): void {
    if (!this.#isBegun || this.inTransaction) return;
    this.#isBegun = false;
    throw this.#describe(
      this.sqlite3.capi.SQLITE_IOERR,
      "an error of the disk ended the transaction",
      null,
    );
  }

  /** Throws where what was committed may not be seen by others, or what was read may be mixed. */
  verify(): void {
    try {
      if (this.#file !== null) this.#file.vfs.verify(this.#file.path);
    } catch (error) {
      if (!(error instanceof Error && error.name === "StorageError")) throw error;
      throw new SqliteError({ code: "SQLITE_IOERR", message: error.message, offset: null }, error);
    }
  }

  /**
   * Runs a check whose findings are rows of text. Throws where the storage failed meanwhile, which
   * SQLite would report as a finding.
   */
  check(sql: string): SqlValue {
    this.#file?.vfs.takeError();
    const found = this.value(sql);
    const cause = this.#file?.vfs.takeError() ?? null;
    if (cause === null) return found;
    throw new SqliteError(
      { code: "SQLITE_IOERR", message: `disk I/O error: ${cause.message}`, offset: null },
      cause,
    );
  }

  /**
   * Closes the database, which checkpoints and removes its write-ahead log. Closing twice is
   * harmless.
   */
  close(): void {
    this.#database.close();
    if (this.#authorizerHook !== 0) this.sqlite3.wasm.uninstallFunction(this.#authorizerHook);
    this.#authorizerHook = 0;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #installAuthorizer(): Pointer {
    const { capi, wasm } = this.sqlite3;
    const text = (pointer: Pointer): string | null => wasm.cstrToJs(pointer);
    return wasm.installFunction(
      "i(pipppp)",
      (_, action, first, second, third, trigger) =>
        this.#authorizer?.(
          readAccess(action, text(first), text(second), text(third), text(trigger)),
        ) ?? capi.SQLITE_OK,
    );
  }

  // Defensive mode keeps SQL from writing to the schema or to shadow tables directly; an untrusted
  // schema cannot call functions with side effects: https://sqlite.org/security.html
  #harden(access: "read" | "copy" | "create" | "replace"): void {
    const { capi } = this.sqlite3;
    this.configure(capi.SQLITE_DBCONFIG_DEFENSIVE, true);
    this.configure(capi.SQLITE_DBCONFIG_TRUSTED_SCHEMA, false);
    const isRead = access === "read" || access === "copy";
    this.configure(capi.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, isRead);
    if (access === "replace") this.#takeForEmpty();
    if (this.#file === null) this.#boundCache();
    else this.#keepLock();
  }

  #boundCache(): void {
    this.exec(`PRAGMA cache_size=-${CACHE_KIB}`);
  }

  // https://sqlite.org/c3ref/c_dbconfig_defensive.html#sqlitedbconfigresetdatabase: the header is read
  // first, because it says whether there is a log.
  #takeForEmpty(): void {
    try {
      this.value("PRAGMA schema_version");
    } catch (error) {
      if (!(error instanceof SqliteError) || !isDamage(error.failure)) throw error;
    }
    this.configure(this.sqlite3.capi.SQLITE_DBCONFIG_RESET_DATABASE, true);
    this.#isTakenForEmpty = true;
  }

  // With a log the lock stays until the connection is closed. With a rollback journal it stays in
  // exclusive locking mode, which with a log would keep other programs out:
  // https://sqlite.org/pragma.html#pragma_locking_mode. BEGIN alone takes no lock, so another program
  // could change the journal mode after it was asked for; reading the version takes it, and reads no
  // schema.
  #keepLock(): void {
    this.exec("BEGIN");
    this.value("PRAGMA schema_version");
    this.#boundCache();
    if (this.value("PRAGMA journal_mode") !== "wal") this.exec("PRAGMA locking_mode=EXCLUSIVE");
    this.exec("COMMIT");
  }

  /** Calls SQLite's JavaScript API, whose errors become `SqliteError`. */
  attempt<T>(action: () => T): T {
    try {
      this.checkTransaction();
      const result = action();
      this.checkTransaction();
      return result;
    } catch (error) {
      if (!(error instanceof this.sqlite3.SQLite3Error)) throw error;
      // Of the form "SQLITE_FULL: sqlite3 result code 13: database or disk is full".
      const message = error.message.replace(/^SQLITE_\w+: sqlite3 result code \d+: /, "");
      throw this.#describe(error.resultCode, message, null);
    }
  }

  #errorOf(database: Pointer, resultCode: number, offset: number | null): SqliteError {
    const { capi } = this.sqlite3;
    const extended = capi.sqlite3_extended_errcode(database) || resultCode;
    return this.#describe(extended, capi.sqlite3_errmsg(database), offset);
  }

  #describe(resultCode: number, message: string, offset: number | null): SqliteError {
    const code = this.sqlite3.capi.sqlite3_js_rc_str(resultCode) ?? `SQLITE_${resultCode}`;
    const cause = this.#file?.vfs.takeError() ?? null;
    // SQLite has no codes for these and reports them as I/O errors.
    const text = cause === null
      ? message
      : cause.code === "EFOREIGNLOG" || cause.code === "EREPLACED"
      ? cause.message
      : `${message}: ${cause.message}`;
    return new SqliteError({ code, message: text, offset }, cause ?? undefined);
  }
}
