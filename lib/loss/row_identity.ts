// Decides how the rows of a table are found again after a migration. Pure; runs anywhere.

import type { WatchedTable } from "../rehearsal/rehearsal.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { Column, Table } from "../sqlite/schema.ts";

/** A column of a key: its name before, and its quoted name after. */
export interface KeyColumn {
  readonly name: string;
  readonly after: string;
}

/** What makes a row the same row before and after. */
export interface RowIdentity {
  /** The primary key; `null` if there is none any more, or if it was updated. */
  readonly primaryKey: readonly KeyColumn[] | null;
  /** Whether the columns of the primary key are the primary key afterwards too. */
  readonly isKeyAfter: boolean;
  /** Columns of the primary key that may be NULL, of which SQLite allows any number of rows. */
  readonly nullable: readonly KeyColumn[];
  /** The row number; `null` if there is none, or if it was updated. */
  readonly rowid: { readonly before: string; readonly after: string } | null;
  /** The columns of the primary key that were updated. */
  readonly updatedKey: readonly KeyColumn[];
  /** The primary key, updated or not; `null` if there is none any more. */
  readonly formerKey: readonly KeyColumn[] | null;
}

/** The identity of the rows of a table that is there afterwards. */
export function rowIdentity(
  { before, keptColumns, writes }: WatchedTable,
  after: Table,
): RowIdentity {
  const pairs = keptColumns.map(({ name, nameAfter }): KeyColumn => ({
    name,
    after: quoteIdentifier(nameAfter),
  }));
  const keyBefore = keyOf(before);
  const key = keyBefore.flatMap(({ name }) => pairs.find((pair) => pair.name === name) ?? []);
  const numbersRows = isRowNumber(before);
  const isNumberUpdated = writes.updates.some((column) =>
    !before.columns.some(({ name }) => name === column)
  );
  const updatedKey = key.filter(({ name }) =>
    writes.updates.includes(name) || numbersRows && isNumberUpdated
  );
  const former = rowidOf(before);
  const present = rowidOf(after);
  const isNumbered = !isNumberUpdated && !(numbersRows && updatedKey.length > 0);
  const isWhole = key.length > 0 && key.length === keyBefore.length;
  return {
    primaryKey: isWhole && updatedKey.length === 0 ? key : null,
    isKeyAfter: sameColumns(key.map((pair) => pair.after), keyOf(after)),
    nullable: numbersRows || before.withoutRowid
      ? []
      : key.filter(({ name }) =>
        keyBefore.some((column) => column.name === name && !column.notNull)
      ),
    rowid: isNumbered && former !== null && present !== null
      ? { before: former, after: present }
      : null,
    updatedKey,
    formerKey: isWhole ? key : null,
  };
}

function keyOf({ columns }: Table): readonly Column[] {
  return columns.filter(({ primaryKey }) => primaryKey > 0);
}

// https://sqlite.org/lang_createtable.html#rowids_and_the_integer_primary_key
function isRowNumber(table: Table): boolean {
  const [column, ...others] = keyOf(table);
  return !table.withoutRowid && others.length === 0 && column?.type.toUpperCase() === "INTEGER";
}

function sameColumns(names: readonly string[], columns: readonly Column[]): boolean {
  return names.length === columns.length &&
    columns.every(({ name }) => names.includes(quoteIdentifier(name)));
}
