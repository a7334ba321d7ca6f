// Checks the foreign keys of tables before COMMIT against what was broken before the run.

import { counted } from "../finding/counted.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { integerOf, textOf } from "../sqlite/row.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { ForeignKey, Table } from "../sqlite/schema.ts";
import { isRefusal } from "../sqlite/sqlite_error.ts";

/** Rows of a table that point at missing rows of its parent by one key. */
export interface Violations {
  readonly kind: "violations";
  readonly table: string;
  readonly key: ForeignKey;
  readonly rows: number;
  /** Rows by missing value; `null` where rows cannot be found again, or values are too many. */
  readonly missing: ReadonlyMap<string, number> | null;
}

/** A table whose foreign keys SQLite cannot compare. */
export interface Mismatch {
  readonly kind: "mismatch";
  readonly table: string;
  readonly message: string;
}

/** What is wrong with the foreign keys of one table. */
export type KeyTrouble = Violations | Mismatch;

// Limits the memory for one key; beyond it, rows are only counted.
const MAX_VALUES = 10_000;
const SHOWN_VALUES = 3;

/**
 * Checks the rows of one table by `PRAGMA foreign_key_check`:
 * https://sqlite.org/pragma.html#pragma_foreign_key_check
 */
export function checkForeignKeys(connection: Connection, table: Table): readonly KeyTrouble[] {
  if (table.foreignKeys.length === 0) return [];
  try {
    return readViolations(connection, table);
  } catch (error) {
    // A parent key that is not unique: "foreign key mismatch - "child" referencing "parent"".
    if (!isRefusal(error)) throw error;
    return [{ kind: "mismatch", table: table.name, message: error.message }];
  }
}

/**
 * Says what is worse than before; `null` where nothing is. Violations are compared by the missing
 * value and not by the row, because a rebuild may renumber rows. A table that could not be checked
 * before counts as unchanged.
 */
export function describeNewTroubles(
  before: readonly KeyTrouble[],
  after: readonly KeyTrouble[],
): string | null {
  if (before.some(({ kind }) => kind === "mismatch")) return null;
  const found = after.flatMap((trouble) => {
    if (trouble.kind === "mismatch") return [trouble.message];
    const { rows, values } = newViolations(sameKey(before, trouble), trouble);
    return rows > 0 ? [describe(trouble, rows, values)] : [];
  });
  return found.length === 0 ? null : found.join("; ");
}

// The migration may have renamed the parent, or the columns.
function sameKey(before: readonly KeyTrouble[], { key }: Violations): readonly Violations[] {
  const known = before.filter((each) => each.kind === "violations");
  const same = (part: "columns" | "parent"): readonly Violations[] =>
    known.filter((each) => foldName(each.key[part]) === foldName(key[part]));
  const byColumns = same("columns");
  return byColumns.length > 0 ? byColumns : same("parent");
}

function describe(
  { table, key: { columns, parent } }: Violations,
  rows: number,
  values: readonly string[],
): string {
  const shown = values.slice(0, SHOWN_VALUES).join(", ");
  const more = values.length > SHOWN_VALUES ? ", ..." : "";
  return `${counted(rows, "row")} of "${table}" would point at no row of "${parent}"` +
    (values.length === 0 ? "" : ` (${columns.replaceAll(",", ", ")}: ${shown}${more})`);
}

function readViolations(connection: Connection, table: Table): readonly Violations[] {
  const rows = connection.rows(
    `SELECT fkid, count(*) AS violations
       FROM pragma_foreign_key_check(?, 'main') GROUP BY 1 ORDER BY 1`,
    [table.name],
  );
  return rows.flatMap((row): readonly Violations[] => {
    const id = integerOf(row, "fkid");
    const key = table.foreignKeys[id];
    if (key === undefined) return [];
    const missing = missingValues(connection, table, id);
    return [{
      kind: "violations",
      table: table.name,
      key,
      rows: integerOf(row, "violations"),
      missing,
    }];
  });
}

/** The values of a key that rows of `table` have and its parent has not. */
function missingValues(
  connection: Connection,
  table: Table,
  id: number,
): ReadonlyMap<string, number> | null {
  const rowid = rowidOf(table);
  if (rowid === null) return null;
  const columns = connection.rows(
    `SELECT "from" FROM pragma_foreign_key_list(?, 'main') WHERE id = ? ORDER BY seq`,
    [table.name, id],
  );
  // As text, because a rebuild may change a column's type.
  const values = columns.map((row) =>
    `quote(CAST(c.${quoteIdentifier(textOf(row, "from"))} AS TEXT))`
  );
  const found = connection.rows(
    `SELECT ${values.join(" || ',' || ")} AS "values", count(*) AS violations
       FROM pragma_foreign_key_check(?, 'main') v
       CROSS JOIN main.${quoteIdentifier(table.name)} c ON c.${rowid} = v.rowid
      WHERE v.fkid = ? GROUP BY 1 LIMIT ${MAX_VALUES + 1}`,
    [table.name, id],
  );
  if (found.length > MAX_VALUES) return null;
  return new Map(found.map((row) => [textOf(row, "values"), integerOf(row, "violations")]));
}

function newViolations(
  known: readonly Violations[],
  { rows, missing }: Violations,
): { readonly rows: number; readonly values: readonly string[] } {
  const former = known.map((each) => each.missing);
  if (missing === null || former.includes(null)) {
    return { rows: rows - known.reduce((sum, each) => sum + each.rows, 0), values: [] };
  }
  const added = [...missing].map(([value, count]) => {
    const tolerated = former.reduce((sum, values) => sum + (values?.get(value) ?? 0), 0);
    return { value, count: Math.max(count - tolerated, 0) };
  }).filter(({ count }) => count > 0);
  return {
    rows: added.reduce((sum, { count }) => sum + count, 0),
    values: added.map(({ value }) => value),
  };
}
