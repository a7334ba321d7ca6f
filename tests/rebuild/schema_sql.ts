// Writes a drawn schema as SQL, and rows for it.

import type { Random } from "../support/random.ts";
import type {
  DrawnColumn,
  DrawnIndex,
  DrawnSchema,
  DrawnSearch,
  DrawnTable,
  DrawnTrigger,
  DrawnView,
} from "./drawn_schema.ts";

/** The CREATE statements in an order in which they run. */
export function statementsOf(schema: DrawnSchema): readonly string[] {
  const writer = new Writer(schema);
  return [
    ...schema.tables.map((table) => writer.table(table)),
    ...schema.searches.map((search) => writer.search(search)),
    ...schema.indexes.map((index) => writer.index(index)),
    ...schema.views.map((view) => writer.view(view)),
    ...schema.triggers.map((trigger) => writer.trigger(trigger)),
    ...schema.searches.flatMap((search) => writer.searchTriggers(search)),
  ];
}

export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) ? name : `"${name}"`;
}

/** The columns that a table has before those that were drawn. */
export function keyColumns({ key, kind }: DrawnTable): readonly string[] {
  if (kind !== "table" || key === "none") return [];
  return key === "pair" ? ["k1", "k2"] : ["id"];
}

class Writer {
  readonly #tables: ReadonlyMap<number, DrawnTable>;
  readonly #columns: ReadonlyMap<number, DrawnColumn>;

  constructor({ tables }: DrawnSchema) {
    this.#tables = new Map(tables.map((table) => [table.id, table]));
    this.#columns = new Map(
      tables.flatMap(({ columns }) => columns.map((each) => [each.id, each])),
    );
  }

  table(table: DrawnTable): string {
    const name = quoted(table.name);
    const drawn = table.columns.map(({ name }) => name);
    if (table.kind === "fts") return `CREATE VIRTUAL TABLE ${name} USING fts5(${drawn.join(", ")})`;
    if (table.kind === "rtree") {
      return `CREATE VIRTUAL TABLE ${name} USING rtree(${drawn.join(", ")})`;
    }
    const items = [...this.#key(table), ...table.columns.map((column) => this.#column(column))];
    const [first] = table.columns;
    if (table.key === "pair") items.push("PRIMARY KEY (k1, k2 DESC)");
    if (first !== undefined && table.namedCheck) {
      items.push(`CONSTRAINT named CHECK (${quoted(first.name)} IS NULL OR 1 < 2)`);
    }
    if (first !== undefined && table.selfCheck) {
      items.push(`CHECK (${name}.${quoted(first.name)} IS NOT 'never')`);
    }
    if (table.tableUnique && first !== undefined) items.push(`UNIQUE (${quoted(first.name)})`);
    const options = [
      ...(table.strict ? ["STRICT"] : []),
      ...(table.withoutRowid ? ["WITHOUT ROWID"] : []),
    ].join(", ");
    const body = table.multiline ? `(\n    ${items.join(",\n    ")}\n)` : `(${items.join(", ")})`;
    return `CREATE TABLE ${name} ${body}${options === "" ? "" : ` ${options}`}`;
  }

  search({ name, table, columns }: DrawnSearch): string {
    const content = this.#table(table).name;
    return `CREATE VIRTUAL TABLE ${name} USING fts5(${
      this.#names(columns).join(", ")
    }, content='${content}', content_rowid='id')`;
  }

  searchTriggers({ name, table, columns }: DrawnSearch): readonly string[] {
    const on = quoted(this.#table(table).name);
    const names = this.#names(columns);
    const list = (row: string): string => names.map((each) => `${row}.${each}`).join(", ");
    const insert = `INSERT INTO ${name} (rowid, ${names.join(", ")}) VALUES (NEW.id, ${
      list("NEW")
    });`;
    const remove = `INSERT INTO ${name} (${name}, rowid, ${
      names.join(", ")
    }) VALUES ('delete', OLD.id, ${list("OLD")});`;
    return [
      `CREATE TRIGGER ${name}_insert AFTER INSERT ON ${on} BEGIN ${insert} END`,
      `CREATE TRIGGER ${name}_delete AFTER DELETE ON ${on} BEGIN ${remove} END`,
      `CREATE TRIGGER ${name}_update AFTER UPDATE ON ${on} BEGIN ${remove} ${insert} END`,
    ];
  }

  index({ name, table, columns, unique, form }: DrawnIndex): string {
    const names = this.#names(columns);
    const [first = ""] = names;
    const terms = {
      plain: names.join(", "),
      desc: names.map((each) => `${each} DESC`).join(", "),
      nocase: names.map((each) => `${each} COLLATE NOCASE`).join(", "),
      partial: names.join(", "),
      expression: `length(${first}), ${names.join(", ")}`,
    }[form];
    const where = form === "partial" ? ` WHERE ${first} IS NOT NULL` : "";
    return `CREATE ${unique ? "UNIQUE " : ""}INDEX ${name} ON ${
      quoted(this.#table(table).name)
    } (${terms}) -- an index${where === "" ? "" : `\n${where}`}`;
  }

  view({ name, from, form }: DrawnView): string {
    if ("view" in from) {
      return `CREATE VIEW ${name} AS SELECT * FROM ${from.view} WHERE ${form} < 9`;
    }
    const table = quoted(this.#table(from.table).name);
    const names = this.#names(from.columns);
    const star = names.length === 0 ? "*" : names.join(", ");
    return [
      `CREATE VIEW ${name} AS SELECT ${star} FROM ${table}`,
      `CREATE VIEW ${name} AS\n-- a view\nSELECT ${
        names.map((each) => `${table}.${each}`).join(", ") || "*"
      } FROM ${table}`,
      `CREATE VIEW ${name} AS WITH w AS (SELECT * FROM ${table}) SELECT ${star} FROM w`,
    ][form] ?? "";
  }

  trigger({ name, on, event, writes, form }: DrawnTrigger): string {
    const target = quoted(this.#table(writes.table).name);
    const column = quoted(this.#column_(writes.column).name);
    const owner = "view" in on ? on.view : quoted(this.#table(on.table).name);
    const time = "view" in on ? "INSTEAD OF" : form === 1 ? "BEFORE" : "AFTER";
    const body = form === 2
      ? `SELECT count(*) FROM ${target};`
      : `UPDATE ${target} SET ${column} = ${column} WHERE ${form} = 5;`;
    return `CREATE TRIGGER ${name} ${time} ${event} ON ${owner} BEGIN ${body} /* done; */ END`;
  }

  #key({ key }: DrawnTable): readonly string[] {
    switch (key) {
      case "integer":
        return ["id INTEGER PRIMARY KEY"];
      case "autoincrement":
        return ["id INTEGER PRIMARY KEY AUTOINCREMENT"];
      case "text":
        return ["id TEXT PRIMARY KEY"];
      case "pair":
        return ["k1 INTEGER", "k2 TEXT NOT NULL"];
      case "none":
        return [];
    }
  }

  #column(column: DrawnColumn): string {
    const name = quoted(column.name);
    const parent = column.references === null ? null : this.#table(column.references.table);
    return [
      name,
      column.type + (column.comment ? " /* a, (comment */" : ""),
      ...(column.notNull ? ["NOT NULL"] : []),
      ...(column.defaultValue === null ? [] : [`DEFAULT ${column.defaultValue}`]),
      ...(column.unique ? ["UNIQUE"] : []),
      ...(column.check ? [`CHECK (length(${name}) < 1000)`] : []),
      ...(column.collate === "" ? [] : [column.collate.trim()]),
      ...(column.generated === null ? [] : [
        `GENERATED ALWAYS AS ('<' || ${quoted(this.#column_(column.generated.from).name)}) ${
          column.generated.stored ? "STORED" : "VIRTUAL"
        }`,
      ]),
      ...(parent === null
        ? []
        : [`REFERENCES ${quoted(parent.name)} (id)${column.references?.action}`]),
    ].join(" ");
  }

  #names(columns: readonly number[]): readonly string[] {
    return columns.map((id) => quoted(this.#column_(id).name));
  }

  #table(id: number): DrawnTable {
    const table = this.#tables.get(id);
    if (table === undefined) throw new Error(`no table ${id}`);
    return table;
  }

  #column_(id: number): DrawnColumn {
    const column = this.#columns.get(id);
    if (column === undefined) throw new Error(`no column ${id}`);
    return column;
  }
}

/** INSERT statements; one that a constraint refuses inserts nothing. */
export function rowsFor(random: Random, schema: DrawnSchema): readonly string[] {
  const statements: string[] = [];
  for (const table of schema.tables) {
    const count = random.integer(0, 6);
    for (let row = 1; row <= count; row++) statements.push(insertOf(random, schema, table, row));
    // Deleted rows leave gaps in the row numbers, and a mark above the greatest key.
    if (random.chance(50)) {
      statements.push(`DELETE FROM ${quoted(table.name)} WHERE rowid IN (2, ${count})`);
    }
  }
  // Rows whose parent was deleted.
  for (const { name, columns } of schema.tables) {
    for (const { name: column, references } of columns) {
      const parent = schema.tables.find(({ id }) => id === references?.table);
      if (parent === undefined) continue;
      statements.push(
        `UPDATE ${quoted(name)} SET ${quoted(column)} = NULL
          WHERE ${quoted(column)} NOT IN (SELECT id FROM ${quoted(parent.name)})`,
      );
    }
  }
  return statements;
}

function insertOf(random: Random, schema: DrawnSchema, table: DrawnTable, row: number): string {
  const values: [string, string][] = [];
  if (table.kind === "table") {
    if (table.key === "integer" || table.key === "autoincrement") values.push(["id", `${row * 3}`]);
    if (table.key === "text") values.push(["id", `'key ${row}'`]);
    if (table.key === "pair") values.push(["k1", `${row}`], ["k2", `'k${row}'`]);
  }
  for (const [index, column] of table.columns.entries()) {
    if (column.generated !== null) continue;
    values.push([quoted(column.name), valueOf(random, schema, table, column, row, index)]);
  }
  const names = values.map(([name]) => name).join(", ");
  const list = values.map(([, value]) => value).join(", ");
  return `INSERT OR IGNORE INTO ${quoted(table.name)} (${names}) VALUES (${list})`;
}

function valueOf(
  random: Random,
  schema: DrawnSchema,
  table: DrawnTable,
  column: DrawnColumn,
  row: number,
  index: number,
): string {
  if (table.kind === "rtree") return index === 0 ? `${row}` : index === 1 ? "1" : "5";
  if (column.references !== null) {
    const parent = schema.tables.find(({ id }) => id === column.references?.table);
    return parent === undefined ? "NULL" : `(SELECT max(id) FROM ${quoted(parent.name)})`;
  }
  if (!column.notNull && random.chance(20)) return "NULL";
  if (column.type.includes("INT")) return `${row * 10 + index}`;
  if (/TEXT|CHAR|CLOB/.test(column.type)) return `'007 ${row} it''s'`;
  if (column.type.includes("BLOB")) return `x'0${row}'`;
  return `${row}.25`;
}
