// The SQL whose preparation makes SQLite compile each view and trigger. Pure; runs anywhere.

import { quoteIdentifier } from "./quote.ts";
import type { Schema, Table } from "./schema.ts";

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
export function compiledObjects(schema: Schema): readonly CompiledObject[] {
  const tables = new Map(schema.tables.map((table) => [table.name, table]));
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
        statements: writesTo(name, tables.get(name)),
      }),
    ),
  ];
}

function writesTo(name: string, table: Table | undefined): readonly string[] {
  const target = quoteIdentifier(name);
  const columns = (table?.columns ?? []).filter(({ generated }) => !generated)
    .map((column) => `${quoteIdentifier(column.name)} = NULL`);
  return [
    `INSERT INTO ${target} DEFAULT VALUES`,
    `DELETE FROM ${target}`,
    ...(columns.length === 0 ? [] : [`UPDATE ${target} SET ${columns.join(", ")}`]),
  ];
}
