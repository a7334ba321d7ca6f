// Compiles every view and trigger, to find before COMMIT those that a migration broke.

import { type CompiledObject, compiledObjects } from "./compiled_objects.ts";
import type { Connection } from "./connection.ts";
import type { Schema } from "./schema.ts";
import { Script } from "./script.ts";

/** A view that cannot be read, or a table whose triggers do not compile. */
export interface BrokenObject extends Omit<CompiledObject, "statements"> {
  readonly message: string;
}

/** Lists the views and triggers that do not compile. Nothing is run. */
export function brokenObjects(connection: Connection, schema: Schema): readonly BrokenObject[] {
  return compiledObjects(connection, schema).flatMap(({ statements, ...object }) => {
    for (const sql of statements) {
      const message = compile(connection, sql);
      if (message !== null && !hasNoTrigger(message, object.name)) return [{ ...object, message }];
    }
    return [];
  });
}

// A view whose only trigger is INSTEAD OF INSERT does not accept DELETE, which is no error.
function hasNoTrigger(message: string, view: string): boolean {
  return message === `cannot modify ${view} because it is a view`;
}

/** Prepares a statement; returns SQLite's message if that fails, or `null`. */
export function compile(connection: Connection, sql: string): string | null {
  using script = new Script(connection, sql);
  const prepared = script.prepare();
  if (prepared.kind === "failed") return prepared.failure.message;
  if (prepared.kind === "statement") prepared.statement[Symbol.dispose]();
  return null;
}
