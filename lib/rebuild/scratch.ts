// A database in memory on which a script is made: each statement runs there, and SQLite says what
// came of it.

import { type Deadline, overdue, OVERDUE_WORDS } from "../deadline.ts";
import type { ForeignKeyMode } from "../migration/migration.ts";
import { isReserved } from "../plan/reserved_names.ts";
import { buildShadow, type Shadow } from "../rehearsal/shadow.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { readSchema } from "../sqlite/schema_follower.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { type UniqueKey, uniqueKeys } from "../sqlite/unique_keys.ts";
import { Interrupter } from "../statement/interrupter.ts";
import { noTables, type RunTables, StatementStream } from "../statement/statement_stream.ts";

/** Runs statements as a migration does, on a schema without rows. */
export class Scratch implements Disposable {
  readonly #shadow: Shadow;
  readonly #deadline: Deadline;
  #tables: RunTables = noTables();
  #schema: Schema | null = null;

  constructor(sqlite3: Sqlite3, schema: Schema, deadline: Deadline) {
    this.#shadow = buildShadow(sqlite3, schema);
    this.#deadline = deadline;
  }

  /** A second one, with another schema and the same deadline. */
  beside(schema: Schema): Scratch {
    return new Scratch(this.connection.sqlite3, schema, this.#deadline);
  }

  /** Says whether an object of the schema is missing, because this SQLite cannot load it. */
  isMissing(name: string): boolean {
    return this.#shadow.missing.some((each) => each.name === name);
  }

  /** The connection, for questions. */
  get connection(): Connection {
    return this.#shadow.connection;
  }

  /** Why no statement runs any more; `null` until the deadline. */
  get stopped(): string | null {
    const why = overdue(this.#deadline);
    return why === null ? null : OVERDUE_WORDS[why];
  }

  /** Interrupts statements at the deadline, until it is disposed of. */
  interrupter(): Interrupter {
    return new Interrupter(this.connection, this.#deadline);
  }

  /** The schema as it is now. */
  get schema(): Schema {
    return this.#schema ??= readSchema(this.connection, isReserved);
  }

  /** A table as it is now. */
  table(name: string): Table | null {
    return this.schema.tables.find((table) => foldName(table.name) === foldName(name)) ?? null;
  }

  /** Whether something in the database has this name, be it of a virtual table. */
  has(name: string): boolean {
    return this.connection.integer(
      "SELECT count(*) FROM main.sqlite_schema WHERE lower(name) = lower(?)",
      [name],
    ) > 0;
  }

  /** Runs statements up to the first that fails: its message, otherwise `null`. */
  run(
    statements: readonly string[],
    foreignKeys: ForeignKeyMode = "off",
    tables: RunTables = this.#tables,
  ): string | null {
    this.#schema = null;
    using _interrupter = this.interrupter();
    for (const sql of statements) {
      if (this.stopped !== null) return this.stopped;
      using stream = new StatementStream(this.connection, sql, "refuse", foreignKeys, tables);
      for (let next = stream.next(); next.kind !== "end"; next = stream.next()) {
        if (next.kind === "failed") return next.violations[0]?.message ?? next.failure.message;
        const { failure } = stream.run();
        if (failure !== null) return this.stopped ?? failure.message;
      }
    }
    return null;
  }

  /** Calls `action` and undoes what it did. */
  undoing<T>(action: () => T): T {
    const { created, dropped } = this.#tables;
    const schema = this.#schema;
    const before = { ...this.#tables, created: new Set(created), dropped: new Set(dropped) };
    try {
      return this.connection.undoing(action);
    } finally {
      this.#tables = before;
      this.#schema = schema;
    }
  }

  /** Whether SQLite accepts statements; what they do is undone. */
  accepts(statements: readonly string[]): boolean {
    return this.undoing(() => this.run(statements)) === null;
  }

  /** A name that begins with `stem` and that nothing has, nor anything that `others` names. */
  freeName(stem: string, others: ReadonlySet<string>): string {
    for (let number = 1;; number++) {
      const name = number === 1 ? stem : `${stem}${number}`;
      if (!this.has(name) && !others.has(foldName(name))) return name;
    }
  }

  /** Writes a name as SQL, in quotes only where it needs them. */
  write(name: string): string {
    const isPlain = /^[a-z_][a-z0-9_]*$/i.test(name) &&
      this.connection.sqlite3.capi.sqlite3_keyword_check(name, name.length) === 0;
    return isPlain ? name : quoteIdentifier(name);
  }

  /** The unique keys of a table over plain columns, and whether its key is the row number. */
  uniqueKeys(table: string): readonly UniqueKey[] {
    const keys = uniqueKeys(this.connection, table);
    const alias = this.rowidAlias(table);
    return alias === null ? keys : [...keys, { terms: [{ column: alias, collation: "BINARY" }] }];
  }

  /** The INTEGER PRIMARY KEY of a table: https://sqlite.org/lang_createtable.html#rowid */
  rowidAlias(name: string): string | null {
    const table = this.table(name);
    if (table === null || table.withoutRowid || table.kind !== "table") return null;
    const keys = table.columns.filter(({ primaryKey }) => primaryKey > 0);
    const [key] = keys;
    if (keys.length !== 1 || key === undefined || foldName(key.type) !== "integer") return null;
    // INTEGER PRIMARY KEY DESC is an index beside the row number.
    const hasIndex = this.connection.integer(
      "SELECT count(*) FROM pragma_index_list(?, 'main') WHERE origin = 'pk'",
      [table.name],
    ) > 0;
    return hasIndex ? null : key.name;
  }

  [Symbol.dispose](): void {
    this.#shadow[Symbol.dispose]();
  }
}
