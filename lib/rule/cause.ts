// Finds the statement of a step by which something no longer works. Pure; runs anywhere.

import type { NotableStatement, RehearsedStep } from "../rehearsal/rehearsal.ts";
import { foldName } from "../sqlite/fold_name.ts";

/** The statement that renamed or dropped something. */
export interface Cause {
  readonly statement: NotableStatement;
  /** Such as `DROP TABLE on line 3`. */
  readonly words: string;
}

/** The statement that took away a name; `null` where none is found. */
export function causeOf(step: RehearsedStep, name: string | null): Cause | null {
  if (name === null) return null;
  const wanted = foldName(name);
  // A drop names the table as it was called before the step.
  const renamed = step.strays.find(({ now }) => foldName(now) === wanted)?.was;
  const statement = step.statements.findLast(({ sql, drops, alter }) =>
    drops.some((table) => foldName(table) === wanted || table === renamed) ||
    alter !== null && CAUSES.has(alter.form) && foldName(sql).includes(wanted)
  );
  if (statement === undefined) return null;
  if (statement.alter === null) return dropIn(statement);
  const { alter: { form }, position: { line } } = statement;
  return { statement, words: `${CAUSES.get(form)} on line ${line}` };
}

/** A statement that drops a table, as a cause. */
export function dropIn(statement: NotableStatement): Cause {
  return { statement, words: `DROP TABLE on line ${statement.position.line}` };
}

const CAUSES: ReadonlyMap<string, string> = new Map([
  ["rename-table", "RENAME"],
  ["rename-column", "RENAME COLUMN"],
  ["drop-column", "DROP COLUMN"],
]);

// Such as "no such table: main.t", "no such column: t.a", "table t has no column named a".
const MISSING = /(?:no such (?:table|column): (?:.*\.)?|has no column named )([^.]+)$/;

/** What SQLite's message says is missing; `null` where it says something else. */
export function missingIn(message: string): string | null {
  return MISSING.exec(message)?.[1] ?? null;
}
