// Reads what SQLite makes of CREATE TABLE statements: columns, foreign keys, kinds.

import type { Connection, Row } from "./connection.ts";
import { integerOf, nullableTextOf, textOf } from "./row.ts";
import type { Column, ForeignKey, Table } from "./schema.ts";
import { SqliteError } from "./sqlite_error.ts";

/** A table as `sqlite_schema` has it. */
export type StoredTable = Pick<Table, "name" | "sql">;

/**
 * Describes tables; those that only a virtual table uses are left out. `formerOf` gives what is known
 * of a table with the same text, which is returned again where it still holds; `hasTable` says whether a
 * table of that name is stored.
 */
export function describeTables(
  connection: Connection,
  stored: readonly StoredTable[],
  formerOf: (table: StoredTable) => Table | null,
  hasTable: (name: string) => boolean,
): readonly Table[] {
  if (stored.length === 0) return [];
  const lists = tableLists(connection, stored);
  // A table can become a shadow table, or stop being one, without a change of its CREATE statement.
  const listed = stored.flatMap((table) => {
    const list = lists.get(table.name);
    return list === undefined || list["type"] === "shadow"
      ? []
      : [{ ...table, list, former: formerOf(table) }];
  });
  const fresh = listed.filter(({ former }) => former === null).map(({ name }) => name);
  const parts = partsOf(connection, fresh);
  return listed.map(({ name, sql, list, former }): Table => {
    const kind = list["type"] === "virtual" ? virtualKind(name, hasTable) : "table";
    if (former?.kind === kind) return former;
    return {
      name,
      kind,
      withoutRowid: integerOf(list, "wr") !== 0,
      strict: integerOf(list, "strict") !== 0,
      sql,
      columns: former?.columns ?? parts.columns.get(name) ?? [],
      foreignKeys: former?.foreignKeys ?? parts.foreignKeys.get(name) ?? [],
    };
  });
}

// One table is looked up by its name; for many, one list of all is quicker.
function tableLists(
  connection: Connection,
  stored: readonly StoredTable[],
): ReadonlyMap<string, Row> {
  const [only] = stored;
  const rows = connection.manyRows(
    ["name", "type", "wr", "strict"],
    stored.length === 1
      ? "SELECT name, type, wr, strict FROM pragma_table_list(?) WHERE schema = 'main'"
      : "SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'",
    stored.length === 1 && only !== undefined ? [only.name] : undefined,
  );
  return new Map(rows.map((row) => [textOf(row, "name"), row]));
}

/** Columns and foreign keys by table. */
interface TableParts {
  readonly columns: ReadonlyMap<string, readonly Column[]>;
  readonly foreignKeys: ReadonlyMap<string, readonly ForeignKey[]>;
}

// A table whose module is missing has no columns, and fails a query over it and others.
function partsOf(connection: Connection, names: readonly string[]): TableParts {
  if (names.length === 0) return { columns: new Map(), foreignKeys: new Map() };
  try {
    return readParts(connection, names);
  } catch (error) {
    if (!(error instanceof SqliteError) || error.failure.code !== "SQLITE_ERROR") throw error;
  }
  const parts = names.map((name): TableParts => {
    try {
      return readParts(connection, [name]);
    } catch (error) {
      if (!(error instanceof SqliteError) || error.failure.code !== "SQLITE_ERROR") throw error;
      return { columns: new Map(), foreignKeys: new Map() };
    }
  });
  return {
    columns: new Map(parts.flatMap(({ columns }) => [...columns])),
    foreignKeys: new Map(parts.flatMap(({ foreignKeys }) => [...foreignKeys])),
  };
}

// Without the schema's name, SQLite would describe a temporary table of the same name.
function readParts(connection: Connection, names: readonly string[]): TableParts {
  const wanted = [JSON.stringify(names)];
  const columns = connection.manyRows(
    ["table", "name", "type", "notnull", "dflt_value", "pk", "hidden"],
    `SELECT n.value AS "table", c.name, c.type, c."notnull", c.dflt_value, c.pk, c.hidden
       FROM json_each(?) n JOIN pragma_table_xinfo(n.value, 'main') c ORDER BY n.key, c.cid`,
    wanted,
  );
  const foreignKeys = connection.manyRows(
    ["table", "parent", "on_delete", "on_update", "columns", "parent_columns"],
    `SELECT n.value AS "table", f."table" AS parent, f.on_delete, f.on_update,
            group_concat(f."from" ORDER BY f.seq) AS columns,
            coalesce(group_concat(f."to" ORDER BY f.seq), '') AS parent_columns
       FROM json_each(?) n JOIN pragma_foreign_key_list(n.value, 'main') f
      GROUP BY n.key, f.id ORDER BY n.key, f.id`,
    wanted,
  );
  return {
    columns: byTable(columns.filter((row) => integerOf(row, "hidden") !== 1), readColumn),
    foreignKeys: byTable(foreignKeys, readForeignKey),
  };
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
