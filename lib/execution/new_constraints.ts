// Finds what is new in a table and may refuse rows: NOT NULL, CHECK, unique keys, foreign keys.

import { checksOf, withTableName } from "../rebuild/table_text.ts";
import { TextComparison } from "../rebuild/text_comparison.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { referencedColumns } from "../sqlite/referenced_columns.ts";
import type { ForeignKey, Table } from "../sqlite/schema.ts";
import type { KeptColumn, TableFate } from "../sqlite/schema_diff.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import { type UniqueKey, uniqueKeys } from "../sqlite/unique_keys.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";

/** What is new in a table, and refuses rows that were there before. */
export type NewConstraint =
  | { readonly kind: "not-null" }
  | { readonly kind: "check"; readonly expression: string }
  | { readonly kind: "unique" }
  | { readonly kind: "foreign-key"; readonly parent: string };

/** A constraint, and the rows that it refuses. */
export interface NewConstraintOnRows {
  /** As they are called after the change; none of a CHECK. */
  readonly columns: readonly string[];
  readonly constraint: NewConstraint;
  /** A query of these rows, from `FROM` on. */
  readonly from: string;
}

/** A change of a table, and its rows before it. */
export interface TableOnRows {
  readonly fate: TableFate;
  readonly after: Table;
  /** The table as it is called now. */
  readonly current: Table;
  /** Columns of the present table that the queries have too, by the names that they get. */
  readonly extra: ReadonlyMap<string, string>;
}

/**
 * The constraints that are new. `isMeant` says of a column that is new whether a failure is about
 * it: otherwise the copy may fill it.
 */
export function newConstraints(
  connection: Connection,
  schema: SchemaFollower,
  table: TableOnRows,
  isMeant: (column: string) => boolean,
): readonly NewConstraintOnRows[] {
  const rows = rowsAsAfter(table);
  return [
    ...notNullColumns(table, rows, isMeant),
    ...checks(table, rows),
    ...uniqueConstraints(connection, table, rows),
    ...foreignKeys(schema, table, rows),
  ];
}

/**
 * Rows with equal values of some columns; each has a collation, or that of its declaration.
 */
export function duplicates(rows: string, terms: readonly DuplicateTerm[]): NewConstraintOnRows {
  const columns = terms.map(({ column }) => column);
  const grouped = terms.map(({ column, collation }) =>
    collation === undefined
      ? quoteIdentifier(column)
      : `${quoteIdentifier(column)} COLLATE ${quoteIdentifier(collation)}`
  );
  const over = `count(*) OVER (PARTITION BY ${grouped.join(", ")})`;
  const present = columns.map((column) => `${quoteIdentifier(column)} IS NOT NULL`).join(" AND ");
  const from = `FROM (SELECT *, ${over} AS godwit_equal FROM ${rows} WHERE ${present}) AS r
    WHERE godwit_equal > 1`;
  return { columns, constraint: { kind: "unique" }, from };
}

interface DuplicateTerm {
  readonly column: string;
  readonly collation?: string;
}

/** What a column of a table is called now, which may be renamed already; `null` if it is gone. */
export function presentName({ columns }: Table, { name, nameAfter }: KeptColumn): string | null {
  return [name, nameAfter].find((each) => columns.some((column) => column.name === each)) ?? null;
}

// What the columns would be if the copy does nothing to the values.
function rowsAsAfter({ current, after, fate: { keptColumns }, extra }: TableOnRows): string {
  const terms = after.columns.filter(({ generated }) => !generated).map((column) => {
    const kept = keptColumns.find(({ nameAfter }) => nameAfter === column.name);
    const value = kept === undefined
      ? `(${column.defaultValue ?? "NULL"})`
      : quoteIdentifier(presentName(current, kept) ?? kept.name);
    return `${value} AS ${quoteIdentifier(column.name)}`;
  });
  const keys = [...extra].map(([name, as]) => `${quoteIdentifier(name)} AS ${quoteIdentifier(as)}`);
  return `(SELECT ${[...keys, ...terms].join(", ")} FROM main.${quoteIdentifier(current.name)})`;
}

function notNullColumns(
  { fate: { before, keptColumns }, after }: TableOnRows,
  rows: string,
  isMeant: (column: string) => boolean,
): readonly NewConstraintOnRows[] {
  return after.columns.flatMap(({ name, notNull, generated, defaultValue }) => {
    if (!notNull || generated) return [];
    const kept = keptColumns.find(({ nameAfter }) => nameAfter === name);
    const isOld = before.columns.some((column) => column.name === kept?.name && column.notNull);
    const isFilled = kept === undefined && (defaultValue !== null || !isMeant(name));
    if (isOld || isFilled) return [];
    const from = `FROM ${rows} AS r WHERE ${quoteIdentifier(name)} IS NULL`;
    return [{ columns: [name], constraint: { kind: "not-null" }, from }];
  });
}

function checks(
  { fate: { before }, after }: TableOnRows,
  rows: string,
): readonly NewConstraintOnRows[] {
  const texts = new TextComparison();
  const known = new Set(checksOf(before.sql).map((check) => texts.keyOf(check)));
  return checksOf(after.sql).filter((check) => !known.has(texts.keyOf(check))).map((check) => ({
    columns: [],
    constraint: { kind: "check", expression: check },
    // A line of its own ends a comment in the expression.
    from: `FROM ${rows} AS ${quoteIdentifier(after.name)} WHERE NOT (${check}\n)`,
  }));
}

function uniqueConstraints(
  connection: Connection,
  { current, after, fate: { keptColumns } }: TableOnRows,
  rows: string,
): readonly NewConstraintOnRows[] {
  const nameAfter = (column: string): string | undefined =>
    keptColumns.find(({ name }) => name === column)?.nameAfter;
  const keyOf = ({ terms }: UniqueKey, named: (column: string) => string | undefined): string =>
    terms.map(({ column, collation }) => `${named(column)} ${collation}`).sort().join("\n");
  const known = new Set(uniqueKeys(connection, current.name).map((key) => keyOf(key, nameAfter)));
  return keysAfter(connection, after)
    .filter((key) => !known.has(keyOf(key, (column) => column)))
    .map(({ terms }) => duplicates(rows, terms));
}

// The keys of a table are in no CREATE statement that could be read; SQLite reads this one.
function keysAfter(connection: Connection, after: Table): readonly UniqueKey[] {
  const name = "godwit_wanted";
  return unlessRefused(() =>
    connection.undoing(() => {
      connection.exec(withTableName(after.sql, `temp.${name}`));
      return uniqueKeys(connection, name, "temp");
    })
  ) ?? [];
}

function foreignKeys(
  schema: SchemaFollower,
  { fate: { before }, after }: TableOnRows,
  rows: string,
): readonly NewConstraintOnRows[] {
  const known = new Set(before.foreignKeys.map(textOfKey));
  return after.foreignKeys.filter((key) => !known.has(textOfKey(key))).flatMap((key) => {
    const parent = schema.table(key.parent);
    const columns = key.columns.split(",");
    const parents = parent === null ? [] : referencedColumns(key, parent);
    if (parent === null || parents.length !== columns.length) return [];
    const present = columns.map((column) => `r.${quoteIdentifier(column)} IS NOT NULL`);
    const joined = columns.map((column, index) =>
      `p.${quoteIdentifier(parents[index] ?? "")} = r.${quoteIdentifier(column)}`
    );
    const from = `FROM ${rows} AS r WHERE ${present.join(" AND ")} AND NOT EXISTS (
      SELECT 1 FROM main.${quoteIdentifier(parent.name)} AS p WHERE ${joined.join(" AND ")})`;
    return [{ columns, constraint: { kind: "foreign-key", parent: parent.name }, from }];
  });
}

function textOfKey({ columns, parent, parentColumns }: ForeignKey): string {
  return foldName([columns, parent, parentColumns].join("|"));
}
