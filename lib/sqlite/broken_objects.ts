// Compiles every view and trigger, so that one which a migration broke is noticed before COMMIT.

import type { Connection } from "./connection.ts";
import { quoteIdentifier } from "./quote.ts";
import type { Schema, Table } from "./schema.ts";
import { Script } from "./script.ts";

/** A view that cannot be read, or a table whose triggers do not compile. */
export interface BrokenObject {
  readonly object: "view" | "trigger";
  /** The view, or the table or view that the triggers are on. */
  readonly name: string;
  /** The triggers on it; empty for a view that cannot be read. */
  readonly triggers: readonly string[];
  readonly message: string;
}

/**
 * Compiles views by preparing a query, and triggers by preparing each kind of write to their table,
 * which compiles every trigger that would fire. Nothing is run.
 */
export function brokenObjects(connection: Connection, schema: Schema): readonly BrokenObject[] {
  const broken: BrokenObject[] = [];
  for (const { name } of schema.views) {
    const message = compile(connection, `SELECT * FROM ${quoteIdentifier(name)}`);
    if (message !== null) broken.push({ object: "view", name, triggers: [], message });
  }
  const tables = new Map(schema.tables.map((table) => [table.name, table]));
  for (const [name, triggers] of Map.groupBy(schema.triggers, (trigger) => trigger.table)) {
    for (const sql of writesTo(name, tables.get(name))) {
      const message = compile(connection, sql);
      if (message === null) continue;
      broken.push({
        object: "trigger",
        name,
        triggers: triggers.map((each) => each.name),
        message,
      });
      break;
    }
  }
  return broken;
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

function compile(connection: Connection, sql: string): string | null {
  using script = new Script(connection, sql);
  const prepared = script.prepare();
  if (prepared.kind === "failed") return prepared.failure.message;
  if (prepared.kind === "statement") prepared.statement[Symbol.dispose]();
  return null;
}
