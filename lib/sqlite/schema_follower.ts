// Follows the schema of a connection, statement by statement. What a statement cannot have changed
// is not read again, so the cost is that of the change and not of the schema.

import { type Access, alterOf, isTemporary } from "./access.ts";
import type { Connection, Row } from "./connection.ts";
import { describeTables } from "./describe_tables.ts";
import { foldName } from "./fold_name.ts";
import { integerOf, textOf } from "./row.ts";
import type { Attachment, Schema, Table, View } from "./schema.ts";
import { type SchemaEntry, schemaOf, type SchemaSlice } from "./schema_slice.ts";

/** A row of `sqlite_schema`. */
interface StoredRow {
  readonly rowid: number;
  readonly type: SchemaEntry["type"];
  readonly name: string;
  /** The table or view that an index or trigger is on, in the case of its CREATE statement. */
  readonly owner: string;
  readonly sql: string;
}

/** A row and its object; `null` for what is omitted, or belongs to a virtual table. */
interface Known {
  readonly row: StoredRow;
  entry: SchemaEntry | null;
}

const VIRTUAL = /^create\s+virtual\b/i;
const ROW = ["rowid", "type", "name", "tbl_name", "sql"];

/** What a statement can have changed: these objects and what is attached to them, or anything. */
type Scope = readonly string[] | "all";

/** Reads the schema without the tables that `isOmitted` names and what is attached to them. */
export function readSchema(
  connection: Connection,
  isOmitted: (table: string) => boolean,
): Schema {
  return new SchemaFollower(connection, isOmitted).schema;
}

/** The schema of a connection as it is now. */
export class SchemaFollower {
  readonly #connection: Connection;
  readonly #isOmitted: (table: string) => boolean;
  readonly #known = new Map<number, Known>();
  /** Rows by the folded name of the object and by that of its owner. */
  readonly #named = new Map<string, Set<Known>>();
  /** Tables with foreign keys, by the folded name of the parent. */
  readonly #children = new Map<string, Set<Table>>();
  #virtualTables = 0;
  #lastRow = 0;

  /** Reads the whole schema, without the tables that `isOmitted` names and their attachments. */
  constructor(connection: Connection, isOmitted: (table: string) => boolean) {
    this.#connection = connection;
    this.#isOmitted = isOmitted;
    this.#refresh("all");
  }

  /** Everything, sorted by name. */
  get schema(): Schema {
    return schemaOf([...this.#known.values()].flatMap(({ entry }) => entry ?? []));
  }

  /** A table by its name, in any case; `null` if there is none. */
  table(name: string): Table | null {
    const entry = this.#owner(name);
    return entry?.type === "table" ? entry.object : null;
  }

  /** A view by its name, in any case; `null` if there is none. */
  view(name: string): View | null {
    const entry = this.#owner(name);
    return entry?.type === "view" ? entry.object : null;
  }

  /** The triggers on a table or a view. */
  triggersOn(table: string): readonly Attachment[] {
    return this.#rowsNamed([table]).flatMap(({ entry }) =>
      entry?.type === "trigger" && foldName(entry.object.table) === foldName(table)
        ? entry.object
        : []
    );
  }

  /** The tables that have a foreign key to `parent`, which need not be there. */
  childrenOf(parent: string): readonly Table[] {
    return [...this.#children.get(foldName(parent)) ?? []];
  }

  /** Follows a statement that has run and did what `accesses` say. */
  follow(accesses: readonly Access[]): SchemaSlice {
    return this.#refresh(this.#scopeOf(accesses));
  }

  #scopeOf(accesses: readonly Access[]): Scope {
    const form = alterOf(accesses)?.form;
    // A rename is written into every object that uses the name.
    if (form === "rename-table" || form === "rename-column") return "all";
    const names: string[] = [];
    for (const access of accesses) {
      if (isTemporary(access)) continue;
      if (access.kind === "alter-table") names.push(access.table);
      if (access.kind !== "create" && access.kind !== "drop") continue;
      // A virtual table makes and drops tables of its own.
      const isVirtual = access.object === "table" &&
        (access.kind === "create"
          ? access.table !== null
          : this.table(access.name)?.kind !== "table");
      if (isVirtual) return "all";
      names.push(access.name);
    }
    return names;
  }

  #refresh(scope: Scope): SchemaSlice {
    const before = scope === "all" ? [...this.#known.values()] : this.#rowsNamed(scope);
    const rows = scope === "all"
      ? this.#readAll()
      : this.#readSome(before.map(({ row }) => row.rowid));
    for (const known of before) this.#forget(known);
    const after = this.#learn(rows, new Map(before.map((known) => [known.row.rowid, known])));
    return {
      before: schemaOf(entriesBut(before, after)),
      after: schemaOf(entriesBut(after, before)),
    };
  }

  #readAll(): readonly StoredRow[] {
    const rows = this.#connection.manyRows(ROW, `SELECT ${ROW.join()} FROM main.sqlite_schema`);
    return this.#take(rows, 0);
  }

  // A row keeps its number, and a new one is numbered after all others.
  #readSome(rowids: readonly number[]): readonly StoredRow[] {
    const rows = this.#connection.rows(
      `SELECT ${ROW.join()} FROM main.sqlite_schema
        WHERE rowid > ${this.#lastRow}
        ${rowids.length === 0 ? "" : `OR rowid IN (${rowids.join()})`}`,
    );
    // If rows are gone, the last one may be among them.
    const present = new Set(rows.map((row) => integerOf(row, "rowid")));
    const last = rowids.some((rowid) => !present.has(rowid))
      ? this.#connection.integer("SELECT coalesce(max(rowid), 0) FROM main.sqlite_schema")
      : this.#lastRow;
    return this.#take(rows, last);
  }

  // SQLite's own tables, and the indexes that it makes for constraints, only count as rows.
  #take(rows: readonly Row[], lastRow: number): readonly StoredRow[] {
    this.#lastRow = rows.reduce((last, row) => Math.max(last, integerOf(row, "rowid")), lastRow);
    return rows.filter((row) =>
      row["sql"] !== null && !foldName(textOf(row, "name")).startsWith("sqlite_")
    ).map(readRow);
  }

  /** Takes rows in. What has not changed since `former` keeps its object. */
  #learn(
    rows: readonly StoredRow[],
    former: ReadonlyMap<number, Known>,
  ): readonly Known[] {
    const learned = rows.map((row): Known => ({ row, entry: null }));
    for (const known of learned) this.#index(known);
    const listed = learned.filter(({ row }) => !this.#isOmitted(row.owner));
    const sameBefore = ({ row }: Known): SchemaEntry | null => {
      const known = former.get(row.rowid);
      const isSame = known?.row.name === row.name && known.row.owner === row.owner &&
        known.row.sql === row.sql;
      return isSame ? known.entry : null;
    };
    this.#describe(listed.filter(({ row }) => row.type === "table"), sameBefore);
    // Indexes and triggers of a table that is not listed are not listed either.
    for (const known of listed.filter(({ row }) => row.type === "view")) {
      const { name, sql } = known.row;
      known.entry = sameBefore(known) ?? { type: "view", object: { name, sql } };
    }
    for (const known of listed) {
      const { type, name, sql, owner } = known.row;
      if (type !== "index" && type !== "trigger") continue;
      const table = this.#owner(owner)?.object.name;
      if (table === undefined) continue;
      const same = sameBefore(known);
      const isSame = same !== null && "table" in same.object && same.object.table === table;
      known.entry = isSame ? same : { type, object: { name, table, sql } };
    }
    return learned;
  }

  #describe(
    tables: readonly Known[],
    sameBefore: (known: Known) => SchemaEntry | null,
  ): void {
    const byName = new Map(tables.map((known) => [known.row.name, known]));
    const described = describeTables(
      this.#connection,
      tables.map(({ row }) => row),
      ({ name }) => {
        const known = byName.get(name);
        const same = known === undefined ? null : sameBefore(known);
        return same?.type === "table" ? same.object : null;
      },
      (name) =>
        this.#rowsNamed([name]).some(({ row }) => row.type === "table" && row.name === name),
      this.#virtualTables > 0,
    );
    for (const object of described) {
      const known = byName.get(object.name);
      if (known !== undefined) known.entry = { type: "table", object };
      for (const { parent } of object.foreignKeys) {
        setAt(this.#children, foldName(parent)).add(object);
      }
    }
  }

  /** The table or view of a name that something can be attached to. */
  #owner(name: string): Extract<SchemaEntry, { type: "table" | "view" }> | null {
    const folded = foldName(name);
    for (const { entry } of this.#named.get(folded) ?? []) {
      if (entry?.type !== "table" && entry?.type !== "view") continue;
      if (foldName(entry.object.name) === folded) return entry;
    }
    return null;
  }

  #rowsNamed(names: readonly string[]): readonly Known[] {
    return [...new Set(names.flatMap((name) => [...this.#named.get(foldName(name)) ?? []]))];
  }

  #index(known: Known): void {
    const { rowid, name, owner, sql } = known.row;
    if (VIRTUAL.test(sql)) this.#virtualTables += 1;
    this.#known.set(rowid, known);
    setAt(this.#named, foldName(name)).add(known);
    setAt(this.#named, foldName(owner)).add(known);
  }

  #forget(known: Known): void {
    const { row: { rowid, name, owner, sql }, entry } = known;
    if (VIRTUAL.test(sql)) this.#virtualTables -= 1;
    this.#known.delete(rowid);
    this.#named.get(foldName(name))?.delete(known);
    this.#named.get(foldName(owner))?.delete(known);
    if (entry?.type !== "table") return;
    for (const { parent } of entry.object.foreignKeys) {
      this.#children.get(foldName(parent))?.delete(entry.object);
    }
  }
}

function entriesBut(some: readonly Known[], others: readonly Known[]): readonly SchemaEntry[] {
  const objects = new Set(others.map(({ entry }) => entry?.object));
  return some.flatMap(({ entry }) => (entry === null || objects.has(entry.object) ? [] : entry));
}

function readRow(row: Row): StoredRow {
  const type = textOf(row, "type");
  if (type !== "table" && type !== "index" && type !== "view" && type !== "trigger") {
    throw new Error(`sqlite_schema has an object of the type ${type}`);
  }
  return {
    rowid: integerOf(row, "rowid"),
    type,
    name: textOf(row, "name"),
    owner: textOf(row, "tbl_name"),
    sql: textOf(row, "sql"),
  };
}

function setAt<K, V>(sets: Map<K, Set<V>>, key: K): Set<V> {
  const present = sets.get(key);
  if (present !== undefined) return present;
  const created = new Set<V>();
  sets.set(key, created);
  return created;
}
