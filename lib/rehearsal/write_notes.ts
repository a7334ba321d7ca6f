// Notes what the statements of a step write, as SQLite reports it on the connection that runs them.

import type { ForeignKeyMode } from "../migration/migration.ts";
import { type Access, isSchemaChange } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Table } from "../sqlite/schema.ts";
import { storedColumns } from "../sqlite/stored_columns.ts";
import type { TableFate } from "../sqlite/schema_diff.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import type { Lineage } from "../sqlite/schema_lineage.ts";
import type { ReadyStatement, StatementStream } from "../statement/statement_stream.ts";
import { accessesWithActions } from "./fired_accesses.ts";
import { hasOwnRows, virtualTables } from "./own_rows.ts";
import type { WatchedTable } from "./rehearsal.ts";
import { conflictsOf } from "./replaced_rows.ts";
import { TableWrites } from "./table_writes.ts";

/** The writes of one step on the shadow, or on the real database where it was not rehearsed. */
export class WriteNotes {
  readonly #connection: Connection;
  readonly #schema: SchemaFollower;
  readonly #foreignKeys: ForeignKeyMode | null;
  readonly #writes: TableWrites;
  // Trying out whether a table has rows of its own may cost a scan of another table.
  readonly #tried = new Map<Table, boolean>();

  constructor(
    connection: Connection,
    schema: SchemaFollower,
    lineage: Lineage,
    foreignKeys: ForeignKeyMode | null,
  ) {
    this.#connection = connection;
    this.#schema = schema;
    this.#foreignKeys = foreignKeys;
    this.#writes = new TableWrites(lineage);
  }

  /** What a statement accesses, by the actions of foreign keys too if they fire. */
  accessesOf(stream: StatementStream, { text, accesses }: ReadyStatement): readonly Access[] {
    return this.#foreignKeys === "on" && !accesses.some(isSchemaChange)
      ? stream.unguarded(() => accessesWithActions(this.#connection, text.sql))
      : accesses;
  }

  /**
   * Notes statement `number` before it runs; `accesses` are those of `accessesOf()`. Returns the
   * tables that no statement before it updates.
   */
  note(
    number: number,
    stream: StatementStream,
    ready: ReadyStatement,
    accesses: readonly Access[],
  ): readonly string[] {
    const find = (name: string): Table | null => this.#schema.table(name);
    for (const table of virtualTables(accesses, find)) {
      if (this.#tried.has(table)) continue;
      const isOwner = stream.unguarded(() => hasOwnRows(this.#connection, table));
      this.#tried.set(table, isOwner);
      if (!isOwner) this.#writes.ignore(table);
    }
    const conflicts = conflictsOf(this.#connection, stream, ready, accesses, find);
    return this.#writes.note(number, accesses, find, conflicts);
  }

  /** Whether a table may have rows of its own that can be read, by the statements so far. */
  mayHaveRows(table: Table): boolean {
    return this.#tried.get(table) ?? true;
  }

  /** The names, before the step, of the tables that statements wrote to. */
  get written(): readonly string[] {
    return this.#writes.written;
  }

  /** The tables that may lose rows or values, after the last statement; `fates` are the changed. */
  watched(fates: readonly TableFate[]): readonly WatchedTable[] {
    const changed = new Set(fates.map(({ before }) => before.name));
    const unchanged = this.written.filter((table) => !changed.has(table));
    return this.#writes.watched([
      ...fates,
      ...unchanged.flatMap((name) => unchangedFate(this.#schema.table(name))),
    ]);
  }
}

function unchangedFate(table: Table | null): readonly TableFate[] {
  if (table === null) return [];
  const keptColumns = storedColumns(table).map((name) => ({ name, nameAfter: name }));
  return [{ before: table, after: table, droppedColumns: [], keptColumns, addedColumns: [] }];
}
