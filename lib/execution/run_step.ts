// Runs one migration in an open transaction and checks what it left behind.

import { clippedMessage } from "../clipped_text.ts";
import { SourceText } from "../finding/source_text.ts";
import type { PlanStep } from "../plan/migration_plan.ts";
import type { Connection } from "../sqlite/connection.ts";
import { schemaDelta } from "../sqlite/schema_delta.ts";
import type { StatementText } from "../sqlite/script.ts";
import {
  adviseOn,
  isUnavailable,
  SqliteError,
  type SqliteFailure,
} from "../sqlite/sqlite_error.ts";
import { countTables, type DataLoss, measureLoss } from "./data_loss.ts";
import type { StepFailure } from "./execution.ts";
import { describeNewViolations } from "./foreign_keys.ts";
import type { Interrupter } from "../statement/interrupter.ts";
import { type LiveState, readLiveState } from "./live_state.ts";
import type { RehearsedStep, WritingStatement } from "../rehearsal/rehearsal.ts";
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
  readonly step: PlanStep;
  readonly rehearsed: RehearsedStep;
  readonly before: LiveState;
  readonly onStatement: (statementsDone: number) => void;
}

/** What a step took away, and the database after it; nothing of it is committed. */
export interface StepResult {
  readonly dataLoss: readonly DataLoss[];
  readonly after: LiveState;
}

/**
 * Runs a step's statements and checks foreign keys, views, triggers and the schema against before and
 * against the rehearsal. Throws `StepAborted` where the transaction must be rolled back.
 */
export function runStep(run: StepRun): StepResult {
  try {
    if (run.interrupter.isOver()) throw interrupted(run, null);
    const counts = countTables(run.connection, run.rehearsed.watched, "all");
    const deletedRows = runStatements(run);
    const dataLoss = measureLoss(run.connection, counts, deletedRows);
    dropTemporaryObjects(run.connection);
    const after = readLiveState(run.connection);
    checkResult(run, after);
    return { dataLoss, after };
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
  { connection, interrupter, step, rehearsed, onStatement }: StepRun,
): ReadonlyMap<string, number> {
  const deletedRows = new Map<string, number>();
  using stream = new StatementStream(connection, step.sql, "refuse");
  for (let done = 1;; done++) {
    const advance = (): boolean => {
      const next = stream.next();
      if (next.kind === "end") return false;
      if (next.kind === "failed") throw aborted(step, interrupter, next.text, next.failure);
      const { failure } = stream.run();
      if (failure !== null) throw aborted(step, interrupter, next.text, failure);
      return true;
    };
    const writing = rehearsed.writing.find(({ number }) => number === done);
    const more = writing === undefined
      ? advance()
      : countDeleted(connection, writing, deletedRows, advance);
    if (!more) return deletedRows;
    // Only a statement that takes long is interrupted in itself.
    if (interrupter.isOver()) throw interrupted({ step, interrupter }, null);
    onStatement(done);
  }
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
  const place = new SourceText(step).placeOf(text, offset);
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
  return {
    version,
    name,
    file,
    reason,
    message: clippedMessage(message),
    sqliteCode: null,
    outcome: "undone",
    place: null,
  };
}
