// Runs one migration in an open transaction and checks what it left behind.

import type { PlanStep } from "../plan/migration_plan.ts";
import type { RehearsedStep, WritingStatement } from "../rehearsal/rehearsal.ts";
import { type Access, alterOf, isSchemaChange } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import { describeChange, type SchemaChange } from "../sqlite/schema_diff.ts";
import { Lineage } from "../sqlite/schema_lineage.ts";
import { type SchemaSlice, SliceCollector } from "../sqlite/schema_slice.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import type { Interrupter } from "../statement/interrupter.ts";
import {
  type ReadyStatement,
  type RunTables,
  StatementStream,
} from "../statement/statement_stream.ts";
import { dropTemporaryObjects } from "../statement/temporary_objects.ts";
import { countTables, type DataLoss, measureLoss } from "./data_loss.ts";
import type { StepFailure } from "./execution.ts";
import { type EnforcedTrial, tryEnforced } from "./fired_actions.ts";
import type { KnownDatabase } from "./live_database.ts";
import { interrupted, placeOf, sqlFailure, stepFailure } from "./step_failure.ts";

/** A step to run, what its rehearsal said, and what is known of the database before it. */
export interface StepRun extends KnownDatabase {
  readonly connection: Connection;
  readonly interrupter: Interrupter;
  readonly tables: RunTables;
  readonly step: PlanStep;
  readonly rehearsed: RehearsedStep;
  readonly onStatement: (statementsDone: number) => void;
}

/** What a step took away, or why its transaction must be rolled back. */
export type StepOutcome =
  | {
    readonly ok: true;
    readonly changes: readonly SchemaChange[];
    readonly dataLoss: readonly DataLoss[];
  }
  | { readonly ok: false; readonly failure: StepFailure };

/**
 * Runs a step's statements and compares foreign keys, views, triggers and the schema with those before
 * the run and with the rehearsal.
 */
export function runStep(run: StepRun): StepOutcome {
  const { connection, interrupter, step, rehearsed } = run;
  try {
    if (interrupter.isOver()) return failed(interrupted(step, interrupter));
    run.foreignKeys.beforeStep(rehearsed);
    const counts = countTables(connection, rehearsed.watched, "all");
    const changes = new SliceCollector();
    const lineage = new Lineage();
    const deletedRows = new Map<string, number>();
    const follow = (accesses: readonly Access[]): void => {
      const slice = run.schema.follow(accesses);
      lineage.follow(slice, alterOf(accesses)?.form ?? null);
      changes.add(slice);
    };
    const failure = runStatements(run, follow, deletedRows);
    if (failure !== null) return failed(failure);
    const dataLoss = measureLoss(connection, counts, deletedRows);
    dropTemporaryObjects(connection, run.tables);
    const problem = checkResult(run, changes.slice);
    // The last statement may have ended late, and compiling can be interrupted too.
    if (interrupter.isOver()) return failed(interrupted(step, interrupter));
    if (problem !== null) return failed(problem);
    return { ok: true, changes: describeChange(changes.slice, lineage).changes, dataLoss };
  } catch (error) {
    // Godwit's own SQL may fail in a step as well: for lack of time, or of room on the disk.
    if (!(error instanceof SqliteError)) throw error;
    return failed(sqlFailure(step, interrupter, error.failure));
  }
}

function runStatements(
  run: StepRun,
  follow: (accesses: readonly Access[]) => void,
  deletedRows: Map<string, number>,
): StepFailure | null {
  const { connection, step, rehearsed } = run;
  const mode = step.foreignKeys ?? "off";
  using stream = new StatementStream(connection, step.sql, "refuse", mode, run.tables);
  for (let done = 1;; done++) {
    const writing = rehearsed.writing.find(({ number }) => number === done);
    const advance = (): StepFailure | "end" | null => runNext(run, stream, follow);
    const end = writing === undefined
      ? advance()
      : countDeleted(connection, writing, deletedRows, advance);
    if (end === "end") return null;
    if (end !== null) return end;
    // Only a statement that takes long is interrupted in itself.
    if (run.interrupter.isOver()) return interrupted(step, run.interrupter);
    run.onStatement(done);
  }
}

function runNext(
  { connection, interrupter, schema, step }: StepRun,
  stream: StatementStream,
  follow: (accesses: readonly Access[]) => void,
): StepFailure | "end" | null {
  const next = stream.next();
  if (next.kind === "end") return "end";
  if (next.kind === "failed") return sqlFailure(step, interrupter, next.failure, next.text);
  const trial = step.foreignKeys === null ? tryEnforced(connection, stream, next, schema) : null;
  const before = connection.totalChanges;
  const { failure } = stream.run();
  if (failure !== null) return sqlFailure(step, interrupter, failure, next.text);
  if (trial !== null) {
    const refusal = refuseActions(step, next, trial, connection.totalChanges - before);
    if (refusal !== null) return refusal;
  }
  if (next.accesses.some(isSchemaChange)) {
    stream.unguarded(() => follow(next.accesses));
  }
  return null;
}

function refuseActions(
  step: PlanStep,
  { text }: ReadyStatement,
  { keys, rows }: EnforcedTrial,
  rowsWithout: number,
): StepFailure | null {
  const fired = rows === null ? null : rows - rowsWithout;
  if (fired === 0) return null;
  const actions = keys.map(({ child, key, action }) =>
    `${action} of "${child.name}" (${key.columns.replaceAll(",", ", ")})`
  ).join(" and ");
  const what = fired === null
    ? `The statement sets off ${actions}, which fails`
    : `The statement sets off ${actions} for ${fired} ${fired === 1 ? "row" : "rows"}`;
  const message = `${what}, and actions do not fire in a migration; write "-- foreign-keys: on" ` +
    `above "-- UP" if they are meant to, or "-- foreign-keys: off" if not`;
  return { ...stepFailure(step, "foreign-key-action", message), place: placeOf(step, text) };
}

// Rows are counted as they go, for new rows may make up for them in the totals. Only a statement that
// writes to a table of old can take such rows; any other runs without the hook and its cost. The hook is
// there when the statement is prepared: otherwise a DELETE without WHERE clears the table unseen.
function countDeleted<T>(
  connection: Connection,
  { tables }: WritingStatement,
  deletedRows: Map<string, number>,
  advance: () => T,
): T {
  const { result, deletes } = connection.countDeletes(advance);
  for (const { name, origin } of tables) {
    deletedRows.set(origin, (deletedRows.get(origin) ?? 0) + (deletes.get(name) ?? 0));
  }
  return result;
}

function checkResult(
  { step, rehearsed, foreignKeys, live }: StepRun,
  slice: SchemaSlice,
): StepFailure | null {
  const violations = foreignKeys.afterStep(rehearsed, slice);
  if (violations !== null) {
    return stepFailure(step, "foreign-keys", `${step.file} breaks foreign keys: ${violations}`);
  }
  const problem = live.afterStep(step.file, rehearsed, slice);
  return problem === null ? null : stepFailure(step, "broken-schema", problem);
}

function failed(failure: StepFailure): StepOutcome {
  return { ok: false, failure };
}
