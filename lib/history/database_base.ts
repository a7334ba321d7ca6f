// Reads what a plan is built on: the history and the schema of a live database.

import type { History } from "../plan/history.ts";
import { hashOf, historyDigest, type PlanBase } from "../plan/migration_plan.ts";
import { isReserved } from "../plan/reserved_names.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { integerOf } from "../sqlite/row.ts";
import type { Schema } from "../sqlite/schema.ts";
import { readSchema } from "../sqlite/schema_follower.ts";
import { isRefusal } from "../sqlite/sqlite_error.ts";
import { historyOwners, readHistory } from "./history_table.ts";

/** What a plan takes from a live database. */
export interface DatabaseBase {
  readonly history: History;
  /** The plugins that have a history in the database. */
  readonly historyOwners: readonly string[];
  readonly schema: Schema;
  /** Tables that have at least one row; some forms of ALTER TABLE need an empty table. */
  readonly tablesWithRows: readonly string[];
  readonly digests: PlanBase;
}

/** Reads history and schema. */
export async function readBase(connection: Connection, plugin: string): Promise<DatabaseBase> {
  const history = readHistory(connection, plugin);
  const schema = readSchema(connection, isReserved);
  const tablesWithRows = withRows(
    connection,
    schema.tables.flatMap(({ kind, name }) => (kind === "table" ? [name] : [])),
  );
  const digests = {
    history: await historyDigest(history),
    schema: await schemaDigest(schema),
  };
  return { history, historyOwners: historyOwners(connection), schema, tablesWithRows, digests };
}

/** The digest of a schema, over its names and CREATE statements. */
export function schemaDigest(schema: Schema): Promise<string> {
  return hashOf([
    schema.tables.map(({ name, sql }) => [name, sql]),
    schema.indexes.map(({ name, table, sql }) => [name, table, sql]),
    schema.triggers.map(({ name, table, sql }) => [name, table, sql]),
    schema.views.map(({ name, sql }) => [name, sql]),
  ]);
}

// The most terms of a compound SELECT are 500: https://sqlite.org/limits.html
const TABLES_AT_ONCE = 400;

function withRows(connection: Connection, tables: readonly string[]): readonly string[] {
  if (tables.length > TABLES_AT_ONCE) {
    return [
      ...withRows(connection, tables.slice(0, TABLES_AT_ONCE)),
      ...withRows(connection, tables.slice(TABLES_AT_ONCE)),
    ];
  }
  if (tables.length === 0) return [];
  const terms = tables.map((name, index) =>
    `SELECT ${index} AS at WHERE EXISTS (SELECT 1 FROM main.${quoteIdentifier(name)})`
  );
  try {
    const rows = connection.rows(terms.join(" UNION ALL "));
    return rows.flatMap((row) => tables[integerOf(row, "at")] ?? []);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // One that this SQLite cannot read may have rows.
    return tables.length === 1 ? tables : tables.flatMap((name) => withRows(connection, [name]));
  }
}
