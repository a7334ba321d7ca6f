// Runs one migration in an open transaction and checks what it left behind.

import { sourcePlace } from "../finding/source_position.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import type { StepLosses } from "../loss/data_loss.ts";
import { LossMeter } from "../loss/loss_meter.ts";
import type { Snapshots } from "../loss/snapshots.ts";
import type { Connection } from "../sqlite/connection.ts";
import { schemaDelta } from "../sqlite/schema_delta.ts";
import type { StatementText } from "../sqlite/script.ts";
import {
  adviseOn,
  isUnavailable,
  SqliteError,
  type SqliteFailure,
} from "../sqlite/sqlite_error.ts";
import type { StepFailure } from "./execution.ts";
import { describeNewViolations } from "./foreign_keys.ts";
import type { Interrupter } from "../statement/interrupter.ts";
import { type LiveState, readLiveState } from "./live_state.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { StatementStream } from "../statement/statement_stream.ts";
import { dropTemporaryObjects } from "../statement/temporary_objects.ts";

/** A reason to undo a step. It leaves the transaction by the one way that always rolls back. */
export class StepAborted extends Error {
  readonly failure: StepFailure;

  constructor(failure: StepFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** A step to run, what its rehearsal said, and the database before it. */
export interface StepRun {
  readonly connection: Connection;
  readonly interrupter: Interrupter;
  readonly snapshots: Snapshots;
  readonly step: PlanStep;
  readonly rehearsed: RehearsedStep;
  readonly before: LiveState;
  readonly onStatement: (statementsDone: number) => void;
}

/** What a step took away, and the database after it; nothing of it is committed. */
export interface StepResult {
  readonly losses: StepLosses;
  readonly after: LiveState;
}

/**
 * Runs a step's statements and checks foreign keys, views, triggers and the schema against before and
 * against the rehearsal. Throws `StepAborted` where the transaction must be rolled back.
 */
export function runStep(run: StepRun): StepResult {
  try {
    if (run.interrupter.isOver()) throw interrupted(run, null);
    run.snapshots.clear();
    const meter = new LossMeter(run.connection, run.snapshots, run.rehearsed.watched);
    runStatements(run, meter);
    const losses = meter.end();
    dropTemporaryObjects(run.connection);
    const after = readLiveState(run.connection);
    checkResult(run, after);
    return { losses, after };
  } catch (error) {
    throw abortedBy(run.step, run.interrupter, error);
  }
}

/** Godwit's own SQL may fail in a step as well: for lack of time, or of room on the disk. */
export function abortedBy(step: PlanStep, interrupter: Interrupter, error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  return error.failure.code === "SQLITE_INTERRUPT"
    ? interrupted({ step, interrupter }, null)
    : new StepAborted({
      ...failureOf(step, "unavailable", adviseOn(error.failure)),
      sqliteCode: error.failure.code,
    });
}

function runStatements(
  { connection, interrupter, step, onStatement }: StepRun,
  meter: LossMeter,
): void {
  using stream = new StatementStream(connection, step.sql, "refuse");
  for (let number = 1;; number++) {
    if (meter.isDueBefore(number)) stream.unguarded(() => meter.beforeStatement(number));
    const next = stream.next();
    if (next.kind === "end") return;
    if (next.kind === "failed") throw aborted(step, interrupter, next.text, next.failure);
    const { failure } = stream.run();
    if (failure !== null) throw aborted(step, interrupter, next.text, failure);
    onStatement(number);
  }
}

function checkResult({ interrupter, step, rehearsed, before }: StepRun, after: LiveState): void {
  const violations = describeNewViolations(
    before.foreignKeys,
    after.foreignKeys,
    rehearsed.renamed,
  );
  if (violations !== null) {
    throw new StepAborted(
      failureOf(step, "foreign-keys", `${step.file} breaks foreign keys: ${violations}`),
    );
  }
  const broken = after.broken.find(({ message }) =>
    !before.broken.some((known) => known.message === message)
  );
  if (broken !== undefined) {
    // Compiling can be interrupted too, and an interrupted view is not a broken one.
    if (interrupter.isOver()) throw interrupted({ step, interrupter }, null);
    const what = `${step.file} breaks the ${broken.object} on "${broken.name}": ${broken.message}`;
    throw new StepAborted(failureOf(step, "broken-schema", what));
  }
  const isForeseen = rehearsed.schemaDelta === null ||
    rehearsed.schemaDelta === schemaDelta(before.schema, after.schema);
  if (!isForeseen) {
    const what = `${step.file} left another schema than its rehearsal did; nothing of it was kept`;
    throw new StepAborted(failureOf(step, "broken-schema", what));
  }
}

function aborted(
  step: PlanStep,
  interrupter: Interrupter,
  text: StatementText,
  failure: SqliteFailure,
): StepAborted {
  const offset = failure.offset ?? text.offset;
  const place = { ...sourcePlace(step.sql, step.line, offset), statement: text.sql };
  if (failure.code === "SQLITE_INTERRUPT") return interrupted({ step, interrupter }, place);
  const reason = isUnavailable(failure.code) ? "unavailable" : "sql";
  return new StepAborted({
    ...failureOf(step, reason, adviseOn(failure)),
    sqliteCode: failure.code,
    place,
  });
}

function interrupted(
  { step, interrupter }: Pick<StepRun, "step" | "interrupter">,
  place: StepFailure["place"],
): StepAborted {
  const failure = interrupter.reason === "cancelled"
    ? failureOf(step, "cancelled", `${step.file} was cancelled`)
    : failureOf(
      step,
      "timeout",
      `${step.file} ran out of time; allow more with timeout_ms, or make it smaller`,
    );
  return new StepAborted({ ...failure, place });
}

function failureOf(step: PlanStep, reason: StepFailure["reason"], message: string): StepFailure {
  const { version, name, file } = step;
  return { version, name, file, reason, message, sqliteCode: null, outcome: "undone", place: null };
}
