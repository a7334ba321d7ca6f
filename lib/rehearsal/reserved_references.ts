// Finds views, triggers and foreign keys that reach into godwit's tables, which no statement shows
// when it makes them: SQLite compiles them only when they are used.

import { isReserved } from "../plan/reserved_names.ts";
import { readAccess } from "../sqlite/access.ts";
import { compile } from "../sqlite/broken_objects.ts";
import { type CompiledObject, compiledObjects } from "../sqlite/compiled_objects.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Schema } from "../sqlite/schema.ts";

/** A part of the plugin's schema that names one of godwit's tables. */
export interface ReservedReference {
  readonly object: "view" | "trigger" | "foreign key";
  /** The view, or the table that the trigger or the key is on. */
  readonly name: string;
  /** Godwit's table. */
  readonly reserved: string;
}

/** Compiles every view and trigger and notes what they would touch. Nothing is run. */
export function reservedReferences(
  connection: Connection,
  schema: Schema,
): readonly ReservedReference[] {
  const compiled = compiledObjects(connection, schema).flatMap((each) =>
    touchedBy(connection, each).map((reserved): ReservedReference => ({
      object: each.object,
      name: each.name,
      reserved,
    }))
  );
  const keys = schema.tables.flatMap(({ name, foreignKeys }) =>
    foreignKeys.filter(({ parent }) => isReserved(parent)).map(({ parent }): ReservedReference => ({
      object: "foreign key",
      name,
      reserved: parent,
    }))
  );
  return [...compiled, ...keys];
}

function touchedBy(connection: Connection, { statements }: CompiledObject): readonly string[] {
  const touched = new Set<string>();
  connection.authorize((_, action, first, second, third, trigger) => {
    const access = readAccess(action, first, second, third, trigger);
    if ("table" in access && access.table !== null && isReserved(access.table)) {
      touched.add(access.table);
    }
    return connection.sqlite3.capi.SQLITE_OK;
  });
  try {
    for (const sql of statements) compile(connection, sql);
  } finally {
    connection.authorize(null);
  }
  return [...touched];
}
