// Finds foreign keys that cannot work: without a parent table, or to columns that are not unique.
// SQLite notices them only when a row is written.

import type { Connection } from "./connection.ts";
import { foldName } from "./fold_name.ts";
import { quoteIdentifier } from "./quote.ts";
import type { ForeignKey, Table } from "./schema.ts";
import type { SchemaFollower } from "./schema_follower.ts";
import { changedTables, type SchemaSlice } from "./schema_slice.ts";
import { refusalOf } from "./script.ts";

/** A foreign key that cannot work. */
export interface ForeignKeyFault {
  /** The parent does not exist, or its columns are neither its primary key nor UNIQUE. */
  readonly kind: "no-parent" | "mismatch";
  readonly table: string;
  /** The columns of the key, joined by commas. */
  readonly columns: string;
  readonly parent: string;
  /** The columns that it references, joined by commas; empty for the primary key. */
  readonly parentColumns: string;
}

/** The faulty foreign keys of a connection. */
export class ForeignKeyFaults {
  readonly #connection: Connection;
  readonly #schema: SchemaFollower;
  readonly #faults = new Map<string, readonly ForeignKeyFault[]>();

  /** Looks at every foreign key of a schema. */
  constructor(connection: Connection, schema: SchemaFollower) {
    this.#connection = connection;
    this.#schema = schema;
    for (const { name } of schema.schema.tables) this.#look(name);
  }

  /** All of them. */
  get all(): readonly ForeignKeyFault[] {
    return [...this.#faults.values()].flat();
  }

  /** Looks again at the keys of tables that changed, and at those to them. */
  update(slice: SchemaSlice): void {
    const changed = changedTables(slice);
    const children = changed.flatMap((parent) => this.#schema.childrenOf(parent));
    for (const name of new Set([...changed, ...children.map((child) => child.name)])) {
      this.#look(name);
    }
  }

  #look(name: string): void {
    const table = this.#schema.table(name);
    const faults = table === null || table.foreignKeys.length === 0 ? [] : this.#faultsOf(table);
    if (faults.length === 0) this.#faults.delete(foldName(name));
    else this.#faults.set(foldName(name), faults);
  }

  #faultsOf(table: Table): readonly ForeignKeyFault[] {
    const fault = (kind: ForeignKeyFault["kind"], key: ForeignKey): ForeignKeyFault => {
      const { columns, parent, parentColumns } = key;
      return { kind, table: table.name, columns, parent, parentColumns };
    };
    const { orphans = [], children = [] } = Object.groupBy(
      table.foreignKeys,
      ({ parent }) => this.#schema.table(parent) === null ? "orphans" : "children",
    );
    const mismatched = children.length === 0 ? null : this.#mismatchedParent(table.name);
    const mismatch = children.find(({ parent }) => parent === mismatched);
    return [
      ...orphans.map((key) => fault("no-parent", key)),
      ...(mismatch === undefined ? [] : [fault("mismatch", mismatch)]),
    ];
  }

  // Preparing the check is enough: https://sqlite.org/foreignkeys.html#fk_indexes
  #mismatchedParent(table: string): string | null {
    const check = `PRAGMA main.foreign_key_check(${quoteIdentifier(table)})`;
    const message = refusalOf(this.#connection, check) ?? "";
    return /^foreign key mismatch - ".*" referencing "(.*)"$/.exec(message)?.[1] ?? null;
  }
}
