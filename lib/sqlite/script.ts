// Walks through the statements of a script by SQLite's own prepare tail.

import type { Connection } from "./connection.ts";
import { skipEmptyStatements } from "./skip_trivia.ts";
import type { Pointer, SqlValue } from "./sqlite3.ts";
import type { SqliteFailure } from "./sqlite_error.ts";

const SEMICOLON = 0x3b;

/** The next part of a script. */
export type Prepared =
  | { readonly kind: "statement"; readonly statement: Statement }
  /** A comment, a lone semicolon, or a statement that the authorizer ignored. */
  | { readonly kind: "nothing"; readonly text: StatementText }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly text: StatementText; readonly failure: SqliteFailure };

/** The text of a statement and its position in the script. */
export interface StatementText {
  /** The statement as written, from its first token, without the white space around it. */
  readonly sql: string;
  /** Bytes from the start of the script to the statement's first token. */
  readonly offset: number;
}

/**
 * The statements of a script, one after the other. SQLite can only prepare a statement when those
 * before it have run, so splitting and running alternate: https://sqlite.org/c3ref/prepare.html
 */
export class Script implements Disposable {
  readonly #connection: Connection;
  readonly #bytes: Uint8Array;
  readonly #start: Pointer;
  // Two out parameters of sqlite3_prepare_v3: the statement and the tail.
  readonly #out: Pointer;
  #at: Pointer;
  #tail: Pointer;

  constructor(connection: Connection, sql: string) {
    const { wasm } = connection.sqlite3;
    this.#connection = connection;
    this.#bytes = new TextEncoder().encode(sql);
    this.#start = wasm.alloc(this.#bytes.length + 1);
    this.#out = wasm.alloc(8);
    const heap = wasm.heap8u();
    heap.set(this.#bytes, this.#start);
    heap[this.#start + this.#bytes.length] = 0;
    this.#at = this.#start;
    this.#tail = this.#start;
  }

  /** Prepares the statement at the present position; may be repeated. */
  prepare(): Prepared {
    const { capi, wasm } = this.#connection.sqlite3;
    const from = this.#at - this.#start;
    if (from >= this.#bytes.length) return { kind: "end" };
    wasm.pokePtr(this.#out, 0);
    const code = capi.sqlite3_prepare_v3(
      this.#connection.pointer,
      this.#at,
      this.#bytes.length + 1 - from,
      0,
      this.#out,
      this.#out + 4,
    );
    if (code !== capi.SQLITE_OK) {
      const offset = capi.sqlite3_error_offset(this.#connection.pointer);
      const failure = this.#connection.failure(code, offset < 0 ? null : from + offset);
      return { kind: "failed", failure, text: this.#failedText(from, failure) };
    }
    this.#tail = wasm.peekPtr(this.#out + 4);
    const text = this.#text(from, this.#tail - this.#start);
    const pointer = wasm.peekPtr(this.#out);
    return pointer === 0
      ? { kind: "nothing", text }
      : { kind: "statement", statement: new Statement(this.#connection, pointer, text) };
  }

  /** Moves behind the prepared statement. */
  advance(): void {
    this.#at = this.#tail;
  }

  /**
   * Moves behind a statement that could not be prepared, of which SQLite does not find the end, and
   * returns its text.
   */
  advancePastFailed(): StatementText {
    const from = this.#at;
    this.#at = this.#endOfFailed();
    return this.#text(from - this.#start, this.#at - this.#start);
  }

  #endOfFailed(): Pointer {
    const { capi, wasm } = this.#connection.sqlite3;
    const heap = wasm.heap8u();
    const end = this.#start + this.#bytes.length;
    for (let at = this.#at; at < end; at++) {
      if (heap[at] !== SEMICOLON) continue;
      // https://sqlite.org/c3ref/complete.html
      const next = heap[at + 1] ?? 0;
      heap[at + 1] = 0;
      const isComplete = capi.sqlite3_complete(this.#at) !== 0;
      heap[at + 1] = next;
      if (isComplete) return at + 1;
    }
    return end;
  }

  #text(from: number, to: number): StatementText {
    const raw = new TextDecoder().decode(this.#bytes.subarray(from, to));
    const lead = skipEmptyStatements(raw, 0);
    const offset = from + new TextEncoder().encode(raw.slice(0, lead)).length;
    return { sql: raw.slice(lead).trim(), offset };
  }

  // SQLite does not find the end of a statement that it cannot parse. The next semicolon is close
  // enough to show the statement.
  #failedText(from: number, failure: SqliteFailure): StatementText {
    const semicolon = this.#bytes.indexOf(SEMICOLON, failure.offset ?? from);
    return this.#text(from, semicolon === -1 ? this.#bytes.length : semicolon + 1);
  }

  [Symbol.dispose](): void {
    const { wasm } = this.#connection.sqlite3;
    wasm.dealloc(this.#start);
    wasm.dealloc(this.#out);
  }
}

/** Prepares a statement without running it: SQLite's message if it refuses, otherwise `null`. */
export function refusalOf(connection: Connection, sql: string): string | null {
  using script = new Script(connection, sql);
  const prepared = script.prepare();
  if (prepared.kind === "statement") prepared.statement[Symbol.dispose]();
  return prepared.kind === "failed" ? prepared.failure.message : null;
}

/** A prepared statement. */
export class Statement implements Disposable {
  readonly text: StatementText;
  readonly #connection: Connection;
  #pointer: Pointer;

  constructor(connection: Connection, pointer: Pointer, text: StatementText) {
    this.#connection = connection;
    this.#pointer = pointer;
    this.text = text;
  }

  /** The number of parameters; a migration has no values to bind to them. */
  get parameterCount(): number {
    return this.#connection.sqlite3.capi.sqlite3_bind_parameter_count(this.#pointer);
  }

  /** Runs the statement to its end and ignores its rows. */
  run(): SqliteFailure | null {
    const { capi } = this.#connection.sqlite3;
    // Outside of the transaction that was begun it would be committed by itself.
    this.#connection.checkTransaction();
    while (true) {
      const code = capi.sqlite3_step(this.#pointer);
      if (code === capi.SQLITE_DONE) break;
      if (code !== capi.SQLITE_ROW) return this.#connection.failure(code, null);
    }
    this.#connection.checkTransaction();
    return null;
  }

  /** How many rows it has read in full scans: https://sqlite.org/c3ref/c_stmtstatus_counter.html */
  get scannedRows(): number {
    const { capi } = this.#connection.sqlite3;
    return capi.sqlite3_stmt_status(this.#pointer, capi.SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
  }

  /** Whether it writes nothing: https://sqlite.org/c3ref/stmt_readonly.html */
  get isReadOnly(): boolean {
    return this.#connection.sqlite3.capi.sqlite3_stmt_readonly(this.#pointer) !== 0;
  }

  /** The names of the columns of its result; names may repeat. */
  get columns(): readonly string[] {
    const { capi } = this.#connection.sqlite3;
    const count = capi.sqlite3_column_count(this.#pointer);
    return Array.from(
      { length: count },
      (_, index) => capi.sqlite3_column_name(this.#pointer, index),
    );
  }

  /** Runs the statement to its next row: the values, `null` at the end, or the failure. */
  step(): readonly SqlValue[] | SqliteFailure | null {
    const { capi } = this.#connection.sqlite3;
    const code = capi.sqlite3_step(this.#pointer);
    if (code === capi.SQLITE_DONE) return null;
    if (code !== capi.SQLITE_ROW) return this.#connection.failure(code, null);
    const count = capi.sqlite3_column_count(this.#pointer);
    return Array.from(
      { length: count },
      (_, index) => capi.sqlite3_column_js(this.#pointer, index),
    );
  }

  [Symbol.dispose](): void {
    this.#connection.sqlite3.capi.sqlite3_finalize(this.#pointer);
    this.#pointer = 0;
  }
}
