// Finds the columns that an INSERT ... SELECT * fills with the values of others, because the two
// tables have their columns in different orders.

import { isTemporary } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { foldName } from "../sqlite/fold_name.ts";
import type { Table } from "../sqlite/schema.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import { Script } from "../sqlite/script.ts";
import { nameOf, type Token, tokensOf } from "../sqlite/tokens.ts";
import type { ReadyStatement, StatementStream } from "../statement/statement_stream.ts";

/**
 * The first column of a table that gets the values of another, although the SELECT has one of its
 * name.
 */
export interface MisplacedColumn {
  readonly table: string;
  readonly column: string;
  /** The column whose values it gets. */
  readonly from: string;
  /** The columns that the SELECT and the table share, in the order of the table. */
  readonly shared: readonly string[];
}

/** An INSERT whose values are those of `SELECT *`. */
export interface StarInsert {
  /** The columns that it lists; `null` for all of them. */
  readonly columns: readonly string[] | null;
  /** The statement from SELECT on. */
  readonly select: string;
}

/** Looks at the next statement of a stream; `null` where it is no such INSERT. */
export function misplacedColumn(
  connection: Connection,
  stream: StatementStream,
  { text, accesses }: ReadyStatement,
  schema: SchemaFollower,
): MisplacedColumn | null {
  const target = accesses.find((access) => access.kind === "insert" && access.trigger === null);
  if (target?.kind !== "insert" || isTemporary(target)) return null;
  const insert = readStarInsert(text.sql);
  const table = schema.table(target.table);
  return insert === null || table === null
    ? null
    : stream.unguarded(() => compareColumns(connection, insert, table));
}

// SQLite expands the stars.
function compareColumns(
  connection: Connection,
  { columns, select }: StarInsert,
  table: Table,
): MisplacedColumn | null {
  const targets = columns ?? storedColumns(table);
  const sources = columnsOf(connection, select);
  if (sources.length !== targets.length) return null;
  const given = new Set(sources.map(foldName));
  const shared = targets.filter((name) => given.has(foldName(name)));
  const column = shared.find((name) =>
    foldName(sources[targets.indexOf(name)] ?? "") !== foldName(name)
  );
  if (column === undefined) return null;
  return { table: table.name, column, from: sources[targets.indexOf(column)] ?? "", shared };
}

function columnsOf(connection: Connection, select: string): readonly string[] {
  using script = new Script(connection, select);
  const prepared = script.prepare();
  if (prepared.kind !== "statement") return [];
  using statement = prepared.statement;
  return statement.columns;
}

/**
 * Reads an INSERT of which every result is a star, such as `*` or `old.*`; `null` for any other.
 */
export function readStarInsert(sql: string): StarInsert | null {
  const reader = new Reader(sql);
  if (!reader.takes("REPLACE")) {
    if (!reader.takes("INSERT")) return null;
    if (reader.takes("OR")) reader.take();
  }
  if (!reader.takes("INTO")) return null;
  reader.take();
  if (reader.takes(".")) reader.take();
  if (reader.takes("AS")) reader.take();
  const columns = reader.takes("(") ? readNames(reader) : null;
  const start = reader.next?.start ?? 0;
  if (!reader.takes("SELECT")) return null;
  if (!reader.takes("ALL")) reader.takes("DISTINCT");
  do {
    if (reader.takes("*")) continue;
    reader.take();
    if (!reader.takes(".") || !reader.takes("*")) return null;
  } while (reader.takes(","));
  return reader.takes("FROM") ? { columns, select: sql.slice(start) } : null;
}

function readNames(reader: Reader): readonly string[] {
  const names: string[] = [];
  do {
    const name = reader.take();
    if (name !== null) names.push(nameOf(name));
  } while (reader.takes(","));
  reader.takes(")");
  return names;
}

/** The tokens of a statement, one after the other. */
class Reader {
  readonly #tokens: Iterator<Token, undefined>;
  next: Token | null;

  constructor(sql: string) {
    this.#tokens = tokensOf(sql);
    this.next = this.#tokens.next().value ?? null;
  }

  /** Returns the next token and goes on to the one after it. */
  take(): Token | null {
    const taken = this.next;
    this.next = this.#tokens.next().value ?? null;
    return taken;
  }

  /** Passes over the next token if it is this word or character. */
  takes(word: string): boolean {
    if (this.next?.text.toUpperCase() !== word) return false;
    this.take();
    return true;
  }
}
