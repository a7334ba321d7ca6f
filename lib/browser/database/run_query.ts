// Runs a statement of the user on a plugin's rows. Loaded on demand; runs where SQLite runs.

import { violationOf } from "../../statement/policy.ts";
import { Interrupter } from "../../statement/interrupter.ts";
import type { Deadline } from "../../deadline.ts";
import { clippedMessage } from "../../clipped_text.ts";
import { SourceText } from "../../finding/source_text.ts";
import { isReserved } from "../../plan/reserved_names.ts";
import { type Access, isWrite } from "../../sqlite/access.ts";
import type { Connection } from "../../sqlite/connection.ts";
import { withMeantName } from "../../sqlite/meant_name.ts";
import { Script, type Statement } from "../../sqlite/script.ts";
import type { SqlValue } from "../../sqlite/sqlite3.ts";
import type { SqliteFailure } from "../../sqlite/sqlite_error.ts";
import type { Outcome } from "../../outcome.ts";
import type { DataQuery, DataRows, DataWrite } from "../sandbox.ts";

// https://sqlite.org/schematab.html#alternative_names
const SCHEMA_TABLES = [
  "sqlite_master",
  "sqlite_schema",
  "sqlite_temp_master",
  "sqlite_temp_schema",
];
const MIGRATIONS_ALONE = "Only migrations change the schema; write one in the playground";
const WRITES = "This would write to the database, and only reading is allowed";
// Rows are copied between threads. A copy that fails ends the thread, with its databases in memory.
const MAX_RESULT_BYTES = 64 * 1024 * 1024;
const TOO_LARGE: SqliteFailure = {
  code: "SQLITE_TOOBIG",
  message: "The rows have more than 64 MB; ask for fewer of them, or for length() of a column",
  offset: null,
};
const NUMBERS = ["application_id", "user_version"];

/**
 * Runs one statement. SQLite's authorizer decides what it may do: read anything, and with `write`
 * and `try` change rows of tables that are not godwit's. Only migrations change the schema. Foreign
 * keys are enforced. A write runs to its end, however many rows it returns; `try` then undoes it.
 */
export function runQuery(
  connection: Connection,
  query: DataQuery,
  deadline: Deadline,
): Outcome<DataRows> {
  connection.exec("PRAGMA foreign_keys=ON");
  if (query.access !== "try") return runStatement(connection, query, deadline);
  connection.exec("BEGIN");
  try {
    return runStatement(connection, query, deadline);
  } finally {
    connection.rollback();
  }
}

function runStatement(
  connection: Connection,
  query: DataQuery,
  deadline: Deadline,
): Outcome<DataRows> {
  using interrupter = new Interrupter(connection, deadline);
  const from = query.from ?? 0;
  using script = new Script(connection, query.sql.slice(from));
  let refusal: string | null = null;
  const accesses: Access[] = [];
  connection.authorize((access) => {
    const found = refusalOf(access, query.access);
    accesses.push(access);
    if (found === null) return connection.sqlite3.capi.SQLITE_OK;
    refusal ??= found;
    return connection.sqlite3.capi.SQLITE_DENY;
  });
  const refuse = (message: string): Outcome<never> => ({
    ok: false,
    code: "query-refused",
    message: refusal ?? message,
  });
  try {
    const first = query.from === undefined ? onlyStatement(script) : firstStatement(script);
    if (first.kind === "refused") return refuse(first.message);
    if (first.kind === "failed") {
      connection.authorize(null);
      const message = withMeantName(connection, first.failure.message, query.sql);
      return refuse(describe({ ...first.failure, message }, query.sql, from));
    }
    using statement = first.statement;
    // REINDEX and ANALYZE write without naming a table to the authorizer.
    if (query.access === "read" && !statement.isReadOnly) return refuse(WRITES);
    if (statement.parameterCount > 0) {
      return refuse(
        "Parameters such as ? have no values here; write the values into the statement",
      );
    }
    // A virtual table prepares statements of its own while this one runs.
    const write = writeOf(accesses.splice(0));
    const before = connection.totalChanges;
    const outcome = collect(statement, query);
    if ("code" in outcome) {
      return refuse(
        interrupter.isOver() ? stoppedWords(interrupter) : describe(outcome, query.sql, from),
      );
    }
    const changes = statement.isReadOnly ? 0 : connection.changes;
    const furtherChanges = connection.totalChanges - before - changes;
    connection.authorize(null);
    const sql = statement.text.sql;
    return {
      ok: true,
      value: {
        ...outcome,
        changes,
        write: write === null ? null : {
          ...write,
          furtherChanges,
          overwrites: write.overwrites || canOverwrite(connection, sql),
        },
        next: query.from === undefined ? null : nextStatement(script, query.sql, from),
      },
    };
  } finally {
    connection.authorize(null);
  }
}

function stoppedWords({ reason }: Interrupter): string {
  return reason === "cancelled" ? "Stopped" : "Stopped: it took too long";
}

/** What the authorizer reports about the rows that a statement writes. */
function writeOf(accesses: readonly Access[]): Omit<DataWrite, "furtherChanges"> | null {
  const writes = accesses.filter(isWrite);
  const first = writes.find(({ trigger }) => trigger === null);
  if (first === undefined) return null;
  const direct = writes.filter(({ table, trigger }) => trigger === null && table === first.table);
  return {
    table: first.table,
    actions: [...new Set(direct.map(({ kind }) => kind))],
    overwrites: writes.some(({ kind }) => kind !== "insert"),
  };
}

// What an INSERT does beyond the reports of the authorizer: REPLACE deletes the rows in its way, and
// a virtual table may do anything, such as the commands of FTS5.
// https://sqlite.org/bytecodevtab.html
function canOverwrite(connection: Connection, sql: string): boolean {
  const found = "SELECT EXISTS (SELECT 1 FROM bytecode(?) WHERE opcode IN ('Delete', 'VUpdate'))";
  return connection.integer(found, [sql]) === 1;
}

type FoundStatement =
  | { readonly kind: "statement"; readonly statement: Statement }
  | { readonly kind: "failed"; readonly failure: SqliteFailure }
  | { readonly kind: "refused"; readonly message: string };

const NO_STATEMENT = { kind: "refused", message: "There is no statement" } as const;

/** The first statement of a script, which may have more. */
function firstStatement(script: Script): FoundStatement {
  while (true) {
    const prepared = script.prepare();
    if (prepared.kind === "end") return NO_STATEMENT;
    if (prepared.kind === "failed") return prepared;
    script.advance();
    if (prepared.kind === "statement") return prepared;
  }
}

/** Where the next statement begins, in UTF-16 units from the beginning of `sql`. */
function nextStatement(script: Script, sql: string, from: number): number | null {
  while (true) {
    const prepared = script.prepare();
    if (prepared.kind === "end") return null;
    if (prepared.kind === "statement") prepared.statement[Symbol.dispose]();
    if (prepared.kind !== "nothing") {
      const { offset } = prepared.kind === "failed" ? prepared.text : prepared.statement.text;
      const before = new TextEncoder().encode(sql.slice(from)).subarray(0, offset);
      return from + new TextDecoder().decode(before).length;
    }
    script.advance();
  }
}

/** The only statement of a script. */
function onlyStatement(script: Script): FoundStatement {
  let found: Statement | null = null;
  while (true) {
    const prepared = script.prepare();
    switch (prepared.kind) {
      case "end":
        return found === null ? NO_STATEMENT : { kind: "statement", statement: found };
      case "failed":
        found?.[Symbol.dispose]();
        return prepared;
      case "statement":
        if (found !== null) {
          found[Symbol.dispose]();
          prepared.statement[Symbol.dispose]();
          const message = "Run one statement at a time, or select those to run";
          return { kind: "refused", message };
        }
        found = prepared.statement;
    }
    script.advance();
  }
}

function collect(
  statement: Statement,
  { limit, access }: DataQuery,
): Omit<DataRows, "changes" | "write" | "next"> | SqliteFailure {
  const rows: (readonly SqlValue[])[] = [];
  let sizeBytes = 0;
  let hasMore = false;
  while (true) {
    const row = statement.step();
    if (row === null) break;
    if ("code" in row) return row;
    sizeBytes += sizeOf(row);
    if (sizeBytes > MAX_RESULT_BYTES && access === "read") return TOO_LARGE;
    if (rows.length < limit && sizeBytes <= MAX_RESULT_BYTES) rows.push(row);
    else {
      hasMore = true;
      if (access === "read") break;
    }
  }
  return { columns: statement.columns, rows, hasMore };
}

// The approximate size of a row in memory.
function sizeOf(row: readonly SqlValue[]): number {
  return row.reduce<number>((sum, value) => {
    if (typeof value === "string") return sum + 2 * value.length;
    return sum + (value instanceof Uint8Array ? value.length : 8);
  }, 0);
}

function refusalOf(access: Access, allowed: DataQuery["access"]): string | null {
  switch (access.kind) {
    case "read":
      return null;
    case "insert":
    case "update":
    case "delete":
      // The first access that CREATE and DROP request.
      if (SCHEMA_TABLES.includes(access.table.toLowerCase())) return MIGRATIONS_ALONE;
      if (isReserved(access.table)) {
        return `"${access.table}" is godwit's history, which statements cannot change`;
      }
      return allowed !== "read"
        ? null
        : `This would ${access.kind} rows of "${access.table}", and only reading is allowed`;
    case "create":
    case "drop":
    case "alter-table":
      return MIGRATIONS_ALONE;
    case "transaction":
    case "savepoint":
      return "Each statement is a transaction of its own here";
    case "attach":
    case "detach":
      return "Only the plugin's own database can be used here";
    case "pragma":
      // Only migrations set the two numbers that belong to the application.
      return violationOf(access) === null &&
          (access.argument === null || !NUMBERS.includes(access.name.toLowerCase()))
        ? null
        : `PRAGMA ${access.name} is not allowed here`;
    case "function":
      return violationOf(access) === null ? null : `${access.name}() is not allowed here`;
    case "other":
      return null;
  }
  access satisfies never;
}

function describe(failure: SqliteFailure, sql: string, from: number): string {
  const { offset } = failure;
  const message = clippedMessage(failure.message);
  if (offset === null) return message;
  const before = new TextEncoder().encode(sql.slice(0, from)).length;
  const { line, column } = new SourceText({ sql, line: 1 }).positionOf(before + offset);
  return `${message} (line ${line}, column ${column})`;
}
