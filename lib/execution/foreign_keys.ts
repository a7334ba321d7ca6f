// Checks foreign keys before COMMIT against what was broken before.

import type { RenamedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { integerOf, textOf } from "../sqlite/row.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";

/** How many rows of a table point at missing rows of its parent. */
export interface ForeignKeyViolations {
  readonly kind: "violations";
  readonly table: string;
  readonly parent: string;
  readonly rows: number;
  /** Rows by the key that is missing; `null` where the rows cannot be found again or are too many. */
  readonly keys: ReadonlyMap<string, number> | null;
}

/** A table whose foreign keys SQLite cannot compare. */
export interface ForeignKeyMismatch {
  readonly kind: "mismatch";
  readonly table: string;
  readonly message: string;
}

/** Everything that is wrong with the foreign keys of a database. */
export type ForeignKeyCheck = readonly (ForeignKeyViolations | ForeignKeyMismatch)[];

// What two states may take in memory for one pair of tables; beyond it rows are counted only.
const MAX_KEYS = 10_000;

/** Runs `PRAGMA foreign_key_check` over the database: https://sqlite.org/pragma.html#pragma_foreign_key_check */
export function checkForeignKeys(connection: Connection, schema: Schema): ForeignKeyCheck {
  try {
    return readViolations(connection, schema, null);
  } catch (error) {
    mismatchMessage(error);
  }
  // One mismatch ends the check of the whole database, so each table is checked by itself.
  return schema.tables.filter(({ foreignKeys }) => foreignKeys.length > 0).flatMap(
    ({ name }): ForeignKeyCheck => {
      try {
        return readViolations(connection, schema, name);
      } catch (error) {
        return [{ kind: "mismatch", table: name, message: mismatchMessage(error) }];
      }
    },
  );
}

/**
 * Says what a migration broke; `null` where nothing is worse than before. Violations are told apart by
 * the missing key and not by the row, because a rebuild may renumber rows. A table that could not be
 * checked before is not held against the migration.
 */
export function describeNewViolations(
  before: ForeignKeyCheck,
  after: ForeignKeyCheck,
  renamed: readonly RenamedTable[],
): string | null {
  const names = new Map(renamed.map(({ was, name }) => [was.toLowerCase(), name.toLowerCase()]));
  const present = (table: string): string => names.get(table.toLowerCase()) ?? table.toLowerCase();
  const unchecked = new Set(
    before.flatMap(({ kind, table }) => (kind === "mismatch" ? [present(table)] : [])),
  );
  const added = after.flatMap((trouble) => {
    if (unchecked.has(trouble.table.toLowerCase())) return [];
    if (trouble.kind === "mismatch") return [trouble.message];
    const { table, parent } = trouble;
    const known = before.filter((each): each is ForeignKeyViolations =>
      each.kind === "violations" && present(each.table) === table.toLowerCase() &&
      present(each.parent) === parent.toLowerCase()
    );
    const more = countNew(known, trouble);
    return more > 0
      ? [
        `${more} ${more === 1 ? "row" : "rows"} of "${table}" would point at no row of "${parent}"`,
      ]
      : [];
  });
  return added.length === 0 ? null : added.join("; ");
}

function readViolations(
  connection: Connection,
  schema: Schema,
  table: string | null,
): readonly ForeignKeyViolations[] {
  const rows = connection.rows(
    `SELECT "table" AS child, parent, count(*) AS violations
       FROM pragma_foreign_key_check(?) GROUP BY 1, 2 ORDER BY 1, 2`,
    [table],
  );
  return rows.map((row) => {
    const child = textOf(row, "child");
    const parent = textOf(row, "parent");
    const described = schema.tables.find(({ name }) => name === child);
    return {
      kind: "violations",
      table: child,
      parent,
      rows: integerOf(row, "violations"),
      keys: described === undefined ? null : missingKeys(connection, described, parent),
    };
  });
}

/** The keys of `parent` that rows of `table` point at and that are not there. */
function missingKeys(
  connection: Connection,
  table: Table,
  parent: string,
): ReadonlyMap<string, number> | null {
  // A column may take the name of the row number.
  const rowid = ["rowid", "_rowid_", "oid"].find((alias) =>
    !table.columns.some(({ name }) => name.toLowerCase() === alias)
  );
  if (table.withoutRowid || rowid === undefined) return null;
  const columns = connection.rows(
    `SELECT id, "from" FROM pragma_foreign_key_list(?) WHERE "table" = ? ORDER BY id, seq`,
    [table.name, parent],
  );
  const missing = new Map<string, number>();
  for (const [id, parts] of Map.groupBy(columns, (row) => integerOf(row, "id"))) {
    // As text, because a rebuild may change a column's type.
    const key = parts.map((row) =>
      `quote(CAST(c.${quoteIdentifier(textOf(row, "from"))} AS TEXT))`
    );
    const found = connection.rows(
      `SELECT ${key.join(" || ',' || ")} AS "key", count(*) AS violations
         FROM pragma_foreign_key_check(?) v
         CROSS JOIN main.${quoteIdentifier(table.name)} c ON c.${rowid} = v.rowid
        WHERE v.fkid = ? GROUP BY 1 LIMIT ${MAX_KEYS + 1}`,
      [table.name, id],
    );
    for (const row of found) {
      const text = textOf(row, "key");
      missing.set(text, (missing.get(text) ?? 0) + integerOf(row, "violations"));
    }
    if (missing.size > MAX_KEYS) return null;
  }
  return missing;
}

function countNew(known: readonly ForeignKeyViolations[], found: ForeignKeyViolations): number {
  const former = known.map(({ keys }) => keys);
  if (known.length === 0 || found.keys === null || former.includes(null)) {
    return found.rows - known.reduce((sum, { rows }) => sum + rows, 0);
  }
  return [...found.keys].reduce((more, [key, rows]) => {
    const tolerated = former.reduce((sum, keys) => sum + (keys?.get(key) ?? 0), 0);
    return more + Math.max(rows - tolerated, 0);
  }, 0);
}

// A parent key that is not unique: "foreign key mismatch - "child" referencing "parent"".
function mismatchMessage(error: unknown): string {
  if (error instanceof SqliteError && error.failure.code === "SQLITE_ERROR") return error.message;
  throw error;
}
