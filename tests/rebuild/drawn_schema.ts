// Draws schemas of tables, keys, indexes, triggers, views and virtual tables, and changes of them.
// Columns and tables keep an identity through renames, so that a test knows what was kept.

import type { Random } from "../support/random.ts";

export interface DrawnColumn {
  readonly id: number;
  name: string;
  type: string;
  notNull: boolean;
  defaultValue: string | null;
  check: boolean;
  unique: boolean;
  collate: string;
  comment: boolean;
  /** The column that it is computed from. */
  generated: { readonly from: number; stored: boolean } | null;
  /** The table of which it holds keys; the table itself is possible. */
  references: { readonly table: number; readonly action: string } | null;
}

export type Key = "integer" | "autoincrement" | "text" | "pair" | "none";

export interface DrawnTable {
  readonly id: number;
  name: string;
  kind: "table" | "fts" | "rtree";
  key: Key;
  withoutRowid: boolean;
  strict: boolean;
  multiline: boolean;
  namedCheck: boolean;
  tableUnique: boolean;
  selfCheck: boolean;
  columns: DrawnColumn[];
}

export interface DrawnIndex {
  name: string;
  table: number;
  columns: number[];
  unique: boolean;
  form: "plain" | "desc" | "nocase" | "partial" | "expression";
}

export interface DrawnView {
  name: string;
  /** A table, or another view. */
  from: { readonly table: number; columns: number[] } | { readonly view: string };
  form: number;
}

export interface DrawnTrigger {
  name: string;
  on: { readonly table: number } | { readonly view: string };
  event: "INSERT" | "UPDATE" | "DELETE";
  /** The table that it writes to, and a column of it. */
  writes: { readonly table: number; readonly column: number };
  form: number;
}

/** An FTS5 table over a content table, with the triggers that keep it up to date. */
export interface DrawnSearch {
  name: string;
  readonly table: number;
  columns: number[];
}

export interface DrawnSchema {
  tables: DrawnTable[];
  indexes: DrawnIndex[];
  views: DrawnView[];
  triggers: DrawnTrigger[];
  searches: DrawnSearch[];
  next: number;
}

const TYPES = ["INTEGER", "TEXT", "REAL", "BLOB"] as const;
const FAMILY: Readonly<Record<string, readonly [string, ...string[]]>> = {
  INTEGER: ["INT", "BIGINT", "INTEGER"],
  INT: ["INTEGER"],
  BIGINT: ["INTEGER"],
  TEXT: ["VARCHAR(40)", "CLOB"],
  CLOB: ["TEXT"],
  "VARCHAR(40)": ["TEXT"],
  REAL: ["DOUBLE", "FLOAT"],
  DOUBLE: ["REAL"],
  FLOAT: ["REAL"],
  BLOB: ["BLOB"],
};

export function drawSchema(random: Random): DrawnSchema {
  const schema: DrawnSchema = {
    tables: [],
    indexes: [],
    views: [],
    triggers: [],
    searches: [],
    next: 1,
  };
  const count = random.integer(1, 4);
  for (let index = 0; index < count; index++) addTable(random, schema);
  for (let index = random.integer(0, 3); index > 0; index--) addIndex(random, schema);
  for (let index = random.integer(0, 3); index > 0; index--) addView(random, schema);
  for (let index = random.integer(0, 3); index > 0; index--) addTrigger(random, schema);
  if (random.chance(25)) addSearch(random, schema);
  if (random.chance(10)) addVirtual(random, schema);
  return schema;
}

function addTable(random: Random, schema: DrawnSchema): void {
  const id = schema.next++;
  const strict = random.chance(20);
  const key = random.pick(["integer", "integer", "autoincrement", "text", "pair", "none"] as const);
  const table: DrawnTable = {
    id,
    name: random.pick([`t${id}`, `table ${id}`, `T${id}`, `t${id}_new`]),
    kind: "table",
    key,
    strict,
    withoutRowid: (key === "text" || key === "pair") && random.chance(35),
    multiline: random.chance(60),
    namedCheck: random.chance(15),
    tableUnique: random.chance(10),
    selfCheck: random.chance(5),
    columns: [],
  };
  schema.tables.push(table);
  for (let index = random.integer(1, 5); index > 0; index--) {
    table.columns.push(drawColumn(random, schema, table));
  }
}

function drawColumn(random: Random, schema: DrawnSchema, table: DrawnTable): DrawnColumn {
  const id = schema.next++;
  const type = random.pick(TYPES);
  const parents = schema.tables.filter(({ key, kind }) =>
    kind === "table" && (key === "integer" || key === "autoincrement")
  );
  const parent = random.chance(20) ? random.pickFrom(parents) : undefined;
  const stored = table.columns.filter(({ generated }) => generated === null);
  const base = random.chance(12) ? random.pickFrom(stored) : undefined;
  const column: DrawnColumn = {
    id,
    name: random.pick([`c${id}`, `c${id}`, `column ${id}`, `C${id}`, `select${id}`]),
    type: parent === undefined ? type : "INTEGER",
    notNull: parent === undefined && random.chance(25),
    defaultValue: random.chance(35) ? defaultOf(type) : null,
    check: random.chance(12),
    unique: random.chance(8),
    collate: type === "TEXT" && random.chance(20) ? " COLLATE NOCASE" : "",
    comment: random.chance(15),
    generated: null,
    references: parent === undefined ? null : {
      table: parent.id,
      action: random.pick(["", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE CASCADE"]),
    },
  };
  if (column.references !== null) Object.assign(column, { defaultValue: null, check: false });
  if (base !== undefined) {
    Object.assign(column, {
      type: "TEXT",
      notNull: false,
      defaultValue: null,
      check: false,
      unique: false,
      references: null,
      generated: { from: base.id, stored: random.chance(50) },
    });
  }
  return column;
}

function defaultOf(type: string): string {
  if (type === "INTEGER") return "7";
  if (type === "TEXT") return "'it''s; -- a text'";
  return type === "REAL" ? "(1.5 * 2)" : "x'00ff'";
}

function plainTables(schema: DrawnSchema): DrawnTable[] {
  return schema.tables.filter(({ kind }) => kind === "table");
}

function addIndex(random: Random, schema: DrawnSchema): void {
  const table = random.pickFrom(plainTables(schema));
  if (table === undefined) return;
  const columns = random.shuffled(table.columns).slice(0, random.integer(1, 2));
  schema.indexes.push({
    name: `i${schema.next++}`,
    table: table.id,
    columns: columns.map(({ id }) => id),
    unique: random.chance(15),
    form: random.pick(["plain", "desc", "nocase", "partial", "expression"]),
  });
}

function addView(random: Random, schema: DrawnSchema): void {
  const on = random.chance(40) ? random.pickFrom(schema.views) : undefined;
  const name = `v${schema.next++}`;
  const form = random.integer(0, 2);
  if (on !== undefined) schema.views.push({ name, from: { view: on.name }, form });
  else {
    const table = random.pickFrom(plainTables(schema));
    if (table === undefined) return;
    const columns = random.shuffled(table.columns).slice(0, 2).map(({ id }) => id);
    schema.views.push({ name, from: { table: table.id, columns }, form });
  }
}

function addTrigger(random: Random, schema: DrawnSchema): void {
  const view = random.chance(30) ? random.pickFrom(schema.views) : undefined;
  const table = random.pickFrom(plainTables(schema));
  const target = random.pickFrom(plainTables(schema));
  const column = random.pickFrom(
    target?.columns.filter(({ generated, references }) => !generated && !references) ?? [],
  );
  if (table === undefined || target === undefined || column === undefined) return;
  schema.triggers.push({
    name: `g${schema.next++}`,
    on: view === undefined ? { table: table.id } : { view: view.name },
    event: random.pick(["INSERT", "UPDATE", "DELETE"]),
    writes: { table: target.id, column: column.id },
    form: random.integer(0, 2),
  });
}

function addSearch(random: Random, schema: DrawnSchema): void {
  const table = random.pickFrom(
    plainTables(schema).filter(({ key }) => key === "integer" || key === "autoincrement"),
  );
  const columns = table?.columns.filter(({ generated }) => generated === null) ?? [];
  if (table === undefined || columns.length === 0) return;
  schema.searches.push({
    name: `s${schema.next++}`,
    table: table.id,
    columns: columns.slice(0, 2).map(({ id }) => id),
  });
}

function addVirtual(random: Random, schema: DrawnSchema): void {
  const id = schema.next++;
  const kind = random.pick(["fts", "rtree"] as const);
  const column = (): DrawnColumn => {
    const columnId = schema.next++;
    return {
      id: columnId,
      name: `c${columnId}`,
      type: kind === "fts" ? "TEXT" : "INTEGER",
      notNull: false,
      defaultValue: null,
      check: false,
      unique: false,
      collate: "",
      comment: false,
      generated: null,
      references: null,
    };
  };
  schema.tables.push({
    id,
    name: `x${id}`,
    kind,
    key: "none",
    strict: false,
    withoutRowid: false,
    multiline: false,
    namedCheck: false,
    tableUnique: false,
    selfCheck: false,
    columns: kind === "fts" ? [column(), column()] : [column(), column(), column()],
  });
}

/** Makes a few changes to a copy of a schema. */
export function changeSchema(random: Random, schema: DrawnSchema): DrawnSchema {
  const changed = structuredClone(schema);
  for (let index = random.integer(1, 4); index > 0; index--) {
    random.pick(CHANGES)(random, changed);
  }
  dropOrphans(changed);
  return changed;
}

type Change = (random: Random, schema: DrawnSchema) => void;

const CHANGES: readonly [Change, ...Change[]] = [
  onTable((random, table, schema) => {
    const column = drawColumn(random, schema, table);
    if (random.chance(60)) table.columns.push(column);
    else table.columns.splice(random.integer(0, table.columns.length), 0, column);
  }),
  onTable((random, table) => {
    if (table.columns.length < 2) return;
    table.columns.splice(random.integer(0, table.columns.length - 1), 1);
  }),
  onColumn((_, column, __, schema) => {
    column.name = `r${schema.next++}`;
  }),
  onTable((_, table) => {
    const [one, two] = table.columns;
    if (one !== undefined && two !== undefined) [one.name, two.name] = [two.name, one.name];
  }),
  onTable((random, table) => {
    table.columns = random.shuffled(table.columns);
  }),
  onColumn((random, column, table) => {
    if (!table.strict && column.references === null) {
      column.type = random.pick(FAMILY[column.type] ?? ["BLOB"]);
    }
  }),
  onColumn((_, column) => {
    if (column.generated === null && column.references === null) column.notNull = !column.notNull;
  }),
  onColumn((_, column) => {
    if (column.generated !== null || column.references !== null) return;
    column.defaultValue = column.defaultValue === null ? defaultOf(column.type) : null;
  }),
  onColumn((_, column) => {
    if (column.generated === null && column.references === null) column.check = !column.check;
  }),
  onColumn((_, column) => {
    if (column.generated === null) column.unique = !column.unique;
  }),
  onColumn((_, column) => {
    if (column.generated !== null) column.generated.stored = !column.generated.stored;
  }),
  onColumn((random, column) => {
    if (column.references === null) return;
    column.references = random.chance(50)
      ? null
      : { ...column.references, action: " ON DELETE RESTRICT" };
  }),
  onTable((_, table) => {
    table.strict = !table.strict;
    if (table.strict) {
      for (const column of table.columns) column.type = FAMILY_OF[column.type] ?? "BLOB";
    }
  }),
  onTable((_, table) => {
    if (table.key === "text" || table.key === "pair") table.withoutRowid = !table.withoutRowid;
  }),
  onTable((_, table) => {
    if (table.key === "integer") table.key = "autoincrement";
    else if (table.key === "autoincrement") table.key = "integer";
  }),
  onTable((_, table) => {
    table.namedCheck = !table.namedCheck;
  }),
  onTable((_, table) => {
    table.tableUnique = !table.tableUnique;
  }),
  onTable((_, table, schema) => {
    table.name = `renamed${schema.next++}`;
  }),
  onTable((random, table, schema) => {
    const other = random.pickFrom(plainTables(schema).filter((each) => each !== table));
    if (other !== undefined && random.chance(20)) {
      [table.name, other.name] = [other.name, table.name];
    }
  }),
  (random, schema) => {
    if (schema.tables.length < 2) return;
    schema.tables.splice(random.integer(0, schema.tables.length - 1), 1);
  },
  addTable,
  addIndex,
  addView,
  addTrigger,
  addSearch,
  addVirtual,
  dropOne("indexes"),
  dropOne("views"),
  dropOne("triggers"),
  dropOne("searches"),
  (random, schema) => {
    const index = random.pickFrom(schema.indexes);
    if (index !== undefined) index.form = random.pick(["plain", "desc", "partial"]);
  },
  (random, schema) => {
    const view = random.pickFrom(schema.views);
    if (view !== undefined) view.form = (view.form + 1) % 3;
  },
  (random, schema) => {
    const trigger = random.pickFrom(schema.triggers);
    if (trigger !== undefined) trigger.form = (trigger.form + 1) % 3;
  },
  (random, schema) => {
    const table = random.pickFrom(schema.tables.filter(({ kind }) => kind === "fts"));
    const [first] = table?.columns ?? [];
    if (table === undefined || first === undefined) return;
    const id = schema.next++;
    table.columns.push({ ...first, id, name: `c${id}` });
  },
];

const FAMILY_OF: Readonly<Record<string, string>> = {
  BIGINT: "INTEGER",
  INT: "INTEGER",
  INTEGER: "INTEGER",
  "VARCHAR(40)": "TEXT",
  CLOB: "TEXT",
  TEXT: "TEXT",
  DOUBLE: "REAL",
  FLOAT: "REAL",
  REAL: "REAL",
};

function onTable(
  change: (random: Random, table: DrawnTable, schema: DrawnSchema) => void,
): Change {
  return (random, schema) => {
    const table = random.pickFrom(plainTables(schema));
    if (table !== undefined) change(random, table, schema);
  };
}

function onColumn(
  change: (random: Random, column: DrawnColumn, table: DrawnTable, schema: DrawnSchema) => void,
): Change {
  return onTable((random, table, schema) => {
    const column = random.pickFrom(table.columns);
    if (column !== undefined) change(random, column, table, schema);
  });
}

function dropOne(what: "indexes" | "views" | "triggers" | "searches"): Change {
  return (random, schema) => {
    if (schema[what].length > 0) schema[what].splice(random.integer(0, schema[what].length - 1), 1);
  };
}

/** Drops what needs a table, column or view that is gone. */
function dropOrphans(schema: DrawnSchema): void {
  const tables = new Map(schema.tables.map((table) => [table.id, table]));
  const has = (table: number, column: number): boolean =>
    tables.get(table)?.columns.some(({ id }) => id === column) ?? false;
  for (const table of schema.tables) {
    table.columns = table.columns.filter(({ generated }) =>
      generated === null || has(table.id, generated.from)
    );
    for (const column of table.columns) {
      const parent = tables.get(column.references?.table ?? 0);
      if (parent?.key !== "integer" && parent?.key !== "autoincrement") column.references = null;
    }
    if (table.columns.length === 0) table.key = "integer";
  }
  schema.indexes = schema.indexes.filter(({ table, columns }) =>
    columns.every((column) => has(table, column))
  );
  for (let count = -1; count !== schema.views.length;) {
    count = schema.views.length;
    const names = new Set(schema.views.map(({ name }) => name));
    schema.views = schema.views.filter(({ from }) =>
      "view" in from
        ? names.has(from.view)
        : tables.has(from.table) && from.columns.every((column) => has(from.table, column))
    );
  }
  const views = new Set(schema.views.map(({ name }) => name));
  schema.triggers = schema.triggers.filter(({ on, writes }) =>
    ("view" in on ? views.has(on.view) : tables.has(on.table)) && has(writes.table, writes.column)
  );
  schema.searches = schema.searches.filter(({ table, columns }) => {
    const key = tables.get(table)?.key;
    return (key === "integer" || key === "autoincrement") &&
      columns.every((column) => has(table, column));
  });
}
