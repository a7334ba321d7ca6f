// Follows the statement that runs: which one it is, and how many rows it has read of how many.

import { type Access, isTemporary, isWrite } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";
import type { ReadyStatement, StatementStream } from "../statement/statement_stream.ts";

/** How far a statement is. */
export interface StatementReport {
  /** Its number in its migration, from 1. */
  readonly statement: number;
  /** How many rows it has read; `null` where SQLite does not count them. */
  readonly rowsDone: number | null;
  /** About how many it will read, by the numbers of its first and last row; `null` if not known. */
  readonly rowsTotal: number | null;
  /** How long it has run. */
  readonly elapsedMs: number;
}

const INTERVAL_MS = 250;

/** Reports four times a second while a statement runs. */
export class StatementProgress {
  readonly #connection: Connection;
  readonly #onReport: (report: StatementReport) => void;
  #running: { readonly stream: StatementStream; readonly number: number } | null = null;
  #rowsTotal: number | null = null;
  #startedMs = 0;
  #reportedMs = 0;

  constructor(connection: Connection, onReport: (report: StatementReport) => void) {
    this.#connection = connection;
    this.#onReport = onReport;
  }

  /** A statement is about to run. */
  begin(stream: StatementStream, { accesses }: ReadyStatement, number: number): void {
    const table = scannedTable(accesses);
    this.#rowsTotal = table === null ? null : stream.unguarded(() => this.#countRows(table));
    this.#running = { stream, number };
    this.#startedMs = this.#reportedMs = performance.now();
  }

  /** The statement has ended. */
  end(): void {
    this.#running = null;
  }

  /** Called often while SQL runs. */
  check(nowMs: number): void {
    if (this.#running === null || nowMs - this.#reportedMs < INTERVAL_MS) return;
    this.#reportedMs = nowMs;
    const { stream, number: statement } = this.#running;
    const rows = stream.scannedRows;
    const rowsDone = rows === 0 ? null : rows;
    const rowsTotal = rowsDone === null ? null : this.#rowsTotal;
    const elapsedMs = Math.round(nowMs - this.#startedMs);
    this.#onReport({ statement, rowsDone, rowsTotal, elapsedMs });
  }

  // Two searches in the tree of the table, where counting would read all of it.
  #countRows(table: string): number | null {
    const name = `main.${quoteIdentifier(table)}`;
    // Refused for a table without rowids, and for a view.
    const rows = unlessRefused(() =>
      this.#connection.value(
        `SELECT (SELECT max(rowid) FROM ${name}) - (SELECT min(rowid) FROM ${name}) + 1`,
      )
    );
    return rows === null ? null : Number(rows);
  }
}

/** The one table that a statement reads, updates or deletes from; `null` where there are others. */
function scannedTable(accesses: readonly Access[]): string | null {
  const tables = new Set(accesses.flatMap((access) => {
    if (access.kind === "read") return [access.table];
    return isWrite(access) && access.kind !== "insert" && !isTemporary(access)
      ? [access.table]
      : [];
  }));
  const [table = null] = tables;
  return tables.size === 1 && table !== null && !table.startsWith("sqlite_") ? table : null;
}
