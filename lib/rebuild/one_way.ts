// Makes the script that leads from one schema to another. Every statement runs on a scratch
// database, and the next one is written for the schema that SQLite then reports.

import type { Deadline } from "../deadline.ts";
import type { SqliteVersion } from "../migration/migration.ts";
import type { Outcome } from "../outcome.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Schema, Table } from "../sqlite/schema.ts";
import { entriesOf } from "../sqlite/schema_slice.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import type { Filling } from "./copied_rows.ts";
import { createRest } from "./create_rest.ts";
import { dropStale } from "./drop_stale.ts";
import { guardParts, guardsOf } from "./guards.ts";
import {
  columnChange,
  pairTables,
  type Rename,
  type TablePair,
  type TablePairs,
} from "./renames.ts";
import { replaceTable } from "./replace_table.ts";
import type { OneWay, ScriptPart } from "./schema_script.ts";
import { Scratch } from "./scratch.ts";
import { type Cleared, findObject, staleObjects } from "./stale_objects.ts";
import { describeColumns } from "./describe_columns.ts";
import { columnKey, type RenameStatement, renameStatements } from "./rename_statements.ts";
import { TextComparison } from "./text_comparison.ts";
import { tryAlters } from "./try_alters.ts";

/** How a script may be made. */
export interface OneWayOptions {
  readonly renames: readonly Rename[];
  /** The SQLite that the file declares; `null` for any. */
  readonly requires: SqliteVersion | null;
  readonly filling: Filling;
  readonly deadline: Deadline;
}

/** Makes the script; a problem says which object SQLite did not make as it is wanted. */
export function leadTo(
  sqlite3: Sqlite3,
  from: Schema,
  to: Schema,
  options: OneWayOptions,
): Outcome<OneWay, "not-generated"> {
  const attempt = (cleared: Cleared): Outcome<OneWay, "not-generated"> => {
    using scratch = new Scratch(sqlite3, from, options.deadline);
    return new OneWayScript(scratch, from, to, options, cleared).make();
  };
  const first = attempt("changed");
  if (first.ok) return first;
  // SQLite refuses some renames for the sake of views and triggers that have nothing to do with
  // them. Without these it can be done, and they come back as they were.
  const second = attempt("all");
  return second.ok ? second : first;
}

class OneWayScript {
  readonly #scratch: Scratch;
  readonly #from: Schema;
  readonly #to: Schema;
  readonly #options: OneWayOptions;
  readonly #cleared: Cleared;
  readonly #texts: TextComparison;
  readonly #pairs: TablePairs;
  /** Names that no temporary object may take. */
  readonly #taken: ReadonlySet<string>;
  readonly #parts: ScriptPart[] = [];
  readonly #losses: string[] = [];
  /** Renamed columns that no ALTER could rename; the copy of their table does. */
  readonly #unrenamed = new Set<string>();
  readonly #rebuilt = new Set<Table>();
  #failure: string | null = null;

  constructor(
    scratch: Scratch,
    from: Schema,
    to: Schema,
    options: OneWayOptions,
    cleared: Cleared,
  ) {
    this.#scratch = scratch;
    this.#cleared = cleared;
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#texts = new TextComparison(from, to);
    this.#pairs = pairTables(from, to, options.renames);
    this.#taken = new Set(
      [from, to].flatMap(entriesOf).map(({ object }) => foldName(object.name)),
    );
  }

  make(): Outcome<OneWay, "not-generated"> {
    const renames = renameStatements(this.#scratch, this.#pairs.pairs, this.#taken);
    this.#dropStale(renames);
    this.#dropTables(this.#pairs.removed.filter(({ name }) => this.#isWanted(name)));
    this.#rename(renames);
    this.#createTables();
    for (const pair of this.#pairs.pairs) this.#changeTable(pair);
    this.#dropTables(this.#pairs.removed.filter(({ name }) => !this.#isWanted(name)));
    this.#createRest();
    this.#refill();
    return this.#result();
  }

  // Triggers and views that change go first: an ALTER TABLE refuses to break them.
  #dropStale(renames: readonly RenameStatement[]): void {
    const stale = staleObjects({
      scratch: this.#scratch,
      from: this.#from,
      to: this.#to,
      texts: this.#texts,
      renames,
      mayAlter: this.#options.renames.length > 0 || this.#options.requires !== null,
      cleared: this.#cleared,
    });
    const parts = dropStale({
      stale,
      cleared: this.#cleared,
      removed: this.#pairs.removed,
      isBack: ({ type, object }) => findObject(this.#to, type, object.name) !== null,
      isWanted: (name) => this.#isWanted(name),
      write: (name) => this.#write(name),
    });
    for (const part of parts) this.#add(part);
  }

  #rename(renames: readonly RenameStatement[]): void {
    const statements: string[] = [];
    for (const { statement, column } of renames) {
      if (column !== null && !this.#scratch.accepts([statement])) {
        this.#unrenamed.add(column);
        continue;
      }
      const failure = this.#scratch.run([statement]);
      if (failure !== null) this.#fail(failure);
      statements.push(statement);
    }
    if (statements.length === 0) return;
    this.#parts.push({
      comment: "SQLite writes the new names into keys, indexes, triggers and views.",
      statements,
    });
  }

  #changeTable(pair: TablePair): void {
    if (this.#scratch.stopped !== null) return;
    const { to } = pair;
    const current = this.#scratch.table(to.name);
    if (current === null || this.#texts.isSame(current.sql, to.sql) && current.name === to.name) {
      return;
    }
    const [dropped, added] = columnChange(pair);
    const what = describeColumns(dropped, added, current, to);
    this.#noteLosses(to, dropped);
    const alters = tryAlters({
      scratch: this.#scratch,
      texts: this.#texts,
      current,
      wanted: to,
      requires: this.#options.requires,
    });
    if (alters !== null) {
      this.#guardAlters(current, to);
      this.#add({ comment: `${to.name}: ${what}.`, statements: alters });
      return;
    }
    const kept = storedColumns(to).filter((column) => !added.includes(column));
    const lost = kept.find((column) => this.#sourceOf(pair, current, column) === null);
    if (lost !== undefined) {
      this.#fail(`the values of ${to.name}.${lost} have no place to come from`);
      return;
    }
    const replaced = replaceTable({
      scratch: this.#scratch,
      texts: this.#texts,
      current,
      wanted: to,
      sourceOf: (column) => this.#sourceOf(pair, current, column),
      filling: this.#options.filling,
      taken: this.#taken,
      what,
    });
    if (!replaced.ok) {
      this.#fail(replaced.message);
      return;
    }
    this.#rebuilt.add(to);
    this.#losses.push(...replaced.value.losses);
    for (const part of replaced.value.parts) this.#add(part);
  }

  #guardAlters(current: Table, wanted: Table): void {
    const keys = this.#scratch.uniqueKeys(current.name);
    const has = (column: string): boolean => current.columns.some(({ name }) => name === column);
    const guards = guardsOf(this.#scratch, {
      current,
      wanted,
      currentKeys: keys,
      wantedKeys: keys,
      sourceOf: (column) => (has(column) ? column : null),
      filled: new Set(),
    }, this.#texts);
    for (const part of guardParts(this.#scratch, wanted, guards, this.#taken)) this.#add(part);
  }

  #sourceOf({ columns }: TablePair, current: Table, column: string): string | null {
    const rename = columns.find(({ to }) => foldName(to) === foldName(column));
    const name = rename !== undefined && this.#unrenamed.has(columnKey(current.name, rename.to))
      ? rename.from
      : column;
    const isTaken = columns.some(({ from, to }) =>
      foldName(from) === foldName(name) && this.#unrenamed.has(columnKey(current.name, to))
    );
    if (rename === undefined && isTaken) return null;
    return current.columns.find((each) => foldName(each.name) === foldName(name))?.name ?? null;
  }

  #createTables(): void {
    // An index over another table comes after that table.
    const order = this.#pairs.added.toSorted((one, other) =>
      Number(one.kind === "index") - Number(other.kind === "index")
    );
    for (const table of order) {
      if (this.#scratch.isMissing(table.name)) continue;
      this.#add({ comment: `${table.name} is new.`, statements: [table.sql] });
      if (table.kind === "index") this.#rebuilt.add(table);
    }
  }

  #dropTables(tables: readonly Table[]): void {
    // An index over another table goes before that table.
    const order = tables.filter(({ name }) => !this.#scratch.isMissing(name)).toSorted((
      one,
      other,
    ) => Number(other.kind === "index") - Number(one.kind === "index"));
    for (const { name, kind } of order) {
      const lost = kind === "index" ? "" : " Lost: its rows.";
      if (kind !== "index") this.#losses.push(`the rows of ${name}`);
      this.#add({
        comment: `The wanted schema does not have ${name}.${lost}`,
        statements: [`DROP TABLE ${this.#write(name)}`],
      });
    }
  }

  #createRest(): void {
    const parts = createRest({
      scratch: this.#scratch,
      from: this.#from,
      to: this.#to,
      texts: this.#texts,
      pairs: this.#pairs.pairs,
      taken: this.#taken,
    });
    for (const part of parts) this.#add(part);
  }

  // FTS5 reads the rows of its content table again; others cannot be refilled by SQL alone:
  // https://sqlite.org/fts5.html#the_rebuild_command
  #refill(): void {
    const statements = this.#to.tables.filter((table) =>
      table.kind === "index" && this.#rebuilt.has(table)
    ).map(({ name }) => {
      const table = this.#write(name);
      return `INSERT INTO ${table} (${table}) VALUES ('rebuild')`;
    }).filter((statement) => this.#scratch.accepts([statement]));
    if (statements.length > 0) {
      this.#add({ comment: "The index is built from the rows of its table.", statements });
    }
  }

  #noteLosses({ name }: Table, dropped: readonly string[]): void {
    this.#losses.push(...dropped.map((column) => `the values of ${name}.${column}`));
  }

  #result(): Outcome<OneWay, "not-generated"> {
    const { schema } = this.#scratch;
    const wrong = this.#texts.differences(
      this.#to,
      schema,
      ({ object }) => !this.#scratch.isMissing(object.name),
    );
    const { stopped } = this.#scratch;
    if (stopped !== null) {
      return { ok: false, code: "not-generated", message: `Cannot write this change: ${stopped}` };
    }
    if (this.#failure !== null || wrong.length > 0) {
      const reason = this.#failure ?? "SQLite makes another text of it";
      const message = wrong.length === 0
        ? `Cannot write this change as SQL: ${reason}`
        : `Cannot write the change of ${wrong.join(", ")} as SQL: ${reason}; write the file by ` +
          `hand, from "godwit new"`;
      return { ok: false, code: "not-generated", message };
    }
    return { ok: true, value: { parts: this.#parts, losses: this.#losses, schema } };
  }

  /** Runs a part on the scratch database and adds it to the script. */
  #add(part: ScriptPart): void {
    const failure = this.#scratch.run(part.statements);
    if (failure !== null) this.#fail(failure);
    this.#parts.push(part);
  }

  #fail(message: string): void {
    this.#failure ??= message;
  }

  #isWanted(name: string): boolean {
    return entriesOf(this.#to).some(({ object }) => foldName(object.name) === foldName(name));
  }

  #write(name: string): string {
    return this.#scratch.write(name);
  }
}
