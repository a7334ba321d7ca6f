// Writes the ALTER TABLE statements that could lead from one table to another. Whether they do is
// for SQLite to show. Pure; runs anywhere.

import type { SqliteVersion } from "../migration/migration.ts";
import { isAtLeast } from "../migration/sqlite_version.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Table } from "../sqlite/schema.ts";
import { itemsOf, type TableItem } from "./table_text.ts";
import type { TextComparison } from "./text_comparison.ts";

// https://sqlite.org/changes.html
const DROP_COLUMN: SqliteVersion = [3, 35, 0];
const ALTER_COLUMN: SqliteVersion = [3, 53, 0];

/**
 * The statements, in the forms that every SQLite has which `requires` allows; `null` where these
 * forms cannot do it. `write` writes a name as SQL.
 */
export function columnAlters(
  current: Table,
  wanted: Table,
  requires: SqliteVersion | null,
  texts: TextComparison,
  write: (name: string) => string,
): readonly string[] | null {
  if (current.kind !== "table" || wanted.kind !== "table") return null;
  const table = `ALTER TABLE ${write(current.name)}`;
  const has = (columns: Table["columns"], name: string): boolean =>
    columns.some((column) => foldName(column.name) === foldName(name));
  const dropped = current.columns.filter(({ name }) => !has(wanted.columns, name))
    .map(({ name }) => `${table} DROP COLUMN ${write(name)}`);
  const added = itemsOf(wanted.sql)
    .filter(({ kind, name }) => kind === "column" && !has(current.columns, name ?? ""))
    .map(({ text }) => `${table} ADD COLUMN ${text}`);
  const notNull = notNullAlters(table, current, wanted, write);
  const [unconstrained, constrained] = constraintAlters(table, current, wanted, texts, write);
  const altered = notNull.length + unconstrained.length + constrained.length;
  const mayDrop = requires !== null && isAtLeast(requires, DROP_COLUMN);
  const mayAlter = requires !== null && isAtLeast(requires, ALTER_COLUMN);
  if (dropped.length > 0 && !mayDrop || altered > 0 && !mayAlter) return null;
  const alters = [...unconstrained, ...dropped, ...added, ...notNull, ...constrained];
  return alters.length === 0 ? null : alters;
}

function notNullAlters(
  table: string,
  current: Table,
  wanted: Table,
  write: (name: string) => string,
): readonly string[] {
  return wanted.columns.flatMap(({ name, notNull }) => {
    const before = current.columns.find((column) => foldName(column.name) === foldName(name));
    if (before === undefined || before.notNull === notNull) return [];
    return [`${table} ALTER COLUMN ${write(name)} ${notNull ? "SET" : "DROP"} NOT NULL`];
  });
}

// Only constraints with a name can be dropped.
function constraintAlters(
  table: string,
  current: Table,
  wanted: Table,
  texts: TextComparison,
  write: (name: string) => string,
): readonly [readonly string[], readonly string[]] {
  const constraints = (sql: string): readonly TableItem[] =>
    itemsOf(sql).filter(({ kind, name }) => kind === "constraint" && name !== null);
  const before = constraints(current.sql);
  const after = constraints(wanted.sql);
  const isIn = ({ text }: TableItem, items: readonly TableItem[]): boolean =>
    items.some((each) => texts.isSame(each.text, text));
  return [
    before.filter((each) => !isIn(each, after))
      .map(({ name }) => `${table} DROP CONSTRAINT ${write(name ?? "")}`),
    after.filter((each) => !isIn(each, before)).map(({ text }) => `${table} ADD ${text}`),
  ];
}
