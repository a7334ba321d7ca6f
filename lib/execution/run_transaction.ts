// Begins and ends the transactions of a run, and says whether the disk has the last one.

import type { Connection } from "../sqlite/connection.ts";

/** The transactions of one run, one after the other. */
export class RunTransaction {
  readonly #connection: Connection;
  #isDoubtful = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Whether the disk may or may not have the last COMMIT: its flush failed, but SQLite may find it
   * whole when the database is opened again.
   */
  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  /** Ends the doubt: a later COMMIT has overwritten what the failed one left. */
  settle(): void {
    this.#isDoubtful = false;
  }

  /** Does `work` in a transaction, which ends with COMMIT only where the work is completed. */
  async run<T extends { readonly kind: string }>(
    end: "COMMIT" | "ROLLBACK",
    work: () => Promise<T>,
  ): Promise<T> {
    this.#connection.begin();
    try {
      const result = await work();
      if (end === "COMMIT" && result.kind === "completed") {
        this.#isDoubtful = true;
        this.#connection.commit();
        this.#isDoubtful = false;
      }
      return result;
    } finally {
      this.#connection.rollback();
    }
  }

  /**
   * Does a part of the work in the open transaction. A part that fails is undone alone, unless
   * SQLite has ended the whole transaction, as it does where the disk fails.
   */
  async runPart<T extends { readonly kind: string }>(work: () => Promise<T>): Promise<T> {
    this.#connection.exec("SAVEPOINT godwit_part");
    const result = await work();
    if (result.kind !== "failed") this.#connection.exec("RELEASE godwit_part");
    else if (this.#connection.inTransaction) {
      this.#connection.exec("ROLLBACK TO godwit_part; RELEASE godwit_part");
    }
    return result;
  }
}
