// Finds a row that a table takes, by trying: SQLite says which constraint refuses each attempt.

import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Table } from "../sqlite/schema.ts";
import { isInterrupt, isUnavailable, SqliteError } from "../sqlite/sqlite_error.ts";

/** Columns whose values are chosen together, and the choices, the likeliest first. */
export interface Slot {
  readonly columns: readonly string[];
  readonly options: readonly (readonly string[])[];
}

// Some hundred columns with some ten values each, and pairs of a few columns.
const MAX_ATTEMPTS = 2_000;

/** The choice for each slot that a table took. */
export type Choice = readonly number[];

/**
 * Inserts a row, trying `likely` first; returns what SQLite says where none of the attempts
 * succeeds, and the choice otherwise.
 *
 * SQLite reports one constraint at a time. A change of one column, or of two, is kept where the
 * report is one that was not seen before: then one more constraint is satisfied.
 */
export function insertRow(
  connection: Connection,
  table: Table,
  slots: readonly Slot[],
  likely: Choice = slots.map(() => 0),
): Choice | string {
  return new Search(connection, table, slots).run(likely);
}

/** A choice for each slot, and what SQLite says about the row. */
interface Attempt {
  readonly choice: Choice;
  readonly refusal: string | null;
}

class Search {
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #slots: readonly Slot[];
  readonly #seen = new Set<string>();
  #attempts = 0;

  constructor(connection: Connection, table: Table, slots: readonly Slot[]) {
    this.#connection = connection;
    this.#table = table;
    this.#slots = slots;
  }

  run(likely: Choice): Choice | string {
    let current = this.#try(likely);
    while (current.refusal !== null) {
      this.#seen.add(current.refusal);
      const next = this.#progress(current.choice, current.refusal);
      if (next === null) return current.refusal;
      current = next;
    }
    return current.choice;
  }

  /** The first change that satisfies the constraint that refuses now. */
  #progress(choice: readonly number[], refusal: string): Attempt | null {
    // Names in the report are only a hint about where to begin.
    const named = (slot: Slot): number =>
      slot.columns.some((name) => refusal.includes(name)) ? 0 : 1;
    const order = [...this.#slots.keys()].sort((one, other) =>
      named(this.#slot(one)) - named(this.#slot(other))
    );
    for (const at of order) {
      for (const option of this.#others(at, choice)) {
        const attempt = this.#try(choice.with(at, option));
        if (this.#isProgress(attempt)) return attempt;
      }
    }
    for (const [index, one] of order.entries()) {
      for (const other of order.slice(index + 1)) {
        for (const first of this.#others(one, choice)) {
          for (const second of this.#others(other, choice)) {
            if (this.#attempts >= MAX_ATTEMPTS) return null;
            const attempt = this.#try(choice.with(one, first).with(other, second));
            if (this.#isProgress(attempt)) return attempt;
          }
        }
      }
    }
    return null;
  }

  #isProgress({ refusal }: Attempt): boolean {
    return refusal === null || !this.#seen.has(refusal);
  }

  #slot(at: number): Slot {
    const slot = this.#slots[at];
    if (slot === undefined) throw new Error(`There is no slot ${at}`);
    return slot;
  }

  #others(at: number, choice: readonly number[]): readonly number[] {
    return [...this.#slot(at).options.keys()].filter((option) => option !== choice[at]);
  }

  #try(choice: readonly number[]): Attempt {
    this.#attempts += 1;
    const columns = this.#slots.flatMap((slot) => slot.columns);
    const values = this.#slots.flatMap((slot, at) => slot.options[choice[at] ?? 0] ?? []);
    const table = `main.${quoteIdentifier(this.#table.name)}`;
    const row = columns.length === 0
      ? "DEFAULT VALUES"
      : `(${columns.map(quoteIdentifier).join(", ")}) VALUES (${values.join(", ")})`;
    try {
      this.#connection.exec(`INSERT INTO ${table} ${row}`);
      return { choice, refusal: null };
    } catch (error) {
      if (!(error instanceof SqliteError) || isInterrupt(error)) throw error;
      if (isUnavailable(error.failure.code)) throw error;
      return { choice, refusal: error.failure.message };
    }
  }
}
