// Reads what SQLite makes of CREATE TABLE statements: columns, foreign keys, kinds.

import type { Connection, Row } from "./connection.ts";
import { quoteIdentifier } from "./quote.ts";
import { integerOf, nullableTextOf, textOf } from "./row.ts";
import type { Column, ForeignKey, Table } from "./schema.ts";
import { isRefusal } from "./sqlite_error.ts";

/** A table as `sqlite_schema` has it. */
export type StoredTable = Pick<Table, "name" | "sql">;

/**
 * Describes tables; those that only a virtual table uses are left out.
 *
 * `formerOf` returns the earlier description of a table with the same text; it is used again where
 * it still holds. `hasTable` says whether a table of that name is stored, and `hasVirtual` whether
 * there is a virtual table.
 */
export function describeTables(
  connection: Connection,
  stored: readonly StoredTable[],
  formerOf: (table: StoredTable) => Table | null,
  hasTable: (name: string) => boolean,
  hasVirtual: boolean,
): readonly Table[] {
  if (stored.length === 0) return [];
  // A table can become a shadow table, or stop being one, without a change of its CREATE statement.
  const lists = hasVirtual || stored.some(({ sql }) => UNCOMMON.test(sql))
    ? tableLists(connection)
    : null;
  const listed = stored.flatMap((table) => {
    const list = lists?.get(table.name) ?? (lists === null ? COMMON : null);
    return list === null || list.type === "shadow"
      ? []
      : [{ ...table, list, former: formerOf(table) }];
  });
  const parts = partsOf(connection, listed.filter(({ former }) => former === null));
  return listed.map(({ name, sql, list, former }): Table => {
    const kind = list.type === "virtual" ? virtualKind(name, hasTable) : "table";
    if (former?.kind === kind) return former;
    return {
      name,
      kind,
      withoutRowid: list.withoutRowid,
      strict: list.strict,
      sql,
      columns: former?.columns ?? parts.columns.get(name) ?? [],
      foreignKeys: former?.foreignKeys ?? parts.foreignKeys.get(name) ?? [],
    };
  });
}

/** What `PRAGMA table_list` says of a table. */
interface TableList {
  readonly type: string;
  readonly withoutRowid: boolean;
  readonly strict: boolean;
}

// What a CREATE statement has to name to be anything but this, and what it has to name for a key.
const UNCOMMON = /\b(?:without|strict|virtual)\b/i;
const COMMON: TableList = { type: "table", withoutRowid: false, strict: false };
const KEY = /\breferences\b/i;

function tableLists(connection: Connection): ReadonlyMap<string, TableList> {
  const rows = connection.manyRows(
    ["name", "type", "wr", "strict"],
    "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'",
  );
  return new Map(rows.map((row) => [textOf(row, "name"), {
    type: textOf(row, "type"),
    withoutRowid: integerOf(row, "wr") !== 0,
    strict: integerOf(row, "strict") !== 0,
  }]));
}

/** Columns and foreign keys by table. */
interface TableParts {
  readonly columns: ReadonlyMap<string, readonly Column[]>;
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKey[]>;
}

// A table whose module is missing has no columns, and fails a query over it and others.
function partsOf(connection: Connection, tables: readonly StoredTable[]): TableParts {
  if (tables.length === 0) return { columns: new Map(), foreignKeys: new Map() };
  try {
    return readParts(connection, tables);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  const parts = tables.map((table): TableParts => {
    try {
      return readParts(connection, [table]);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { columns: new Map(), foreignKeys: new Map() };
    }
  });
  return {
    columns: new Map(parts.flatMap(({ columns }) => [...columns])),
    foreignKeys: new Map(parts.flatMap(({ foreignKeys }) => [...foreignKeys])),
  };
}

function readParts(connection: Connection, tables: readonly StoredTable[]): TableParts {
  const [only] = tables;
  const withKeys = tables.filter(({ sql }) => KEY.test(sql));
  return {
    columns: tables.length === 1 && only !== undefined
      ? new Map([[only.name, columnsOf(connection, only.name)]])
      : manyColumns(connection, tables),
    foreignKeys: withKeys.length === 0 ? new Map() : manyForeignKeys(connection, withKeys),
  };
}

// Without the schema's name, SQLite would describe a temporary table of the same name.
function columnsOf(connection: Connection, table: string): readonly Column[] {
  return connection.rows(`PRAGMA main.table_xinfo(${quoteIdentifier(table)})`)
    .filter((row) => integerOf(row, "hidden") !== 1).map(readColumn);
}

function manyColumns(
  connection: Connection,
  tables: readonly StoredTable[],
): TableParts["columns"] {
  const rows = connection.manyRows(
    ["table", "name", "type", "notnull", "dflt_value", "pk", "hidden"],
    `SELECT n.value AS "table", c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
       FROM json_each(?) n JOIN pragma_table_xinfo(n.value, 'main') c ORDER BY n.key, c.cid`,
    [namesOf(tables)],
  );
  return byTable(rows.filter((row) => integerOf(row, "hidden") !== 1), readColumn);
}

function manyForeignKeys(
  connection: Connection,
  tables: readonly StoredTable[],
): TableParts["foreignKeys"] {
  const rows = connection.manyRows(
    ["table", "parent", "on_delete", "on_update", "columns", "parent_columns"],
    `SELECT n.value AS "table", f."table" AS parent, f.on_delete, f.on_update,
            group_concat(f."from" ORDER BY f.seq) AS columns,
            coalesce(group_concat(f."to" ORDER BY f.seq), '') AS parent_columns
       FROM json_each(?) n JOIN pragma_foreign_key_list(n.value, 'main') f
      GROUP BY n.key, f.id ORDER BY n.key, f.id`,
    [namesOf(tables)],
  );
  return byTable(rows, readForeignKey);
}

function namesOf(tables: readonly StoredTable[]): string {
  return JSON.stringify(tables.map(({ name }) => name));
}

function byTable<T>(
  rows: readonly Row[],
  read: (row: Row) => T,
): ReadonlyMap<string, readonly T[]> {
  const groups = Map.groupBy(rows, (row) => textOf(row, "table"));
  return new Map([...groups].map(([table, group]) => [table, group.map(read)]));
}

// FTS5 stores its own rows in the shadow table `_content`, and the sizes of all rows in `_docsize`:
// https://sqlite.org/fts5.html#fts5_data_structures
function virtualKind(name: string, hasTable: (name: string) => boolean): "virtual" | "index" {
  return hasTable(`${name}_docsize`) && !hasTable(`${name}_content`) ? "index" : "virtual";
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
