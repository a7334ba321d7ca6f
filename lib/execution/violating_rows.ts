// Counts the rows that something new in a table refuses, after a statement has failed because of
// them. SQLite names one constraint, and neither the rows nor how many there are.

import type { ShownValue } from "../loss/data_loss.ts";
import { readShown } from "../loss/loss_examples.ts";
import { hasWord } from "../rebuild/table_text.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { quoteIdentifier } from "../sqlite/quote.ts";
import { rowidOf } from "../sqlite/rowid.ts";
import type { Table } from "../sqlite/schema.ts";
import type { TableFate } from "../sqlite/schema_diff.ts";
import type { SchemaFollower } from "../sqlite/schema_follower.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import { unlessRefused } from "../sqlite/unless_refused.ts";
import type { StepFailure } from "./execution.ts";
import {
  duplicates,
  type NewConstraint,
  type NewConstraintOnRows,
  newConstraints,
  presentName,
} from "./new_constraints.ts";

/** The rows of a table that a constraint refuses. */
export interface ViolatingRows {
  /** The table and the columns, as they are called after the step; no columns of a CHECK. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly constraint: NewConstraint;
  readonly rows: number;
  /** How one of them is found; `null` where that cannot be read. */
  readonly example: ExampleRow | null;
}

/** The key of a row; where values are equal, these. */
export interface ExampleRow {
  readonly columns: readonly string[];
  readonly values: readonly ShownValue[];
}

/** The database in the open transaction of a step, after the statement that failed. */
interface FailedDatabase {
  readonly connection: Connection;
  readonly schema: SchemaFollower;
  readonly rehearsed: RehearsedStep;
}

type Failure = Pick<StepFailure, "sqliteCode" | "message" | "place">;

/**
 * Counts the rows that a failure is about, as they are now. Where it is about anything else, or
 * they cannot be counted, there are none.
 */
export function violatingRows(
  database: FailedDatabase,
  failure: Failure,
): readonly ViolatingRows[] {
  const { connection, rehearsed } = database;
  const isPossible = isViolation(failure) && rehearsed.direction === "apply" &&
    connection.inTransaction;
  if (!isPossible) return [];
  try {
    const changed = rehearsed.fates.flatMap((fate) => violationsOf(database, fate, failure));
    return changed.length > 0 ? changed : indexViolations(database, failure);
  } catch (error) {
    // Counting may take longer than there is time, and the failure is known without it.
    if (error instanceof SqliteError) return [];
    throw error;
  }
}

// ADD COLUMN with a CHECK fails without a code of its own.
function isViolation({ sqliteCode, message }: Failure): boolean {
  return sqliteCode?.startsWith("SQLITE_CONSTRAINT") === true ||
    message === "CHECK constraint failed";
}

/** Whether SQLite's message is about a constraint: others may hold for what the copy makes. */
function isAbout(
  { sqliteCode, message, place }: Failure,
  { name }: Table,
  { columns, constraint: { kind } }: NewConstraintOnRows,
): boolean {
  const namesColumns = (): boolean => {
    const named = message.split(", ").map((each) => each.slice(each.indexOf(".") + 1));
    return named.length === columns.length && columns.every((column) => named.includes(column));
  };
  switch (sqliteCode) {
    case "SQLITE_CONSTRAINT_NOTNULL":
      return kind === "not-null" && namesColumns();
    case "SQLITE_CONSTRAINT_UNIQUE":
    case "SQLITE_CONSTRAINT_PRIMARYKEY":
      return kind === "unique" && namesColumns();
    case "SQLITE_CONSTRAINT_CHECK":
      // The guards of generated files are CHECKs of a temporary table that name the one they guard.
      return kind === "check" || message.includes(name) && place !== null &&
          hasWord(place.statement, "TEMP");
    case "SQLITE_CONSTRAINT":
    case "SQLITE_ERROR":
      return kind === "not-null" || kind === "check";
    default:
      return false;
  }
}

function violationsOf(
  { connection, schema, rehearsed }: FailedDatabase,
  fate: TableFate,
  failure: Failure,
): readonly ViolatingRows[] {
  const { before, after } = fate;
  if (before.kind !== "table" || after?.kind !== "table") return [];
  const current = presentTable(schema, fate, rehearsed);
  if (current === null) return [];
  const key = keyOf(current);
  const extra = new Map(key.map(({ name, as }) => [name, as]));
  const isMeant = (column: string): boolean => failure.message.includes(column);
  return newConstraints(connection, schema, { fate, after, current, extra }, isMeant)
    .filter((each) => isAbout(failure, after, each))
    .flatMap((each) => count(connection, after.name, each, key) ?? []);
}

/** The table itself, or the old one of a rebuild, for as long as it has the columns from before. */
function presentTable(
  schema: SchemaFollower,
  { before, keptColumns }: TableFate,
  { watched }: RehearsedStep,
): Table | null {
  const handover = watched.find(({ name }) => name === before.name)?.handover;
  return [handover?.name, before.name]
    .flatMap((name) => (name === undefined ? [] : schema.table(name) ?? []))
    .find((table) =>
      table.columns.length === before.columns.length &&
      keptColumns.every((column) => presentName(table, column) !== null)
    ) ?? null;
}

/** A column by which a reader finds a row, and its name in the queries. */
interface KeyColumn {
  readonly name: string;
  readonly as: string;
}

function keyOf(table: Table): readonly KeyColumn[] {
  const key = table.columns.filter(({ primaryKey }) => primaryKey > 0).map(({ name }) => name);
  const names = key.length > 0 ? key : [rowidOf(table) ?? []].flat();
  return names.map((name, index) => ({ name, as: `godwit_key${index}` }));
}

/** The rows with equal values, where a unique index over columns cannot be made. */
function indexViolations(
  { connection, schema }: FailedDatabase,
  { sqliteCode, message, place }: Failure,
): readonly ViolatingRows[] {
  const isIndex = sqliteCode === "SQLITE_CONSTRAINT_UNIQUE" && place !== null &&
    hasWord(place.statement, "INDEX");
  // The message does not say which rows a partial index has.
  if (!isIndex || hasWord(place.statement, "WHERE")) return [];
  const named = /^UNIQUE constraint failed: (.+)$/.exec(message)?.[1]?.split(", ") ?? [];
  const table = schema.table(named[0]?.split(".")[0] ?? "");
  if (table === null) return [];
  const terms = named.map((each) => ({ column: each.slice(table.name.length + 1) }));
  const rows = duplicates(`main.${quoteIdentifier(table.name)}`, terms);
  return [count(connection, table.name, rows, []) ?? []].flat();
}

function count(
  connection: Connection,
  table: string,
  { columns, constraint, from }: NewConstraintOnRows,
  key: readonly KeyColumn[],
): ViolatingRows | null {
  const rows = unlessRefused(() => connection.integer(`SELECT count(*) ${from}`)) ?? 0;
  if (rows === 0) return null;
  const shown = constraint.kind === "unique" ? columns.map((name) => ({ name, as: name })) : key;
  const terms = shown.map(({ as }) => quoteIdentifier(as));
  const [values] = terms.length === 0 ? [] : readShown(connection, terms, from, 1) ?? [];
  const example = values === undefined ? null : { columns: shown.map(({ name }) => name), values };
  return { table, columns, constraint, rows, example };
}
