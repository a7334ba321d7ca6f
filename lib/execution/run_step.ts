// Runs one migration in an open transaction and checks what it left behind.

import { counted } from "../finding/counted.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import type { StepLosses } from "../loss/data_loss.ts";
import { LossMeter } from "../loss/loss_meter.ts";
import type { Snapshots } from "../loss/snapshots.ts";
import type { RehearsedStep, WatchedTable } from "../rehearsal/rehearsal.ts";
import { isSchemaChange } from "../sqlite/access.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { SchemaChange, TableFate } from "../sqlite/schema_diff.ts";
import type { Lineage } from "../sqlite/schema_lineage.ts";
import type { SchemaSlice } from "../sqlite/schema_slice.ts";
import type { StatementText } from "../sqlite/script.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import { StepChanges } from "../sqlite/step_changes.ts";
import type { Interrupter } from "../statement/interrupter.ts";
import {
  type ReadyStatement,
  type RunTables,
  StatementStream,
} from "../statement/statement_stream.ts";
import { dropTemporaryObjects } from "../statement/temporary_objects.ts";
import type { StepFailure } from "./execution.ts";
import { type EnforcedTrial, tryEnforced } from "./fired_actions.ts";
import { LateLosses } from "./late_losses.ts";
import type { KnownDatabase } from "./live_database.ts";
import type { StatementProgress } from "./statement_progress.ts";
import { interrupted, placeOf, sqlFailure, stepFailure } from "./step_failure.ts";

/** A step to run, the facts of its rehearsal, and the database before it. */
export interface StepRun extends KnownDatabase {
  readonly connection: Connection;
  readonly interrupter: Interrupter;
  readonly progress: StatementProgress;
  readonly snapshots: Snapshots;
  readonly tables: RunTables;
  readonly step: PlanStep;
  readonly rehearsed: RehearsedStep;
  /** How many lost rows of each table, and lost values of each column, to read. */
  readonly examples: number;
  readonly onStatement: (statementsDone: number, text: StatementText) => void;
}

/** What a step took away, or why its transaction must be rolled back. */
export type StepOutcome =
  | {
    readonly ok: true;
    readonly changes: readonly SchemaChange[];
    /** As rehearsed, or as found while the step ran. */
    readonly watched: readonly WatchedTable[];
    readonly losses: StepLosses;
  }
  | { readonly ok: false; readonly failure: StepFailure };

/**
 * Runs a step's statements in the open transaction. Then compares foreign keys with those before
 * the run, and the schema with that of the rehearsal. A failure of SQLite becomes a `StepFailure`.
 */
export function runStep(run: StepRun): StepOutcome {
  const { connection, interrupter, step, rehearsed } = run;
  try {
    if (interrupter.isOver()) return failed(interrupted(step, interrupter));
    run.foreignKeys.beforeStep(rehearsed);
    run.snapshots.clear();
    const changes = new StepChanges(run.schema);
    const losses = lossesOf(run, changes.lineage);
    const failure = runStatements(run, losses, changes);
    if (failure !== null) return failed(failure);
    const diff = changes.describe();
    const measured = losses.end(diff.fates);
    dropTemporaryObjects(connection, run.tables);
    const problem = checkResult(run, changes.slice);
    // The last statement may have ended late, and compiling can be interrupted too.
    if (interrupter.isOver()) return failed(interrupted(step, interrupter));
    if (problem !== null) return failed(problem);
    return { ok: true, changes: diff.changes, ...measured };
  } catch (error) {
    // Godwit's own SQL may fail in a step as well: for lack of time, or of room on the disk.
    if (!(error instanceof SqliteError)) throw error;
    return failed(sqlFailure(step, interrupter, error.failure));
  }
}

/** Measures a step by its rehearsal, or where that is incomplete, by what its statements do. */
interface RunLosses {
  beforeStatement(stream: StatementStream, ready: ReadyStatement, number: number): void;
  end(fates: readonly TableFate[]): Pick<Extract<StepOutcome, { ok: true }>, "watched" | "losses">;
}

function lossesOf(
  { connection, snapshots, schema, step, rehearsed: { touched, watched }, examples }: StepRun,
  lineage: Lineage,
): RunLosses {
  if (touched === null) {
    return new LateLosses(connection, snapshots, schema, lineage, step, examples);
  }
  const meter = new LossMeter(connection, snapshots, watched, examples);
  return {
    beforeStatement(stream, _ready, number) {
      if (meter.isDueBefore(number)) stream.unguarded(() => meter.beforeStatement(number));
    },
    end: () => ({ watched, losses: meter.end() }),
  };
}

function runStatements(
  run: StepRun,
  losses: RunLosses,
  changes: StepChanges,
): StepFailure | null {
  const { connection, step } = run;
  const mode = step.foreignKeys ?? "off";
  using stream = new StatementStream(connection, step.sql, "refuse", mode, run.tables);
  for (let number = 1;; number++) {
    const ran = runNext(
      run,
      stream,
      (ready) => {
        losses.beforeStatement(stream, ready, number);
        run.progress.begin(stream, ready, number);
      },
      changes,
    );
    run.progress.end();
    if (ran === "end") return null;
    if ("reason" in ran) return ran;
    // Only a statement that takes long is interrupted in itself.
    if (run.interrupter.isOver()) return interrupted(step, run.interrupter);
    run.onStatement(number, ran);
  }
}

function runNext(
  { connection, interrupter, schema, step }: StepRun,
  stream: StatementStream,
  measure: (ready: ReadyStatement) => void,
  changes: StepChanges,
): StatementText | StepFailure | "end" {
  const next = stream.next();
  if (next.kind === "end") return "end";
  if (next.kind === "failed") return sqlFailure(step, interrupter, next.failure, next.text);
  measure(next);
  const trial = step.foreignKeys === null ? tryEnforced(connection, stream, next, schema) : null;
  const before = connection.totalChanges;
  const { failure } = stream.run();
  if (failure !== null) return sqlFailure(step, interrupter, failure, next.text);
  if (trial !== null) {
    const refusal = refuseActions(step, next, trial, connection.totalChanges - before);
    if (refusal !== null) return refusal;
  }
  if (next.accesses.some(isSchemaChange)) {
    stream.unguarded(() => changes.follow(next.accesses));
  }
  return next.text;
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
    : `The statement sets off ${actions} for ${counted(fired, "row")}`;
  const message = `${what}, and actions do not fire in a migration; write "-- foreign-keys: on" ` +
    `above "-- UP" if they are meant to, or "-- foreign-keys: off" if not`;
  return { ...stepFailure(step, "foreign-key-action", message), place: placeOf(step, text) };
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
