// Finds statements that write to sqlite_sequence while no table counts there. Pure; runs anywhere.

import { type Access, isSchemaChange, isTemporary, isWrite } from "../sqlite/access.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import { tokensOf } from "../sqlite/tokens.ts";

/**
 * Says whether a statement writes to `sqlite_sequence` without a table with AUTOINCREMENT. Only
 * godwit's tables have rows there then: https://sqlite.org/autoinc.html
 */
export function writesIdleSequence(accesses: readonly Access[], schema: SchemaFollower): boolean {
  const writesSequence = accesses.some((access) =>
    isWrite(access) && foldName(access.table) === "sqlite_sequence" && !isTemporary(access)
  );
  // DROP TABLE and RENAME keep sqlite_sequence up to date by themselves.
  if (!writesSequence || accesses.some(isSchemaChange)) return false;
  return !schema.schema.tables.some(({ sql }) =>
    tokensOf(sql).some(({ text }) => text.toUpperCase() === "AUTOINCREMENT")
  );
}
