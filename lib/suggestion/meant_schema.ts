// Makes the schema that an ALTER TABLE means which SQLite refuses: the change is written into the
// text of the table, and SQLite makes a table of that.

import type { Rename } from "../rebuild/renames.ts";
import type { Scratch } from "../rebuild/scratch.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { textOf } from "../sqlite/row.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { entriesOf, schemaOf } from "../sqlite/schema_slice.ts";
import { type AlterStatement, readAlter } from "./alter_action.ts";
import { alteredTable } from "./altered_table.ts";

type ColumnRename = Extract<Rename, { readonly kind: "column" }>;

/** A schema that is meant, and how to come to it. */
export interface MeantSchema {
  readonly table: string;
  readonly schema: Schema;
  readonly renames: readonly Rename[];
  readonly addsColumn: boolean;
}

/** The schema after a refused statement; `null` where it is not clear what it means. */
export function meantSchema(scratch: Scratch, sql: string): MeantSchema | null {
  const alter = readAlter(sql);
  if (alter === null || scratch.table(alter.table)?.kind !== "table") return null;
  using stage = scratch.beside(scratch.schema);
  const renames = renamesOf(alter);
  // SQLite writes the new name into indexes, triggers and views.
  const statements = renames.map(({ from, to }) =>
    `ALTER TABLE ${stage.write(alter.table)} RENAME COLUMN ${stage.write(from)} TO ${
      stage.write(to)
    }`
  );
  if (renames.length > 0 && alter.actions.length > 1) return null;
  if (stage.run(statements) !== null) return null;
  const table = stage.table(alter.table);
  if (table === null) return null;
  let text: string | null = table.sql;
  const dropped = new Set<string>();
  for (const action of alter.actions) {
    text = text === null ? null : alteredTable(text, action);
    if (action.kind === "drop-column") dropped.add(foldName(action.column));
  }
  const schema = text === null ? null : changedSchema(stage, table, text, dropped);
  const addsColumn = alter.actions.some(({ kind }) => kind === "add-column");
  return schema === null ? null : { table: table.name, schema, renames, addsColumn };
}

function renamesOf({ table, actions }: AlterStatement): readonly ColumnRename[] {
  return actions.flatMap((action) => {
    if (action.kind !== "redefine" || foldName(action.name) === foldName(action.column)) return [];
    const { column: from, name: to } = action;
    return [{ kind: "column", fromTable: table, toTable: table, from, to } as const];
  });
}

function changedSchema(
  scratch: Scratch,
  table: Table,
  sql: string,
  dropped: ReadonlySet<string>,
): Schema | null {
  const { schema } = scratch;
  // An index goes with its column, as in other databases.
  const gone = new Set(indexesOver(scratch, table, dropped));
  using other = scratch.beside(schemaOf(
    entriesOf(schema).flatMap((entry) => {
      if (entry.type === "index" && gone.has(entry.object.name)) return [];
      if (entry.type !== "table" || entry.object.name !== table.name) return [entry];
      return [{ ...entry, object: { ...entry.object, sql } }];
    }),
  ));
  const isWhole = entriesOf(schema).every(({ object }) =>
    gone.has(object.name) || !other.isMissing(object.name)
  );
  return isWhole ? other.schema : null;
}

function indexesOver(
  { connection }: Scratch,
  { name }: Table,
  columns: ReadonlySet<string>,
): readonly string[] {
  if (columns.size === 0) return [];
  const rows = connection.rows(
    `SELECT i.name, x.name AS "column"
       FROM pragma_index_list(?, 'main') i JOIN pragma_index_info(i.name, 'main') x
      WHERE i.origin = 'c' AND x.name IS NOT NULL`,
    [name],
  );
  return rows.filter((row) => columns.has(foldName(textOf(row, "column"))))
    .map((row) => textOf(row, "name"));
}
