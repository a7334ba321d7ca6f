// Reads the schema that a schema.sql describes, and the one that migrations make. SQLite runs in
// memory.

import type { Deadline } from "../deadline.ts";
import { counted } from "../finding/counted.ts";
import type { Position } from "../finding/finding.ts";
import { SourceText } from "../finding/source_text.ts";
import type { Migration } from "../migration/migration.ts";
import type { Failed, Outcome } from "../outcome.ts";
import { isSchemaChange } from "../sqlite/access.ts";
import { EMPTY_SCHEMA, type Schema } from "../sqlite/schema.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { noTables, StatementStream } from "../statement/statement_stream.ts";
import { dropTemporaryObjects } from "../statement/temporary_objects.ts";
import { Scratch } from "./scratch.ts";

/** Where a schema.sql is wrong, and why. */
export interface SchemaFileProblem extends Failed<"schema-file"> {
  readonly position: Position;
  /** The message without the position. */
  readonly why: string;
}

/**
 * Reads the schema that a text of CREATE statements describes. Any other statement is refused: it
 * would do nothing, because the text is never run on a database.
 */
export function readSchemaText(
  sqlite3: Sqlite3,
  text: string,
  deadline: Deadline,
): { readonly ok: true; readonly value: Schema } | SchemaFileProblem {
  using scratch = new Scratch(sqlite3, EMPTY_SCHEMA, deadline);
  using stream = new StatementStream(scratch.connection, text, "refuse", "off", noTables());
  const refused = (offset: number, why: string): SchemaFileProblem => {
    const position = new SourceText({ sql: text, line: 1 }).positionOf(offset);
    const message = `schema.sql, line ${position.line}: ${why}`;
    return { ok: false, code: "schema-file", message, why, position };
  };
  while (true) {
    const next = stream.next();
    if (next.kind === "end") return { ok: true, value: scratch.schema };
    if (next.kind === "failed") {
      const why = next.violations[0]?.message ?? `SQLite refuses this: ${next.failure.message}`;
      return refused(next.failure.offset ?? next.text.offset, why);
    }
    const isCreate = next.accesses.some((access) =>
      isSchemaChange(access) && access.kind === "create" && !access.temporary
    );
    if (!isCreate) {
      return refused(next.text.offset, "it has CREATE statements alone; move this to a migration");
    }
    using _interrupter = scratch.interrupter();
    const { failure } = stream.run();
    if (failure !== null) {
      const why = scratch.stopped ?? `SQLite refuses this: ${failure.message}`;
      return refused(next.text.offset, why);
    }
  }
}

/** Reads the schema that the UP sections make, one after the other, in an empty database. */
export function replayMigrations(
  sqlite3: Sqlite3,
  migrations: readonly Migration[],
  deadline: Deadline,
): Outcome<Schema, "files"> {
  using scratch = new Scratch(sqlite3, EMPTY_SCHEMA, deadline);
  for (const { file, up, foreignKeys } of migrations) {
    const tables = noTables();
    const message = scratch.run([up.sql], foreignKeys ?? "off", tables);
    dropTemporaryObjects(scratch.connection, tables);
    if (message === null) continue;
    const text = `Cannot read the schema of ${counted(migrations.length, "file")}: ` +
      `${file} fails on an empty database: ${message}; godwit check says where`;
    return { ok: false, code: "files", message: text };
  }
  return { ok: true, value: scratch.schema };
}
