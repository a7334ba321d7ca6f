// Finds out whether actions of foreign keys would fire for a statement that runs without them.

import type { Connection } from "../sqlite/connection.ts";
import { type FiringKey, firingKeys } from "../sqlite/foreign_key_actions.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import {
  enforcingForeignKeys,
  type ReadyStatement,
  type StatementStream,
} from "../statement/statement_stream.ts";

/** What a statement does where foreign keys are enforced. */
export interface EnforcedTrial {
  readonly keys: readonly FiringKey[];
  /** The rows that it writes, by actions too; `null` where it fails. */
  readonly rows: number | null;
}

/**
 * Runs a statement with foreign keys enforced and undoes it; `null` where no action can fire,
 * because no row of a child has a parent. If actions fire, the statement writes more rows here than
 * where keys are not enforced.
 */
export function tryEnforced(
  connection: Connection,
  stream: StatementStream,
  { text, accesses }: ReadyStatement,
  schema: SchemaFollower,
): EnforcedTrial | null {
  const keys = firingKeys(text.sql, accesses, schema);
  const live = keys.filter((key) => stream.unguarded(() => hasRows(connection, key)));
  if (live.length === 0) return null;
  const rows = stream.tryOut((run) => {
    // Violations without an action are found when the migration has ended.
    connection.exec("PRAGMA defer_foreign_keys=ON");
    try {
      const before = connection.totalChanges;
      const failure = enforcingForeignKeys(connection, run);
      return failure === null ? connection.totalChanges - before : null;
    } finally {
      connection.exec("PRAGMA defer_foreign_keys=OFF");
    }
  });
  return { keys: live, rows };
}

function hasRows(connection: Connection, { child, key }: FiringKey): boolean {
  const columns = key.columns.split(",").map((name) => `${quoteIdentifier(name)} IS NOT NULL`);
  return connection.integer(
    `SELECT EXISTS (SELECT 1 FROM main.${quoteIdentifier(child.name)}
      WHERE ${columns.join(" AND ")})`,
  ) === 1;
}
