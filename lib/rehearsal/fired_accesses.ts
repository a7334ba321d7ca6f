// Finds out what a statement accesses through the actions of foreign keys.

import type { Access } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { enforcingForeignKeys } from "../statement/statement_stream.ts";

/**
 * What a statement accesses where foreign keys are enforced; SQLite compiles their actions into it.
 */
export function accessesWithActions(connection: Connection, sql: string): readonly Access[] {
  const accesses: Access[] = [];
  connection.authorize((access) => {
    accesses.push(access);
    return connection.sqlite3.capi.SQLITE_OK;
  });
  try {
    enforcingForeignKeys(connection, () => connection.value(`EXPLAIN ${sql}`));
  } finally {
    connection.authorize(null);
  }
  return accesses;
}
