// What is known of the real database between two migrations: schema, foreign keys, broken objects.

import { isReserved } from "../plan/reserved_names.ts";
import { type BrokenObject, brokenObjects } from "../sqlite/broken_objects.ts";
import type { Connection } from "../sqlite/connection.ts";
import { readSchema, type Schema } from "../sqlite/schema.ts";
import { checkForeignKeys, type ForeignKeyCheck } from "./foreign_keys.ts";

/** The database as it is; the state after one migration is the state before the next. */
export interface LiveState {
  readonly schema: Schema;
  readonly foreignKeys: ForeignKeyCheck;
  readonly broken: readonly BrokenObject[];
}

/** Reads the state; foreign keys are checked over the whole database. */
export function readLiveState(connection: Connection): LiveState {
  const schema = readSchema(connection, isReserved);
  return {
    schema,
    foreignKeys: checkForeignKeys(connection, schema),
    broken: brokenObjects(connection, schema),
  };
}
