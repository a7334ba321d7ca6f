// Follows tables and columns through renames that an author has named. Pure; runs anywhere.

import { foldName } from "../sqlite/fold_name.ts";
import { EMPTY_SCHEMA, type Schema, type Table } from "../sqlite/schema.ts";
import { Lineage } from "../sqlite/schema_lineage.ts";
import type { Rename } from "./renames.ts";

type TableRename = Extract<Rename, { readonly kind: "table" }>;
type ColumnRename = Extract<Rename, { readonly kind: "column" }>;

/** Where the tables and columns come from once `renames` are made in a schema. */
export function followRenames(from: Schema, renames: readonly Rename[]): Lineage {
  const lineage = new Lineage();
  const tables = followTables(from, renames.filter((rename) => rename.kind === "table"), lineage);
  const columns = Map.groupBy(
    renames.filter((rename) => rename.kind === "column"),
    ({ toTable }) => foldName(toTable),
  );
  for (const table of tables) {
    followColumns(table, columns.get(foldName(table.name)) ?? [], lineage);
  }
  return lineage;
}

// Two tables may exchange their names, so each first gets one that no other has.
function followTables(
  { tables }: Schema,
  renames: readonly TableRename[],
  lineage: Lineage,
): readonly Table[] {
  const moved = tables.map((table, index) => {
    const rename = renames.find(({ from }) => same(from, table.name));
    return rename === undefined
      ? { table, name: table.name }
      : { table: renameTable(table, unused(index), lineage), name: rename.to };
  });
  return moved.map(({ table, name }) => renameTable(table, name, lineage));
}

function renameTable(table: Table, name: string, lineage: Lineage): Table {
  if (table.name === name) return table;
  const renamed = { ...table, name };
  lineage.follow({ before: only(table), after: only(renamed) }, "rename-table");
  return renamed;
}

function followColumns(table: Table, renames: readonly ColumnRename[], lineage: Lineage): void {
  let present = table;
  const rename = (index: number, name: string): void => {
    const columns = present.columns.map((column, at) =>
      at === index ? { ...column, name } : column
    );
    const renamed = { ...present, columns };
    lineage.follow({ before: only(present), after: only(renamed) }, "rename-column");
    present = renamed;
  };
  const moves = renames.map(({ from, to }) => ({
    index: table.columns.findIndex(({ name }) => same(name, from)),
    to,
  }));
  for (const { index } of moves) rename(index, unused(index));
  for (const { index, to } of moves) rename(index, to);
}

// SQLite accepts no such name.
function unused(index: number): string {
  return `\0${index}`;
}

function only(table: Table): Schema {
  return { ...EMPTY_SCHEMA, tables: [table] };
}

function same(one: string, other: string): boolean {
  return foldName(one) === foldName(other);
}
