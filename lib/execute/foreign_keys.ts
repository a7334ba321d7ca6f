// Checks foreign keys before COMMIT against what was broken before.

import type { Connection } from "../sqlite/connection.ts";
import { integerOf, textOf } from "../sqlite/row.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";

/** How many rows of a table point at missing rows of its parent. */
export interface ForeignKeyViolations {
  readonly table: string;
  readonly parent: string;
  readonly rows: number;
}

/** The state of every foreign key; `mismatch` where SQLite cannot even compare. */
export type ForeignKeyCheck =
  | { readonly kind: "checked"; readonly violations: readonly ForeignKeyViolations[] }
  | { readonly kind: "mismatch"; readonly message: string };

/** Runs `PRAGMA foreign_key_check` over the database: https://sqlite.org/pragma.html#pragma_foreign_key_check */
export function checkForeignKeys(connection: Connection): ForeignKeyCheck {
  try {
    const rows = connection.rows(
      `SELECT "table" AS child, parent, count(*) AS violations
         FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2`,
    );
    return {
      kind: "checked",
      violations: rows.map((row) => ({
        table: textOf(row, "child"),
        parent: textOf(row, "parent"),
        rows: integerOf(row, "violations"),
      })),
    };
  } catch (error) {
    // A parent key that is not unique: "foreign key mismatch - "child" referencing "parent"".
    if (error instanceof SqliteError && error.failure.code === "SQLITE_ERROR") {
      return { kind: "mismatch", message: error.message };
    }
    throw error;
  }
}

/**
 * Says what a migration broke; `null` where nothing is worse than before. Violations are counted for
 * each pair of tables, because a rebuild may renumber rows and keys.
 */
export function describeNewViolations(
  before: ForeignKeyCheck,
  after: ForeignKeyCheck,
): string | null {
  if (after.kind === "mismatch") {
    return before.kind === "mismatch" && before.message === after.message ? null : after.message;
  }
  const known = new Map(
    before.kind === "mismatch"
      ? []
      : before.violations.map(({ table, parent, rows }) => [`${table}|${parent}`, rows]),
  );
  const added = after.violations.flatMap(({ table, parent, rows }) => {
    const more = rows - (known.get(`${table}|${parent}`) ?? 0);
    return more > 0
      ? [
        `${more} ${more === 1 ? "row" : "rows"} of "${table}" would point at no row of "${parent}"`,
      ]
      : [];
  });
  return added.length === 0 ? null : added.join("; ");
}
