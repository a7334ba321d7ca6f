// Copies the pages of a database into another one, in one transaction. Runs where SQLite runs.

import type { Connection } from "./connection.ts";
import type { Oo1Statement, Pointer } from "./sqlite3.ts";
import { interrupted } from "./sqlite_error.ts";

/** What may end a copy before its COMMIT; it fails with `SQLITE_INTERRUPT` then. */
export interface CopyLimits {
  /** Asked now and then between two pages. */
  isOver(): boolean;
  /** Called once, before the COMMIT. */
  mayCommit(): boolean;
}

// Pages that are copied between two readings of the clock.
const PAGES_PER_STEP = 1_000;

/**
 * Copies every page, with SQLite's backup API: https://sqlite.org/c3ref/backup_finish.html. Returns
 * the result code; where it is an error, nothing has changed, and the target has the message.
 */
export function copyEveryPage(
  source: Connection,
  target: Pointer,
  { isOver, mayCommit }: CopyLimits,
): number {
  const { capi } = source.sqlite3;
  const backup = capi.sqlite3_backup_init(target, "main", source.pointer, "main");
  if (backup === 0) return capi.SQLITE_ERROR;
  // Copies nothing, and counts the pages. The step that copies the last one commits.
  let stepped: number = capi.sqlite3_backup_step(backup, 0);
  while (stepped === capi.SQLITE_OK && !isOver()) {
    const isLast = capi.sqlite3_backup_remaining(backup) <= PAGES_PER_STEP;
    if (isLast && !mayCommit()) break;
    stepped = capi.sqlite3_backup_step(backup, PAGES_PER_STEP);
  }
  // This rolls back a copy that is not complete.
  const finished = capi.sqlite3_backup_finish(backup);
  if (stepped === capi.SQLITE_OK) throw interrupted();
  return stepped === capi.SQLITE_DONE ? finished : stepped;
}

/**
 * Whether `replacePages()` can be used: pages have one size, and SQLite moves none of them by itself
 * (https://sqlite.org/pragma.html#pragma_auto_vacuum).
 */
export function hasSamePages(source: Connection, target: Connection): boolean {
  const [wanted, present] = [source, target].map((each) => each.integer("PRAGMA page_size"));
  return wanted === present && target.integer("PRAGMA auto_vacuum") === 0;
}

/**
 * Makes the pages of `target` those of `source`, and writes only those that differ, because each
 * page that is written is first copied to the journal. The journal mode stays, and the schema gets a
 * number that no other program has seen. Throws `SqliteError`; then nothing has changed.
 */
export function replacePages(
  source: Connection,
  target: Connection,
  { isOver, mayCommit }: CopyLimits,
): void {
  // Pages are no rows: https://sqlite.org/dbpage.html
  const defensive = target.sqlite3.capi.SQLITE_DBCONFIG_DEFENSIVE;
  target.configure(defensive, false);
  target.begin();
  try {
    writePages(source, target, isOver);
    if (!mayCommit()) throw interrupted();
    target.commit();
  } catch (error) {
    target.rollback();
    throw error;
  } finally {
    target.configure(defensive, true);
  }
}

function writePages(source: Connection, target: Connection, isOver: () => boolean): void {
  using wanted = new PageReader(source);
  using present = new PageReader(target);
  using writer = new PageWriter(target);
  wanted.next();
  present.next();
  const first = adaptFirst(wanted.copy(), present.copy(), wanted.count);
  for (let copied = 0; wanted.next(); copied++) {
    if (copied % PAGES_PER_STEP === 0 && isOver()) throw interrupted();
    const isThere = present.next();
    if (wanted.isLockPage) continue;
    if (!isThere || !wanted.isLike(present)) writer.write(wanted.number, wanted.copy());
  }
  if (present.next()) writer.truncate(present.number);
  // With its new number no statement runs any more that was prepared for the old schema.
  writer.write(1, first);
}

// https://sqlite.org/fileformat2.html#the_database_header
const VERSIONS_AT = 18;
const CHANGE_COUNTER_AT = 24;
const PAGE_COUNT_AT = 28;
const SCHEMA_COOKIE_AT = 40;
const VERSION_VALID_FOR_AT = 92;
const LOCK_BYTES_AT = 2 ** 30;

/**
 * Gives the first page `page` what belongs to the file of `present`: its journal mode, and the
 * numbers by which other programs see that their caches are old.
 */
function adaptFirst(page: Uint8Array, present: Uint8Array, count: number): Uint8Array {
  const keep = (from: number, to: number): void => page.set(present.subarray(from, to), from);
  keep(VERSIONS_AT, VERSIONS_AT + 2);
  keep(CHANGE_COUNTER_AT, CHANGE_COUNTER_AT + 4);
  keep(VERSION_VALID_FOR_AT, VERSION_VALID_FOR_AT + 4);
  const view = new DataView(page.buffer);
  view.setUint32(PAGE_COUNT_AT, count);
  const cookie = new DataView(present.buffer).getUint32(SCHEMA_COOKIE_AT);
  view.setUint32(SCHEMA_COOKIE_AT, cookie + 1);
  return page;
}

/** The pages of a database, one after the other, where SQLite has them in the heap. */
class PageReader implements Disposable {
  readonly #connection: Connection;
  readonly #statement: Oo1Statement;
  readonly #pageBytes: number;
  #isAtEnd = false;
  /** How many there are. */
  readonly count: number;
  /** The number of the present page, from 1. */
  number = 0;
  /** Its address. */
  pointer: Pointer = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#pageBytes = connection.integer("PRAGMA page_size");
    this.count = connection.integer("PRAGMA page_count");
    this.#statement = connection.prepare("SELECT data FROM sqlite_dbpage('main')");
  }

  next(): boolean {
    // A statement that is stepped past its end begins anew.
    if (this.#isAtEnd) return false;
    this.number++;
    this.#isAtEnd = !this.#connection.attempt(() => this.#statement.step());
    const { capi } = this.#connection.sqlite3;
    this.pointer = this.#isAtEnd ? 0 : capi.sqlite3_column_blob(this.#statement.pointer ?? 0, 0);
    return !this.#isAtEnd;
  }

  /** Whether nothing is kept in it: https://sqlite.org/fileformat2.html#the_lock_byte_page */
  get isLockPage(): boolean {
    return this.number === LOCK_BYTES_AT / this.#pageBytes + 1;
  }

  copy(): Uint8Array {
    const heap = this.#connection.sqlite3.wasm.heap8u();
    return heap.slice(this.pointer, this.pointer + this.#pageBytes);
  }

  /** Whether both have the same bytes. What SQLite allocates is aligned. */
  isLike({ pointer }: PageReader): boolean {
    const { buffer } = this.#connection.sqlite3.wasm.heap8u();
    const words = this.#pageBytes / Int32Array.BYTES_PER_ELEMENT;
    const mine = new Int32Array(buffer, this.pointer, words);
    const theirs = new Int32Array(buffer, pointer, words);
    for (let word = 0; word < words; word++) if (mine[word] !== theirs[word]) return false;
    return true;
  }

  [Symbol.dispose](): void {
    this.#statement.finalize();
  }
}

/** Writes pages in the open transaction. */
class PageWriter implements Disposable {
  readonly #connection: Connection;
  readonly #statement: Oo1Statement;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statement = connection.prepare("INSERT INTO sqlite_dbpage (pgno, data) VALUES (?1, ?2)");
  }

  write(page: number, bytes: Uint8Array): void {
    this.#insert(page, bytes);
  }

  /** Cuts off a page and all that follow. */
  truncate(page: number): void {
    this.#insert(page, null);
  }

  [Symbol.dispose](): void {
    this.#statement.finalize();
  }

  #insert(page: number, bytes: Uint8Array | null): void {
    this.#connection.attempt(() => {
      this.#statement.bind(1, page);
      this.#statement.bind(2, bytes);
      this.#statement.step();
      this.#statement.reset();
    });
  }
}
