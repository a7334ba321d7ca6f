// What a restore would change: the version, the schema, and the rows of each table. Runs where
// SQLite runs.

import { readHistory } from "../history/history_table.ts";
import { currentVersion } from "../plan/history.ts";
import { isReserved } from "../plan/reserved_names.ts";
import type { Connection } from "../sqlite/connection.ts";
import { EMPTY_SCHEMA, type Schema } from "../sqlite/schema.ts";
import { describeChange, type SchemaChange } from "../sqlite/schema_diff.ts";
import { readSchema } from "../sqlite/schema_follower.ts";
import { Lineage } from "../sqlite/schema_lineage.ts";
import { countOf } from "./prove_copy.ts";

/** What a database contains, as far as people compare it. */
export interface Contents {
  readonly version: number;
  readonly schema: Schema;
  /** Rows by table; `null` for one that this SQLite cannot read. */
  readonly rows: ReadonlyMap<string, number | null>;
}

/** The rows of a table before and after; `null` where the table is missing or unreadable. */
export interface RowChange {
  readonly table: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** The difference between two databases. */
export interface ContentsChange {
  readonly changes: readonly SchemaChange[];
  /** The tables whose number of rows differs. */
  readonly rows: readonly RowChange[];
}

/** The contents of a missing database. */
export const NO_CONTENTS: Contents = { version: 0, schema: EMPTY_SCHEMA, rows: new Map() };

/**
 * Reads the contents of a plugin's database, without the tables of godwit and of SQLite and the
 * shadow tables of virtual tables.
 */
export function readContents(connection: Connection, plugin: string): Contents {
  const schema = readSchema(connection, isReserved);
  return {
    version: currentVersion(readHistory(connection, plugin)),
    schema,
    rows: new Map(schema.tables.map(({ name }) => [name, countOf(connection, name)])),
  };
}

/** Compares two databases. */
export function compareContents(before: Contents, after: Contents): ContentsChange {
  const tables = [...new Set([...before.rows.keys(), ...after.rows.keys()])].sort();
  return {
    changes: describeChange({ before: before.schema, after: after.schema }, new Lineage()).changes,
    rows: tables.map((table): RowChange => ({
      table,
      before: before.rows.get(table) ?? null,
      after: after.rows.get(table) ?? null,
    })).filter((change) => change.before !== change.after),
  };
}
