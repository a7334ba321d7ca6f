// Reads a database's schema as SQLite understands it.

import type { Connection, Row } from "./connection.ts";
import { integerOf, nullableTextOf, textOf } from "./row.ts";

/** A column of a table. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** The default as SQL text. */
  readonly defaultValue: string | null;
  /** The column's place in the primary key, from 1; 0 where it is not part of it. */
  readonly primaryKey: number;
  readonly generated: boolean;
}

/** A table; the shadow tables that a virtual table keeps are a part of it and not listed. */
export interface Table {
  readonly name: string;
  /** `index` is a virtual table that only indexes the rows of another, such as FTS5 with `content=`. */
  readonly kind: "table" | "virtual" | "index";
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  readonly sql: string;
  readonly columns: readonly Column[];
  /** One line for each foreign key, in a form made for comparing. */
  readonly foreignKeys: readonly ForeignKey[];
}

/** A foreign key; several columns are joined by commas. */
export interface ForeignKey {
  readonly columns: string;
  readonly parent: string;
  readonly parentColumns: string;
  readonly onDelete: string;
  readonly onUpdate: string;
}

/** An index that has a CREATE INDEX statement, or a trigger. */
export interface Attachment {
  readonly name: string;
  readonly table: string;
  readonly sql: string;
}

/** A view. */
export interface View {
  readonly name: string;
  readonly sql: string;
}

/** A plugin's own schema, without godwit's tables and SQLite's. Everything is sorted by name. */
export interface Schema {
  readonly tables: readonly Table[];
  readonly indexes: readonly Attachment[];
  readonly triggers: readonly Attachment[];
  readonly views: readonly View[];
}

/** A schema without anything in it. */
export const EMPTY_SCHEMA: Schema = { tables: [], indexes: [], triggers: [], views: [] };

const RESERVED_NAMES = ["plugin_schema_migrations", "plugin_schema_migration_log"];
const RESERVED_PREFIX = "godwit_";

/** Says whether a table is godwit's, which a plugin's SQL may not touch. */
export function isReserved(table: string): boolean {
  const name = table.toLowerCase();
  return RESERVED_NAMES.includes(name) || name.startsWith(RESERVED_PREFIX);
}

/** Reads the plugin's schema. */
export function readSchema(connection: Connection): Schema {
  const objects = connection.rows(
    `SELECT type, name, tbl_name, sql FROM main.sqlite_schema
      WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
  ).filter((row) => !isReserved(textOf(row, "tbl_name")));
  const pick = (type: string): readonly Row[] => objects.filter((row) => row["type"] === type);
  const attachment = (row: Row): Attachment => ({
    name: textOf(row, "name"),
    table: textOf(row, "tbl_name"),
    sql: textOf(row, "sql"),
  });
  return {
    tables: readTables(connection),
    indexes: pick("index").map(attachment),
    triggers: pick("trigger").map(attachment),
    views: pick("view").map((row) => ({ name: textOf(row, "name"), sql: textOf(row, "sql") })),
  };
}

function readTables(connection: Connection): readonly Table[] {
  const columns = groupByTable(connection.rows(
    `SELECT t.name AS "table", c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
       FROM pragma_table_list t JOIN pragma_table_xinfo(t.name) c
      WHERE t.schema = 'main' AND t.type IN ('table', 'virtual') ORDER BY t.name, c.cid`,
  ));
  const foreignKeys = groupByTable(connection.rows(
    `SELECT t.name AS "table", group_concat(f."from" ORDER BY f.seq) AS columns, f."table" AS parent,
            coalesce(group_concat(f."to" ORDER BY f.seq), '') AS parent_columns, f.on_delete, f.on_update
       FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f
      WHERE t.schema = 'main' AND t.type = 'table' GROUP BY t.name, f.id ORDER BY t.name, f.id`,
  ));
  return connection.rows(
    // FTS5 keeps the rows that are its own in a shadow table, https://sqlite.org/fts5.html#fts5_data_structures
    `WITH shadows AS (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')
     SELECT t.name, t.wr, t.strict, s.sql,
            CASE WHEN t.type = 'table' THEN 'table'
                 WHEN t.name || '_docsize' IN shadows AND t.name || '_content' NOT IN shadows THEN 'index'
                 ELSE 'virtual' END AS kind
       FROM pragma_table_list t JOIN main.sqlite_schema s ON s.type = 'table' AND s.name = t.name
      WHERE t.schema = 'main' AND t.type IN ('table', 'virtual')
        AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.name`,
  ).filter((row) => !isReserved(textOf(row, "name"))).map((row) => {
    const name = textOf(row, "name");
    return {
      name,
      kind: kindOf(textOf(row, "kind")),
      withoutRowid: integerOf(row, "wr") !== 0,
      strict: integerOf(row, "strict") !== 0,
      sql: textOf(row, "sql"),
      columns: (columns.get(name) ?? []).map(readColumn),
      foreignKeys: (foreignKeys.get(name) ?? []).map(readForeignKey),
    };
  });
}

function kindOf(kind: string): Table["kind"] {
  return kind === "virtual" || kind === "index" ? kind : "table";
}

// Hidden columns of 2 and 3 are generated ones; 1 are a virtual table's own, such as FTS5's rank.
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
