// Reads a database's schema as SQLite understands it.

import type { Connection, Row } from "./connection.ts";
import { integerOf, nullableTextOf, textOf } from "./row.ts";

/** A column of a table. */
export interface Column {
  /** The name of the column. */
  readonly name: string;
  /** The declared type; empty if there is none. */
  readonly type: string;
  /** Whether the column has a NOT NULL constraint. */
  readonly notNull: boolean;
  /** The default as SQL text. */
  readonly defaultValue: string | null;
  /** The column's position in the primary key, from 1; 0 where it is not part of it. */
  readonly primaryKey: number;
  /** Whether the column is computed from others (`GENERATED ALWAYS AS`). */
  readonly generated: boolean;
}

/** A table. The shadow tables of a virtual table are part of it and not listed. */
export interface Table {
  /** The name of the table. */
  readonly name: string;
  /** `index` is a virtual table that only indexes another table, such as FTS5 with `content=`. */
  readonly kind: "table" | "virtual" | "index";
  /** Whether the table is a WITHOUT ROWID table. */
  readonly withoutRowid: boolean;
  /** Whether the table is a STRICT table. */
  readonly strict: boolean;
  /** The CREATE statement. */
  readonly sql: string;
  /** The columns, in the order of the table. */
  readonly columns: readonly Column[];
  /** The foreign keys, in the order that SQLite lists them. */
  readonly foreignKeys: readonly ForeignKey[];
}

/** A foreign key; several columns are joined by commas. */
export interface ForeignKey {
  /** The columns of the child table. */
  readonly columns: string;
  /** The name of the parent table. */
  readonly parent: string;
  /** The columns of the parent table; empty for its primary key. */
  readonly parentColumns: string;
  /** The ON DELETE action. */
  readonly onDelete: string;
  /** The ON UPDATE action. */
  readonly onUpdate: string;
}

/**
 * An index that has a CREATE INDEX statement, or a trigger, on a table or a view that is listed.
 */
export interface Attachment {
  /** The name of the index or trigger. */
  readonly name: string;
  /** The table or view that it is on. */
  readonly table: string;
  /** The CREATE statement. */
  readonly sql: string;
}

/** A view. */
export interface View {
  /** The name of the view. */
  readonly name: string;
  /** The CREATE statement. */
  readonly sql: string;
}

/** A schema without SQLite's own tables. Everything is sorted by name. */
export interface Schema {
  /** Tables and virtual tables. */
  readonly tables: readonly Table[];
  /** Indexes that have a CREATE INDEX statement. */
  readonly indexes: readonly Attachment[];
  /** Triggers on tables and views. */
  readonly triggers: readonly Attachment[];
  /** Views. */
  readonly views: readonly View[];
}

/** A schema without objects. */
export const EMPTY_SCHEMA: Schema = { tables: [], indexes: [], triggers: [], views: [] };

// Columns and foreign keys follow from a table's CREATE statement: they are read again only if that
// has changed. A hundred migrations on a hundred tables would otherwise read ten thousand tables.
const readBefore = new WeakMap<Connection, ReadonlyMap<string, KnownTable>>();

type KnownTable = Pick<Table, "sql" | "columns" | "foreignKeys">;

// SQLite stores the table of a trigger as it was typed. NOCASE folds ASCII, as SQLite does for
// names.
const TRIGGER_TABLE = `coalesce((SELECT t.name FROM main.sqlite_schema t
  WHERE t.type IN ('table', 'view') AND t.name = o.tbl_name COLLATE NOCASE), o.tbl_name)`;

/** Reads the schema without the tables that `isOmitted` names and what is attached to them. */
export function readSchema(
  connection: Connection,
  isOmitted: (table: string) => boolean,
): Schema {
  const objects = connection.manyRows(
    ["type", "name", "sql", "tbl_name"],
    `SELECT type, name, sql,
            CASE type WHEN 'trigger' THEN ${TRIGGER_TABLE} ELSE tbl_name END AS tbl_name
       FROM main.sqlite_schema o
      WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
  ).filter((row) => !isOmitted(textOf(row, "tbl_name")));
  const pick = (type: string): readonly Row[] => objects.filter((row) => row["type"] === type);
  const tables = readTables(connection, pick("table"));
  const views = pick("view").map((row) => ({ name: textOf(row, "name"), sql: textOf(row, "sql") }));
  const owners = new Set([...tables, ...views].map(({ name }) => name));
  // Indexes and triggers of a shadow table are not listed either.
  const attachments = (type: string): readonly Attachment[] =>
    pick(type).map((row) => ({
      name: textOf(row, "name"),
      table: textOf(row, "tbl_name"),
      sql: textOf(row, "sql"),
    })).filter(({ table }) => owners.has(table));
  return { tables, indexes: attachments("index"), triggers: attachments("trigger"), views };
}

function readTables(connection: Connection, rows: readonly Row[]): readonly Table[] {
  const statements = new Map(rows.map((row) => [textOf(row, "name"), textOf(row, "sql")]));
  // A table can become a shadow table, or stop being one, without a change of its CREATE statement.
  const lists = new Map(
    connection.manyRows(
      ["name", "type", "wr", "strict"],
      "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'",
    ).map((row) => [textOf(row, "name"), row]),
  );
  const typed = [...statements].flatMap(([name, sql]) => {
    const list = lists.get(name);
    const type = list === undefined ? "shadow" : textOf(list, "type");
    return list === undefined || type === "shadow" ? [] : [{ name, sql, type, list }];
  });
  const before = readBefore.get(connection);
  const fresh = typed.filter(({ name, sql }) => before?.get(name)?.sql !== sql);
  const described = describeTables(connection, fresh);
  const tables = typed.map(({ name, sql, type, list }): Table => {
    const known = described.get(name) ?? before?.get(name);
    return {
      name,
      kind: type === "virtual" ? virtualKind(name, statements) : "table",
      withoutRowid: integerOf(list, "wr") !== 0,
      strict: integerOf(list, "strict") !== 0,
      sql,
      columns: known?.columns ?? [],
      foreignKeys: known?.foreignKeys ?? [],
    };
  });
  readBefore.set(connection, new Map(tables.map((table) => [table.name, table])));
  return tables;
}

function describeTables(
  connection: Connection,
  tables: readonly Pick<Table, "name" | "sql">[],
): ReadonlyMap<string, KnownTable> {
  if (tables.length === 0) return new Map();
  const wanted = [JSON.stringify(tables.map(({ name }) => name))];
  // Without the schema's name, SQLite would describe a temporary table of the same name.
  const columns = groupByTable(connection.manyRows(
    ["table", "name", "type", "notnull", "dflt_value", "pk", "hidden"],
    `SELECT n.value AS "table", c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
       FROM json_each(?) n JOIN pragma_table_xinfo(n.value, 'main') c ORDER BY n.key, c.cid`,
    wanted,
  ));
  const foreignKeys = groupByTable(connection.manyRows(
    ["table", "parent", "on_delete", "on_update", "columns", "parent_columns"],
    `SELECT n.value AS "table", f."table" AS parent, f.on_delete, f.on_update,
            group_concat(f."from" ORDER BY f.seq) AS columns,
            coalesce(group_concat(f."to" ORDER BY f.seq), '') AS parent_columns
       FROM json_each(?) n JOIN pragma_foreign_key_list(n.value, 'main') f
      GROUP BY n.key, f.id ORDER BY n.key, f.id`,
    wanted,
  ));
  return new Map(tables.map(({ name, sql }) => [name, {
    sql,
    columns: (columns.get(name) ?? []).filter((row) => integerOf(row, "hidden") !== 1).map(
      readColumn,
    ),
    foreignKeys: (foreignKeys.get(name) ?? []).map(readForeignKey),
  }]));
}

// FTS5 stores its own rows in the shadow table `_content`, and the sizes of all rows in `_docsize`:
// https://sqlite.org/fts5.html#fts5_data_structures
function virtualKind(name: string, tables: ReadonlyMap<string, string>): "virtual" | "index" {
  return tables.has(`${name}_docsize`) && !tables.has(`${name}_content`) ? "index" : "virtual";
}

// `hidden` is 2 or 3 for generated columns, and 1 for columns that a virtual table adds, such as
// `rank` of FTS5: https://sqlite.org/pragma.html#pragma_table_xinfo
function readColumn(row: Row): Column {
  return {
    name: textOf(row, "name"),
    type: textOf(row, "type"),
    notNull: integerOf(row, "notnull") !== 0,
    defaultValue: nullableTextOf(row, "dflt_value"),
    primaryKey: integerOf(row, "pk"),
    generated: integerOf(row, "hidden") >= 2,
  };
}

function readForeignKey(row: Row): ForeignKey {
  return {
    columns: textOf(row, "columns"),
    parent: textOf(row, "parent"),
    parentColumns: textOf(row, "parent_columns"),
    onDelete: textOf(row, "on_delete"),
    onUpdate: textOf(row, "on_update"),
  };
}

function groupByTable(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, (row) => textOf(row, "table"));
}
