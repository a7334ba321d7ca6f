// Runs the steps of a plan in an open transaction, and keeps account of what is done.

import { lossMessages } from "../loss/loss_messages.ts";
import { renameMovedColumns } from "../loss/moved_column.ts";
import { Snapshots } from "../loss/snapshots.ts";
import type { HistoryEntry } from "../plan/history.ts";
import type { MigrationPlan, PlanStep } from "../plan/migration_plan.ts";
import type { RehearsedStep, WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { Interrupter } from "../statement/interrupter.ts";
import { noTables } from "../statement/statement_stream.ts";
import type { ExecutedStep, ExecutionOptions, StepFailure } from "./execution.ts";
import { LiveDatabase } from "./live_database.ts";
import { PlanReview } from "./plan_review.ts";
import { RunHistory } from "./run_history.ts";
import { runStep } from "./run_step.ts";
import { StatementProgress } from "./statement_progress.ts";

/** A step of a plan, and what its rehearsal found. */
export interface PlannedStep {
  readonly step: PlanStep;
  readonly rehearsed: RehearsedStep;
}

/** A step that ran to its end in a transaction that is still open. */
export interface FinishedStep {
  readonly kind: "finished";
  readonly executed: ExecutedStep;
  readonly entry: HistoryEntry;
}

/** A step that failed; `startedMs` is the time of the process. */
export interface FailedStep {
  readonly kind: "failed";
  readonly step: PlanStep;
  readonly failure: StepFailure;
  readonly startedMs: number;
}

/** The steps of a plan with their rehearsals. Throws where these are of another plan. */
export function plannedSteps(
  { steps }: MigrationPlan,
  rehearsed: readonly RehearsedStep[],
): readonly PlannedStep[] {
  return steps.map((step, index) => {
    const facts = rehearsed[index];
    if (facts?.version !== step.version) throw new Error("The rehearsal is not of this plan");
    return { step, rehearsed: facts };
  });
}

/** What is known of one run on the real database, from its first transaction to its last. */
export class RunSteps implements Disposable {
  readonly history: RunHistory;
  /** What reviewers see of the run; `null` if it is not a review. */
  readonly review: PlanReview | null;
  readonly interrupter: Interrupter;
  readonly #connection: Connection;
  readonly #options: ExecutionOptions;
  readonly #database: LiveDatabase;
  readonly #snapshots: Snapshots;
  readonly #progress: StatementProgress;
  readonly #tables = noTables();
  readonly #announced = new Set<number>();
  readonly #executed: ExecutedStep[] = [];
  readonly #watched = new Map<number, readonly WatchedTable[]>();

  constructor(
    connection: Connection,
    plan: MigrationPlan,
    rehearsed: readonly RehearsedStep[],
    options: ExecutionOptions,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.history = new RunHistory(connection, plan, options);
    this.#database = new LiveDatabase(connection, plan, rehearsed, this.history);
    this.#snapshots = new Snapshots(connection);
    this.#progress = new StatementProgress(
      connection,
      (report) => options.onEvent({ kind: "statement-progress", ...report }),
    );
    const check = (nowMs: number): void => this.#progress.check(nowMs);
    this.interrupter = new Interrupter(connection, options.deadline, check);
    const { mode } = options;
    this.review = typeof mode === "string" ? null : new PlanReview(mode.examples);
  }

  /** The steps that are done. */
  get executed(): readonly ExecutedStep[] {
    return this.#executed;
  }

  /** The tables that each version writes to, as they were known when it had run. */
  get watched(): ReadonlyMap<number, readonly WatchedTable[]> {
    return this.#watched;
  }

  /**
   * To be called in each transaction before its first step. Says what another program has changed
   * since the plan was made; `null` if nothing.
   */
  async begin(): Promise<string | null> {
    const changed = await this.#database.compareWithBase();
    if (changed !== null) return changed;
    this.review?.begin(this.#database.known.schema);
    this.history.createTables();
    return null;
  }

  /** Runs a step and writes its entry of the history, which counts once it is kept. */
  async run(
    { step, rehearsed }: PlannedStep,
    backup: string | null,
  ): Promise<FinishedStep | FailedStep> {
    const startedMs = performance.now();
    this.#announce(step, rehearsed);
    const review = this.review?.beginStep(step);
    const outcome = runStep({
      connection: this.#connection,
      interrupter: this.interrupter,
      progress: this.#progress,
      snapshots: this.#snapshots,
      ...this.#database.known,
      tables: this.#tables,
      step,
      rehearsed,
      examples: this.review?.examples ?? 0,
      onStatement: (statementsDone, text) => {
        review?.add(text);
        this.#options.onEvent({ kind: "statement-finished", statementsDone });
      },
    });
    if (!outcome.ok) {
      const failure = await this.#withViolations(outcome.failure, rehearsed);
      return { kind: "failed", step, failure, startedMs };
    }
    review?.end(outcome.losses.examples);
    const { version, name } = step;
    const executed: ExecutedStep = {
      version,
      name,
      executionTimeMs: Math.round(performance.now() - startedMs),
      at: this.#options.now(),
      statements: rehearsed.statementCount,
      changes: renameMovedColumns(outcome.changes, outcome.watched, outcome.losses.moved),
      dataLoss: outcome.losses.dataLoss,
      reusedNumbers: outcome.losses.reusedNumbers,
      unmeasured: outcome.losses.unmeasured,
    };
    this.#watched.set(version, outcome.watched);
    const entry = this.history.write(step, {
      executionTimeMs: executed.executionTimeMs,
      at: executed.at,
      error: null,
      backup,
      changes: executed.changes,
      dataLoss: lossMessages(executed.dataLoss),
    });
    return { kind: "finished", executed, entry };
  }

  /** Counts a step as done: after its COMMIT, which can fail, or in a dry run at once. */
  keep({ executed, entry }: FinishedStep): void {
    this.history.keep(entry);
    this.#executed.push(executed);
    this.#options.onEvent({ kind: "step-finished", step: executed, entry });
  }

  /** Forgets the schema, because a transaction was rolled back. */
  forget(): void {
    this.#database.forget();
  }

  /** To be called in the transaction of a dry run after its last step. */
  endReview(): void {
    this.review?.end(this.#database.known.schema);
  }

  /** Records the step that failed, in a transaction of its own; says whether that was possible. */
  recordFailure({ step, failure, startedMs }: FailedStep): boolean {
    this.#options.onEvent({ kind: "step-failed", failure });
    // A time limit that ended the migration must not end the record of it.
    this.interrupter.stopWatching();
    return this.history.recordFailure(step, {
      executionTimeMs: Math.round(performance.now() - startedMs),
      at: this.#options.now(),
      error: failure.message,
      backup: null,
      changes: [],
      dataLoss: [],
    });
  }

  [Symbol.dispose](): void {
    this.interrupter[Symbol.dispose]();
    this.#snapshots[Symbol.dispose]();
  }

  // Most runs do not need it. Where it cannot be loaded, the failure is known all the same.
  async #withViolations(failure: StepFailure, rehearsed: RehearsedStep): Promise<StepFailure> {
    if (failure.reason !== "sql") return failure;
    const counting = await import("./violating_rows.ts").catch(() => null);
    const { schema } = this.#database.known;
    const database = { connection: this.#connection, schema, rehearsed };
    return { ...failure, violations: counting?.violatingRows(database, failure) ?? [] };
  }

  // Once, even where the step must be run again after a backup.
  #announce({ version, name }: PlanStep, { statementCount }: RehearsedStep): void {
    if (this.#announced.has(version)) return;
    this.#announced.add(version);
    const statementsTotal = statementCount;
    this.#options.onEvent({ kind: "step-started", version, name, statementsTotal });
  }
}
