// Copies of rows, in a temporary database that SQLite keeps in a file once it is large.

import type { Connection } from "../sqlite/connection.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";

// Beyond it pages go to the file; a connection of godwit has four times as much for the database.
const CACHE_KIB = 16 * 1024;

/** A temporary database beside `main`, from outside any transaction to its disposal. */
export class Snapshots implements Disposable {
  readonly #connection: Connection;
  readonly #schema: string;
  #tables: string[] = [];

  /** `schema` is what the temporary database is called; a connection can have several. */
  constructor(connection: Connection, schema = "godwit_snapshots") {
    this.#connection = connection;
    this.#schema = schema;
    // Builds for the web keep temporary databases in memory unless this is set when one is opened:
    // https://sqlite.org/tempfiles.html
    connection.exec("PRAGMA temp_store=FILE");
    connection.exec(`ATTACH '' AS ${schema}`);
    connection.exec("PRAGMA temp_store=DEFAULT");
    // What is lost with a crash is of no use after it, and must not take part in a COMMIT.
    connection.exec(`PRAGMA ${schema}.synchronous=OFF`);
    connection.exec(`PRAGMA ${schema}.journal_mode=MEMORY`);
    connection.exec(`PRAGMA ${schema}.cache_size=-${CACHE_KIB}`);
  }

  /**
   * Copies the values of `columns`, which are quoted, as `c0`, `c1` and so on; returns the table.
   * The first `indexed` columns get an index. It is there before the rows are, because SQLite would
   * sort them in memory.
   */
  copy(from: string, columns: readonly string[], indexed = 0): string {
    const name = `godwit_snapshot_${this.#tables.length}`;
    const table = `${this.#schema}.${name}`;
    const names = columns.map((_, at) => `c${at}`);
    this.#tables.push(table);
    this.#connection.exec(`CREATE TABLE ${table} (${names.join(", ")})`);
    if (indexed > 0) {
      const index = `${this.#schema}.${name}_index ON ${name}`;
      this.#connection.exec(`CREATE INDEX ${index} (${names.slice(0, indexed).join(", ")})`);
    }
    this.#connection.exec(`INSERT INTO ${table} SELECT ${columns.join(", ")} FROM ${from}`);
    return table;
  }

  /** Removes the copies of a step, also where its transaction was rolled back. */
  clear(): void {
    for (const table of this.#tables) this.#connection.exec(`DROP TABLE IF EXISTS ${table}`);
    this.#tables = [];
  }

  // DETACH reads the schema, which fails on a disk that has failed; closing the connection detaches
  // too.
  [Symbol.dispose](): void {
    try {
      this.#connection.exec(`DETACH ${this.#schema}`);
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
    }
  }
}
