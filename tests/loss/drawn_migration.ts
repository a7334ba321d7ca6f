// Draws a table with rows, and a migration of it that may or may not lose some of them.

import type { Random } from "../support/random.ts";

/** A column of the drawn table, with the name that it had before the migration. */
export interface DrawnColumn {
  readonly name: string;
  /** `null` for a column that is new. */
  readonly origin: string | null;
}

/** A table, a migration, and what its author knows of it. */
export interface DrawnMigration {
  readonly base: string;
  readonly sql: string;
  /** The columns before the migration; those of the key come first. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
  /** The table and its columns afterwards. */
  readonly table: string;
  readonly after: readonly DrawnColumn[];
  readonly isRebuilt: boolean;
  readonly isKeyUpdated: boolean;
  /** The columns that are updated, by their names before. */
  readonly updated: readonly string[];
  /** Whether no statement can delete a row. */
  readonly keepsRows: boolean;
}

interface KeyKind {
  readonly key: readonly string[];
  readonly definition: string;
  readonly options: string;
}

const KEYS: readonly [KeyKind, ...KeyKind[]] = [
  { key: ["id"], definition: "id INTEGER PRIMARY KEY", options: "" },
  { key: ["id"], definition: "id TEXT PRIMARY KEY NOT NULL", options: "" },
  { key: ["id"], definition: "id TEXT COLLATE NOCASE PRIMARY KEY", options: "WITHOUT ROWID" },
  { key: ["id", "part"], definition: "id INTEGER, part INTEGER", options: "WITHOUT ROWID" },
  { key: [], definition: "", options: "" },
];
const TYPES = ["", "TEXT", "INTEGER", "REAL"] as const;
// A column may have an empty name.
const VALUE_COLUMNS: readonly [readonly string[], ...(readonly string[])[]] = [
  ["a"],
  ["a", "b"],
  ["a", "b", "c"],
  ["a", '""', "c"],
];
const VALUES = [
  "NULL",
  "NULL",
  "'x'",
  "'X'",
  "'007'",
  "'7'",
  "7",
  "7.0",
  "1",
  "0",
  "x'78'",
] as const;

/** Draws a migration of one to three parts. */
export function drawMigration(random: Random): DrawnMigration {
  const draft = new Draft(random);
  const parts = random.list(1, 3, () => draft.part());
  return draft.finish(parts.join("\n"));
}

class Draft {
  readonly #random: Random;
  readonly #kind: KeyKind;
  readonly #columns: readonly string[];
  readonly #base: string;
  #table = "t";
  #present: DrawnColumn[];
  #isRebuilt = false;
  #isKeyUpdated = false;
  #keepsRows = true;
  readonly #updated = new Set<string>();
  #names = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#kind = random.pick(KEYS);
    this.#columns = [...this.#kind.key, ...random.pick(VALUE_COLUMNS)];
    this.#present = this.#columns.map((name) => ({ name, origin: name }));
    const values = this.#columns.slice(this.#kind.key.length).map((name) =>
      `${name} ${random.pick(TYPES)}`
    );
    const rows = random.list(0, 9, (index) => `(${this.#row(index).join(", ")})`);
    const insert = rows.length === 0 ? "" : `INSERT INTO t VALUES ${rows.join(", ")};`;
    this.#base = `CREATE TABLE t (${this.#definition(values)}) ${this.#kind.options}; ${insert}` +
      (random.chance(30) ? " DELETE FROM t WHERE a IS NULL;" : "");
  }

  part(): string {
    const random = this.#random;
    const { name: column } = random.pickFrom(this.#values()) ?? { name: "a" };
    const where = random.chance(60) ? ` WHERE ${this.#condition()}` : "";
    switch (random.integer(0, 10)) {
      case 0:
        this.#update(column);
        return `UPDATE ${this.#table} SET ${column} = ${this.#expression()}${where};`;
      case 1:
        this.#update(column);
        return `UPDATE ${this.#table} SET ${column} = NULL${where};`;
      case 2:
        this.#keepsRows = false;
        return `DELETE FROM ${this.#table}${where};`;
      case 3:
        this.#keepsRows = false;
        return `INSERT OR REPLACE INTO ${this.#table} VALUES (${this.#fullRow().join(", ")});`;
      case 4:
        return `INSERT OR IGNORE INTO ${this.#table} VALUES (${this.#fullRow().join(", ")});`;
      case 5:
        return this.#swap();
      case 6:
        return this.#addColumn(column);
      case 7:
        return this.#updateKey();
      case 8:
        return this.#renameColumn(column);
      default:
        return this.#rebuild();
    }
  }

  finish(sql: string): DrawnMigration {
    return {
      base: this.#base,
      sql,
      key: this.#kind.key,
      columns: this.#columns,
      table: this.#table,
      after: this.#present,
      isRebuilt: this.#isRebuilt,
      isKeyUpdated: this.#isKeyUpdated,
      updated: [...this.#updated],
      keepsRows: this.#keepsRows,
    };
  }

  #definition(values: readonly string[]): string {
    const { definition, key } = this.#kind;
    const constraint = key.length > 1 ? [`PRIMARY KEY (${key.join(", ")})`] : [];
    return [...(definition === "" ? [] : [definition]), ...values, ...constraint].join(", ");
  }

  #row(index: number): readonly string[] {
    const key = this.#kind.key.length === 2
      ? [String(index >> 1), String(index % 2)]
      : this.#kind.key.map(() => this.#key(index));
    return [...key, ...this.#columns.slice(key.length).map(() => this.#random.pick(VALUES))];
  }

  #fullRow(): readonly string[] {
    const row = this.#row(this.#random.integer(0, 12));
    const known = new Map(this.#columns.map((name, at) => [name, row[at] ?? "NULL"]));
    return this.#present.map((
      { origin },
    ) => (origin === null ? "NULL" : known.get(origin) ?? "NULL"));
  }

  #key(index: number): string {
    return this.#kind.definition.includes("TEXT") ? `'k${index}'` : String(index + 1);
  }

  #values(): readonly DrawnColumn[] {
    return this.#present.filter(({ origin }) =>
      origin === null || !this.#kind.key.some((name) => name === origin)
    );
  }

  #expression(): string {
    const { name } = this.#random.pickFrom(this.#values()) ?? { name: "a" };
    return this.#random.pick([
      this.#random.pick(VALUES),
      name,
      `upper(${name})`,
      `CAST(${name} AS INTEGER)`,
      `CAST(${name} AS TEXT)`,
      `coalesce(${name}, 'none')`,
    ]);
  }

  #condition(): string {
    const { name } = this.#random.pickFrom(this.#present) ?? { name: "a" };
    return this.#random.pick([
      `${name} IS NULL`,
      `${name} IS NOT NULL`,
      `${name} IN ('x', 7, 1, 2, 'k1')`,
    ]);
  }

  #swap(): string {
    const [one, other] = this.#random.shuffled(this.#values());
    if (one === undefined || other === undefined) return "SELECT 1;";
    this.#update(one.name);
    this.#update(other.name);
    return `UPDATE ${this.#table} SET ${one.name} = ${other.name}, ${other.name} = ${one.name};`;
  }

  #addColumn(from: string): string {
    const name = this.#newName();
    this.#present.push({ name, origin: null });
    const fill = this.#random.chance(50) ? `UPDATE ${this.#table} SET ${name} = ${from};` : "";
    return `ALTER TABLE ${this.#table} ADD COLUMN ${name}; ${fill}`;
  }

  #updateKey(): string {
    const [first] = this.#kind.key;
    const key = this.#present.find(({ origin }) => origin === first);
    if (key === undefined || first === undefined || this.#isRebuilt) return "SELECT 1;";
    this.#isKeyUpdated = true;
    const value = this.#random.chance(40)
      ? key.name
      : this.#kind.definition.includes("TEXT")
      ? `${key.name} || 'k'`
      : `${key.name} + 100`;
    const { name: column } = this.#random.pickFrom(this.#values()) ?? { name: "a" };
    const also = this.#random.chance(50) ? `, ${column} = ${this.#expression()}` : "";
    if (also !== "") this.#update(column);
    this.#update(key.name);
    const where = this.#random.chance(40) ? ` WHERE ${this.#condition()}` : "";
    return `UPDATE ${this.#table} SET ${key.name} = ${value}${also}${where};`;
  }

  #update(column: string): void {
    const origin = this.#present.find(({ name }) => name === column)?.origin;
    if (typeof origin === "string") this.#updated.add(origin);
  }

  #renameColumn(column: string): string {
    const name = this.#newName();
    // The columns of a table that replaces the old one are known by their last names.
    this.#present = this.#present.map((each) =>
      each.name === column ? { name, origin: this.#isRebuilt ? null : each.origin } : each
    );
    return `ALTER TABLE ${this.#table} RENAME COLUMN ${column} TO ${name};`;
  }

  // The table that replaces the old one gets columns by name: one that has another name is new.
  #rebuild(): string {
    if (this.#isKeyUpdated || this.#present.some(({ name, origin }) => name !== origin)) {
      return "SELECT 1;";
    }
    const random = this.#random;
    this.#isRebuilt = true;
    const kept = this.#values().flatMap(({ name }): { name: string; from: string }[] => {
      if (random.chance(15)) return [];
      if (random.chance(15)) return [{ name: this.#newName(), from: name }];
      return [{ name, from: random.chance(25) ? this.#expression() : name }];
    });
    const key = this.#kind.key.map((name) => ({ name, from: name }));
    const columns = [...key, ...random.shuffled(kept)];
    if (columns.length === 0) columns.push({ name: this.#newName(), from: "1" });
    const types = columns.slice(key.length).map(({ name }) => `${name} ${random.pick(TYPES)}`);
    const where = random.chance(25) ? ` WHERE ${this.#condition()}` : "";
    const select = `SELECT ${columns.map(({ from }) => from).join(", ")} FROM`;
    this.#present = columns.map(({ name }) => ({
      name,
      origin: this.#columns.includes(name) ? name : null,
    }));
    const create = `TABLE %s (${this.#definition(types)}) ${this.#kind.options};`;
    if (random.chance(30)) {
      return `ALTER TABLE t RENAME TO old; CREATE ${create.replace("%s", "t")}
INSERT INTO t ${select} old${where}; DROP TABLE old;`;
    }
    return `CREATE ${create.replace("%s", "n")} INSERT INTO n ${select} t${where};
DROP TABLE t; ALTER TABLE n RENAME TO t;`;
  }

  #newName(): string {
    this.#names += 1;
    return `n${this.#names}`;
  }
}
