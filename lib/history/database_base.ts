// Reads what a plan is built on: the history and the schema of a live database.

import type { History } from "../plan/history.ts";
import { hashOf, historyDigest, type PlanBase } from "../plan/migration_plan.ts";
import { isReserved } from "../plan/reserved_names.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Schema } from "../sqlite/schema.ts";
import { readSchema } from "../sqlite/schema_follower.ts";
import { readHistory } from "./history_table.ts";

/** What a plan takes from a live database. */
export interface DatabaseBase {
  readonly history: History;
  readonly schema: Schema;
  /** Tables that have at least one row; some forms of ALTER TABLE need an empty table. */
  readonly tablesWithRows: readonly string[];
  readonly digests: PlanBase;
}

/** Reads history and schema. */
export async function readBase(connection: Connection, plugin: string): Promise<DatabaseBase> {
  const history = readHistory(connection, plugin);
  const schema = readSchema(connection, isReserved);
  const tablesWithRows = schema.tables
    .filter(({ kind, name }) => kind === "table" && hasRows(connection, name))
    .map(({ name }) => name);
  const digests = {
    history: await historyDigest(history),
    schema: await schemaDigest(schema),
  };
  return { history, schema, tablesWithRows, digests };
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

function hasRows(connection: Connection, table: string): boolean {
  return connection.integer(`SELECT EXISTS (SELECT 1 FROM main.${quoteIdentifier(table)})`) === 1;
}
