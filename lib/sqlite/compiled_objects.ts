// Compiles the views and triggers of a schema, to find those that do not work and what they use.
// SQLite compiles them only when they are used. Nothing is run.

import type { Connection } from "./connection.ts";
import { isAboutDoubleQuotedText } from "./double_quoted_text.ts";
import { foldName } from "./fold_name.ts";
import { quoteIdentifier } from "./quote.ts";
import { textOf } from "./row.ts";
import type { SchemaFollower } from "./schema_follower.ts";
import { changedTables, type SchemaSlice } from "./schema_slice.ts";
import { refusalOf } from "./script.ts";
import { SqliteError } from "./sqlite_error.ts";
import { storedColumns } from "./stored_columns.ts";

/** A view, or the triggers on one table or view. */
export interface CompiledObject {
  readonly object: "view" | "trigger";
  /** The view, or the table or view that the triggers are on. */
  readonly name: string;
  /** The triggers on it; empty for a view. */
  readonly triggers: readonly string[];
  /** What SQLite says where it does not compile; `null` where it does. */
  readonly message: string | null;
  /** The tables and views that it reads or writes. */
  readonly uses: readonly string[];
}

/** A view that cannot be read, or a table whose triggers do not compile. */
export interface BrokenObject extends Pick<CompiledObject, "object" | "name" | "triggers"> {
  readonly message: string;
}

/** The compiled views and triggers of a connection. */
export class CompiledObjects {
  readonly #connection: Connection;
  readonly #schema: SchemaFollower;
  readonly #compiled = new Map<string, CompiledObject>();
  readonly #users = new Map<string, Set<string>>();
  readonly #broken = new Map<string, BrokenObject>();

  /** Compiles everything in a schema. */
  constructor(connection: Connection, schema: SchemaFollower) {
    this.#connection = connection;
    this.#schema = schema;
    const { views, triggers } = schema.schema;
    for (const { name } of views) this.#compileView(name);
    for (const table of new Set(triggers.map((each) => each.table))) this.#compileTriggers(table);
  }

  /** Those that do not compile. */
  get broken(): readonly BrokenObject[] {
    return [...this.#broken.values()];
  }

  /** All of them. */
  get all(): readonly CompiledObject[] {
    return [...this.#compiled.values()];
  }

  /** Compiles what a change of the schema can have made, broken or mended, and returns that. */
  update(slice: SchemaSlice): readonly CompiledObject[] {
    const changed = changedTables(slice);
    if (changed.length === 0) return [];
    const names = new Set(changed.map(foldName));
    const keys = new Set([
      ...this.#broken.keys(),
      ...[...names].flatMap((name) => [...this.#users.get(name) ?? []]),
    ]);
    const compiled = [...keys].flatMap((key) => this.#compiled.get(key) ?? []);
    const affected = (object: CompiledObject["object"]): readonly string[] =>
      compiled.filter((each) => each.object === object).map(({ name }) => name);
    for (const key of keys) this.#forget(key);
    const views = [...new Set([...changed, ...affected("view")])];
    const tables = [...new Set([...changed, ...affected("trigger")])];
    return [
      ...views.flatMap((name) => this.#compileView(name) ?? []),
      ...tables.flatMap((name) => this.#compileTriggers(name) ?? []),
    ];
  }

  #compileView(view: string): CompiledObject | null {
    const name = this.#schema.view(view)?.name;
    if (name === undefined) return null;
    return this.#compile({ object: "view", name, triggers: [] }, [
      `SELECT * FROM main.${quoteIdentifier(name)}`,
    ]);
  }

  // Preparing each kind of write to a table compiles every trigger that would fire.
  #compileTriggers(table: string): CompiledObject | null {
    const triggers = this.#schema.triggersOn(table);
    const name = triggers[0]?.table;
    if (name === undefined) return null;
    const stored = this.#schema.table(name);
    const columns = stored === null ? this.#viewColumns(name) : storedColumns(stored);
    const object = {
      object: "trigger",
      name,
      triggers: triggers.map((each) => each.name),
    } as const;
    return this.#compile(object, writesTo(name, columns));
  }

  #compile(
    object: Pick<CompiledObject, "object" | "name" | "triggers">,
    statements: readonly string[],
  ): CompiledObject | null {
    const key = `${object.object} ${foldName(object.name)}`;
    if (this.#compiled.has(key)) return null;
    const uses = new Set([object.name]);
    const { capi } = this.#connection.sqlite3;
    this.#connection.authorize((access) => {
      if ("table" in access && access.table !== null) uses.add(access.table);
      return capi.SQLITE_OK;
    });
    let message: string | null = null;
    try {
      message = firstFailure(this.#connection, statements, object.name);
      // Behind an old text in double quotes there may be something else that does not work.
      if (message !== null && isAboutDoubleQuotedText(message)) {
        this.#connection.configure(capi.SQLITE_DBCONFIG_DQS_DML, true);
        message = firstFailure(this.#connection, statements, object.name) ?? message;
      }
    } finally {
      this.#connection.configure(capi.SQLITE_DBCONFIG_DQS_DML, false);
      this.#connection.authorize(null);
    }
    const compiled = { ...object, message, uses: [...uses] };
    this.#compiled.set(key, compiled);
    if (message !== null) this.#broken.set(key, { ...object, message });
    for (const name of [...uses].map(foldName)) {
      this.#users.set(name, (this.#users.get(name) ?? new Set()).add(key));
    }
    return compiled;
  }

  #forget(key: string): void {
    for (const name of this.#compiled.get(key)?.uses ?? []) {
      this.#users.get(foldName(name))?.delete(key);
    }
    this.#compiled.delete(key);
    this.#broken.delete(key);
  }

  #viewColumns(view: string): readonly string[] {
    try {
      return this.#connection.rows("SELECT name FROM pragma_table_info(?, 'main')", [view])
        .map((row) => textOf(row, "name"));
    } catch (error) {
      // A view that does not compile is reported as a view.
      if (error instanceof SqliteError) return [];
      throw error;
    }
  }
}

function firstFailure(
  connection: Connection,
  statements: readonly string[],
  name: string,
): string | null {
  for (const sql of statements) {
    const message = failureOf(connection, sql, name);
    if (message !== null) return message;
  }
  return null;
}

function failureOf(connection: Connection, sql: string, name: string): string | null {
  const message = refusalOf(connection, sql);
  // A view whose only trigger is INSTEAD OF INSERT does not accept DELETE, which is no error.
  return message === `cannot modify ${name} because it is a view` ? null : message;
}

function writesTo(name: string, columns: readonly string[]): readonly string[] {
  const target = `main.${quoteIdentifier(name)}`;
  const assignments = columns.map((column) => `${quoteIdentifier(column)} = NULL`);
  return [
    `INSERT INTO ${target} DEFAULT VALUES`,
    `DELETE FROM ${target}`,
    ...(assignments.length === 0 ? [] : [`UPDATE ${target} SET ${assignments.join(", ")}`]),
  ];
}
