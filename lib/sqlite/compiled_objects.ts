// The SQL whose preparation makes SQLite compile each view and trigger.

import type { Connection } from "./connection.ts";
import { quoteIdentifier } from "./quote.ts";
import { textOf } from "./row.ts";
import type { Schema } from "./schema.ts";
import { SqliteError } from "./sqlite_error.ts";

/** A view, or the triggers on one table or view, and the statements that compile them. */
export interface CompiledObject {
  readonly object: "view" | "trigger";
  /** The view, or the table or view that the triggers are on. */
  readonly name: string;
  /** The triggers on it; empty for a view. */
  readonly triggers: readonly string[];
  readonly statements: readonly string[];
}

/**
 * Views are compiled by preparing a query, triggers by preparing each kind of write to their table,
 * which compiles every trigger that would fire.
 */
export function compiledObjects(
  connection: Connection,
  schema: Schema,
): readonly CompiledObject[] {
  const columns = new Map(schema.tables.map((table) => [
    table.name,
    table.columns.filter(({ generated }) => !generated).map(({ name }) => name),
  ]));
  return [
    ...schema.views.map(({ name }): CompiledObject => ({
      object: "view",
      name,
      triggers: [],
      statements: [`SELECT * FROM ${quoteIdentifier(name)}`],
    })),
    ...[...Map.groupBy(schema.triggers, ({ table }) => table)].map(
      ([name, triggers]): CompiledObject => ({
        object: "trigger",
        name,
        triggers: triggers.map((each) => each.name),
        statements: writesTo(name, columns.get(name) ?? viewColumns(connection, name)),
      }),
    ),
  ];
}

function viewColumns(connection: Connection, view: string): readonly string[] {
  try {
    return connection.rows("SELECT name FROM pragma_table_info(?, 'main')", [view])
      .map((row) => textOf(row, "name"));
  } catch (error) {
    // A view that does not compile is reported as a view.
    if (error instanceof SqliteError) return [];
    throw error;
  }
}

function writesTo(name: string, columns: readonly string[]): readonly string[] {
  const target = quoteIdentifier(name);
  const assignments = columns.map((column) => `${quoteIdentifier(column)} = NULL`);
  return [
    `INSERT INTO ${target} DEFAULT VALUES`,
    `DELETE FROM ${target}`,
    ...(assignments.length === 0 ? [] : [`UPDATE ${target} SET ${assignments.join(", ")}`]),
  ];
}
