// Fills an empty schema with rows that satisfy its constraints.

import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { integerOf, nullableIntegerOf, textOf } from "../sqlite/row.ts";
import type { ForeignKey, Schema, Table } from "../sqlite/schema.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";
import { candidateValues, literalsOf, rotated, type RowStyle } from "./candidate_values.ts";
import { type Choice, insertRow, type Slot } from "./find_row.ts";
import { referencedColumns } from "../sqlite/referenced_columns.ts";

/** A table that has no row, and why. */
export interface UnfilledTable {
  readonly table: string;
  /** What SQLite says about the last attempt. */
  readonly message: string;
}

/**
 * The choices of rows that tables took, by table, style and number of the row. A schema is filled
 * again for each file, and most of its tables are the same.
 */
export type KnownRows = Map<string, Choice>;

/**
 * Inserts a row of each style into every table, parents first; returns the tables without a row.
 * Triggers fire. Keys are checked at the end, because tables may refer to each other in a circle:
 * then rows whose parents are missing are deleted again.
 */
export function fillSchema(
  connection: Connection,
  schema: Schema,
  styles: readonly RowStyle[],
  known: KnownRows = new Map(),
): readonly UnfilledTable[] {
  const refusals = new Map<string, string>();
  connection.exec("PRAGMA foreign_keys=OFF");
  connection.begin();
  const tables = parentsFirst(schema.tables);
  for (const table of tables) {
    const takes = (style: RowStyle, index: number): boolean => {
      const slots = slotsOf(connection, tables, table, index + 1, style);
      const key = `${index} ${style} ${table.sql}`;
      const found = insertRow(connection, table, slots, known.get(key));
      if (typeof found === "string") refusals.set(table.name, found);
      else known.set(key, found);
      return typeof found !== "string";
    };
    const [first, ...others] = styles;
    // A style is only an order of the values: where the first finds no row, no other does.
    if (first === undefined || !takes(first, 0)) continue;
    for (const [index, style] of others.entries()) takes(style, index + 1);
  }
  deleteOrphans(connection, tables);
  connection.commit();
  return tables.filter((table) => !hasRows(connection, table)).map(({ name }) => ({
    table: name,
    message: refusals.get(name) ?? "FOREIGN KEY constraint failed",
  }));
}

function parentsFirst(tables: readonly Table[]): readonly Table[] {
  const ordered = new Set<Table>();
  const visit = (table: Table, path: readonly Table[]): void => {
    if (ordered.has(table) || path.includes(table)) return;
    for (const { parent } of table.foreignKeys) {
      const found = findTable(tables, parent);
      if (found !== null) visit(found, [...path, table]);
    }
    ordered.add(table);
  };
  // The rows of an index over another table are those of that table.
  for (const table of tables.filter(({ kind }) => kind !== "index")) visit(table, []);
  return [...ordered];
}

/** The columns of a row to choose: those of a foreign key together, any other by itself. */
function slotsOf(
  connection: Connection,
  tables: readonly Table[],
  table: Table,
  row: number,
  style: RowStyle,
): readonly Slot[] {
  const literals = literalsOf(table);
  const free = new Map(
    table.columns.filter(({ generated }) => !generated).map((column) => [
      foldName(column.name),
      column,
    ]),
  );
  const keys = table.foreignKeys.flatMap((key): readonly Slot[] => {
    const columns = key.columns.split(",").flatMap((name) => free.get(foldName(name)) ?? []);
    const parent = findTable(tables, key.parent);
    if (columns.length !== key.columns.split(",").length || parent === null) return [];
    for (const { name } of columns) free.delete(foldName(name));
    const options = parentKeys(connection, parent, key, row);
    const none = columns.map(() => "NULL");
    const mayBeNull = columns.some(({ notNull }) => !notNull);
    const all = !mayBeNull
      ? options
      : style === "null" || options.length === 0
      ? [none, ...options]
      : [...options, none];
    return all.length === 0 ? [] : [{ columns: columns.map(({ name }) => name), options: all }];
  });
  return [
    ...keys,
    ...[...free.values()].map(({ name, ...column }): Slot => ({
      columns: [name],
      options: candidateValues({ name, ...column }, row, style, literals).map((value) => [value]),
    })),
  ];
}

// Enough for a key that is UNIQUE in the child as well.
const MAX_PARENTS = 8;

/** Keys that a parent has, or that its first rows will have. */
function parentKeys(
  connection: Connection,
  parent: Table,
  key: ForeignKey,
  row: number,
): readonly (readonly string[])[] {
  const columns = referencedColumns(key, parent).map(foldName).flatMap((name) =>
    parent.columns.find((each) => foldName(each.name) === name) ?? []
  );
  if (columns.length === 0) return [];
  const quoted = columns.map(({ name }, at) => `quote(${quoteIdentifier(name)}) AS c${at}`);
  const rows = connection.rows(
    `SELECT ${quoted.join(", ")} FROM main.${quoteIdentifier(parent.name)} LIMIT ${MAX_PARENTS}`,
  ).map((each) => columns.map((_, at) => textOf(each, `c${at}`)));
  if (rows.length > 0) return rotated(rows, row);
  const literals = literalsOf(parent);
  return [
    columns.map((column) => candidateValues(column, row, "plain", literals)[0] ?? "NULL"),
  ];
}

/** Deletes rows without a parent, until every row has one. */
function deleteOrphans(connection: Connection, tables: readonly Table[]): void {
  const { SQLITE_DBCONFIG_ENABLE_TRIGGER } = connection.sqlite3.capi;
  connection.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
  try {
    while (tables.some((table) => deleteOrphansOf(connection, table)));
  } finally {
    connection.configure(SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
  }
}

/** Whether there were any. */
function deleteOrphansOf(connection: Connection, { name, foreignKeys }: Table): boolean {
  if (foreignKeys.length === 0) return false;
  // A key without a UNIQUE parent cannot be checked; the check of the files reports it.
  return unlessRefused(() => {
    const violations = connection.rows(`SELECT "rowid" AS row FROM pragma_foreign_key_check(?)`, [
      name,
    ]);
    const table = `main.${quoteIdentifier(name)}`;
    for (const violation of violations) {
      const rowid = nullableIntegerOf(violation, "row");
      // A table WITHOUT ROWID does not say which row it is.
      connection.exec(`DELETE FROM ${table}${rowid === null ? "" : ` WHERE rowid = ${rowid}`}`);
    }
    return violations.length > 0;
  }) ?? false;
}

function hasRows(connection: Connection, { name }: Table): boolean {
  const [row] = connection.rows(
    `SELECT EXISTS (SELECT 1 FROM main.${quoteIdentifier(name)}) AS found`,
  );
  return row !== undefined && integerOf(row, "found") === 1;
}

function findTable(tables: readonly Table[], name: string): Table | null {
  return tables.find((table) => foldName(table.name) === foldName(name)) ?? null;
}
