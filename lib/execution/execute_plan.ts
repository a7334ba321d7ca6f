// Runs a reviewed plan on the real database: each migration is committed whole, a few small ones at
// a time, or all of them in one transaction.

import { readHistory } from "../history/history_table.ts";
import { lossMessages } from "../loss/loss_messages.ts";
import { renameMovedColumns } from "../loss/moved_column.ts";
import { Snapshots } from "../loss/snapshots.ts";
import type { HistoryEntry } from "../plan/history.ts";
import type { MigrationPlan, PlanStep } from "../plan/migration_plan.ts";
import type { RehearsedStep, WatchedTable } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { adviseOn, SqliteError } from "../sqlite/sqlite_error.ts";
import { Interrupter } from "../statement/interrupter.ts";
import { noTables } from "../statement/statement_stream.ts";
import type { ExecutedStep, Execution, ExecutionOptions, StepFailure } from "./execution.ts";
import { switchOffForeignKeys } from "./foreign_keys_off.ts";
import { LiveDatabase } from "./live_database.ts";
import { PlanReview } from "./plan_review.ts";
import { RunBackup } from "./run_backup.ts";
import { RunHistory } from "./run_history.ts";
import { runStep } from "./run_step.ts";
import { RunTransaction } from "./run_transaction.ts";
import { StatementProgress } from "./statement_progress.ts";
import { COLLECT_MS, isSmall } from "./small_steps.ts";
import { sqlFailure, stepFailure } from "./step_failure.ts";

/**
 * Executes `plan`, whose steps `rehearsed` are. History and schema are read again inside the first
 * transaction and refused where they are not the plan's base. After a failure the steps before it
 * stay committed; the failed one is undone whole and recorded.
 */
export async function executePlan(
  connection: Connection,
  plan: MigrationPlan,
  rehearsed: readonly RehearsedStep[],
  options: ExecutionOptions,
): Promise<Execution> {
  using run = new Run(connection, plan, rehearsed, options);
  return await run.execute();
}

/** A step and its place among the steps of the plan. */
interface IndexedStep {
  readonly index: number;
  readonly step: PlanStep;
}

/** A step that ran to its end in a transaction that is still open. */
interface FinishedStep {
  readonly kind: "finished";
  readonly executed: ExecutedStep;
  readonly entry: HistoryEntry;
}

/** A step that failed; `started` is the time of the process. */
interface FailedStep {
  readonly kind: "failed";
  readonly step: PlanStep;
  readonly failure: StepFailure;
  readonly started: number;
}

/** Steps that were committed. The one after them may have failed, and is undone alone. */
interface Committed {
  readonly kind: "completed";
  readonly failed: FailedStep | null;
}

/** How the attempt at a transaction ended; if it is not completed, everything in it is undone. */
type Attempt =
  | Committed
  | FailedStep
  /** Steps lost what their rehearsal did not predict, and there is no backup yet. */
  | { readonly kind: "backup-missing" }
  | Exclude<Execution["end"], { readonly kind: "completed" | "failed" }>;

const COMPLETED = { kind: "completed" } as const;
const ALL_COMMITTED = { kind: "completed", failed: null } as const;

class Run implements Disposable {
  readonly #connection: Connection;
  readonly #plan: MigrationPlan;
  readonly #rehearsed: readonly RehearsedStep[];
  readonly #options: ExecutionOptions;
  readonly #interrupter: Interrupter;
  readonly #progress: StatementProgress;
  readonly #foreignKeysOff: Disposable;
  readonly #snapshots: Snapshots;
  readonly #history: RunHistory;
  readonly #backup: RunBackup;
  readonly #database: LiveDatabase;
  readonly #transaction: RunTransaction;
  readonly #tables = noTables();
  readonly #executed: ExecutedStep[] = [];
  readonly #watched = new Map<number, readonly WatchedTable[]>();
  readonly #announced = new Set<number>();
  #collects: boolean;
  readonly #review: PlanReview | null;

  constructor(
    connection: Connection,
    plan: MigrationPlan,
    rehearsed: readonly RehearsedStep[],
    options: ExecutionOptions,
  ) {
    this.#connection = connection;
    this.#plan = plan;
    this.#rehearsed = rehearsed;
    this.#options = options;
    this.#collects = options.mode === "commit" && options.transaction === "migration";
    this.#history = new RunHistory(connection, plan, options);
    this.#backup = new RunBackup(connection, plan, options.backups, options.deadline);
    this.#transaction = new RunTransaction(connection);
    this.#database = new LiveDatabase(connection, plan, rehearsed, this.#history);
    this.#foreignKeysOff = switchOffForeignKeys(connection);
    this.#snapshots = new Snapshots(connection);
    this.#progress = new StatementProgress(
      connection,
      (report) => options.onEvent({ kind: "statement-progress", ...report }),
    );
    const check = (nowMs: number): void => this.#progress.check(nowMs);
    this.#interrupter = new Interrupter(connection, options.deadline, check);
    const { mode } = options;
    this.#review = typeof mode === "string" ? null : new PlanReview(mode.examples);
  }

  async execute(): Promise<Execution> {
    try {
      const end = await this.#run();
      return this.#execution(end);
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
      const { failure } = error;
      const message = adviseOn(failure);
      return this.#execution({ kind: "unavailable", message, sqliteCode: failure.code });
    }
  }

  [Symbol.dispose](): void {
    this.#interrupter[Symbol.dispose]();
    this.#snapshots[Symbol.dispose]();
    this.#foreignKeysOff[Symbol.dispose]();
  }

  async #run(): Promise<Execution["end"]> {
    const steps = [...this.#plan.steps.entries()].map(([index, step]) => ({ index, step }));
    if (this.#options.mode !== "commit") return await this.#undo(steps);
    if (this.#options.transaction === "plan") return await this.#commit(steps);
    while (this.#executed.length < steps.length) {
      const end = await this.#commit(this.#together(steps.slice(this.#executed.length)));
      if (end.kind !== "completed") return end;
    }
    return COMPLETED;
  }

  /** The first of `steps`, and with it those that may share its transaction. */
  #together(steps: readonly IndexedStep[]): readonly IndexedStep[] {
    const alone = steps.findIndex((step) => !isSmall(this.#rehearsalOf(step)));
    return steps.slice(0, !this.#collects || alone === 0 ? 1 : alone === -1 ? steps.length : alone);
  }

  /** Runs steps in one transaction, and records the one that failed. */
  async #commit(steps: readonly IndexedStep[]): Promise<Execution["end"]> {
    const [first] = steps;
    if (first === undefined) return COMPLETED;
    const attempt = await this.#commitBackedUp(steps, first);
    const failed = attempt.kind === "completed" ? attempt.failed : attempt;
    if (failed?.kind !== "failed") return failed ?? COMPLETED;
    if (attempt === failed && failed.step !== first.step && this.#collects) {
      // The disk failed and SQLite undid the steps before it too; those are kept one by one.
      this.#collects = false;
      return COMPLETED;
    }
    this.#recordFailure(failed);
    const outcome = this.#transaction.isDoubtful ? "unknown" : "undone";
    return { kind: "failed", failure: { ...failed.failure, outcome } };
  }

  async #commitBackedUp(
    steps: readonly IndexedStep[],
    first: IndexedStep,
  ): Promise<Exclude<Attempt, { readonly kind: "backup-missing" }>> {
    const started = performance.now();
    try {
      const isDue = this.#backup.isDueBefore(steps.map((step) => this.#rehearsalOf(step)));
      const refused = isDue ? await this.#backUp() : null;
      if (refused !== null) return refused;
      const attempt = await this.#tryToCommit(steps);
      if (attempt.kind !== "backup-missing") return attempt;
      // SQLite does not say beforehand that UPDATE OR REPLACE deletes rows.
      const refusedNow = await this.#backUp();
      if (refusedNow !== null) return refusedNow;
      const again = await this.#tryToCommit(steps);
      if (again.kind !== "backup-missing") return again;
      throw new Error("The backup that was made is missing");
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
      const { step } = first;
      const failure = sqlFailure(step, this.#interrupter, error.failure);
      return { kind: "failed", step, failure, started };
    }
  }

  async #tryToCommit(steps: readonly IndexedStep[]): Promise<Attempt> {
    const { commitGate } = this.#options;
    const finished: FinishedStep[] = [];
    let kept = 0;
    try {
      const attempt = await this.#transaction.run("COMMIT", async () => {
        const end = await this.#runSteps(steps, (step) => finished.push(step));
        const isLossy = finished.some(({ executed }) => executed.dataLoss.length > 0);
        const isUnsaved = end.kind === "completed" && isLossy && !this.#backup.isSaved;
        if (isUnsaved) return { kind: "backup-missing" } as const;
        return end.kind === "completed" && !commitGate.begin() ? this.#cancelled(steps) : end;
      });
      if (attempt.kind !== "completed") {
        this.#database.forget();
        return attempt;
      }
      finished.forEach((step) => this.#keep(step));
      kept = finished.length;
      return attempt;
    } finally {
      commitGate.end(kept);
    }
  }

  /** The last step of a transaction that is cancelled before its COMMIT. */
  #cancelled(steps: readonly IndexedStep[]): FailedStep {
    const last = steps.at(-1);
    if (last === undefined) throw new Error("A transaction has no step");
    const { step } = last;
    const failure = stepFailure(step, "cancelled", `${step.file} was cancelled`);
    return { kind: "failed", step, failure, started: performance.now() };
  }

  async #undo(steps: readonly IndexedStep[]): Promise<Execution["end"]> {
    return await this.#transaction.run("ROLLBACK", async () => {
      const end = await this.#runSteps(steps, (step) => this.#keep(step));
      if (end.kind === "completed") {
        this.#review?.end(this.#database.known.schema);
        return COMPLETED;
      }
      if (end.kind === "failed") {
        this.#options.onEvent({ kind: "step-failed", failure: end.failure });
      }
      return end;
    });
  }

  /** Runs steps in the open transaction, up to one that fails. */
  async #runSteps(
    steps: readonly IndexedStep[],
    onFinished: (step: FinishedStep) => void,
  ): Promise<Exclude<Attempt, { readonly kind: "backup-missing" | "unavailable" }>> {
    const changed = await this.#database.compareWithBase();
    if (changed !== null) return { kind: "plan-changed", message: changed };
    this.#review?.begin(this.#database.known.schema);
    this.#history.createTables();
    const startedMs = performance.now();
    for (const step of steps) {
      const outcome = step === steps[0] || !this.#collects
        ? this.#runStep(step)
        : this.#runAfterOthers(step);
      if (outcome.kind !== "finished") return outcome;
      onFinished(outcome);
      if (this.#collects && performance.now() - startedMs >= COLLECT_MS) break;
    }
    return ALL_COMMITTED;
  }

  /** Runs a step after others of its transaction; if it fails, those before it are kept. */
  #runAfterOthers(step: IndexedStep): FinishedStep | FailedStep | Committed {
    const outcome = this.#transaction.runPart(() => {
      const outcome = this.#runStep(step);
      // A time limit that ended the step must not end the COMMIT of those before it.
      if (outcome.kind === "failed") this.#interrupter[Symbol.dispose]();
      return outcome;
    });
    return outcome.kind === "failed" && this.#connection.inTransaction
      ? { kind: "completed", failed: outcome }
      : outcome;
  }

  /** Counts a step as done. A COMMIT can fail, so this comes after it. */
  #keep({ executed, entry }: FinishedStep): void {
    this.#history.keep(entry);
    this.#executed.push(executed);
    this.#options.onEvent({ kind: "step-finished", step: executed, entry });
  }

  #runStep(indexed: IndexedStep): FinishedStep | FailedStep {
    const { step } = indexed;
    const rehearsed = this.#rehearsalOf(indexed);
    const started = performance.now();
    this.#announce(step, rehearsed);
    const review = this.#review?.beginStep(step);
    const outcome = runStep({
      connection: this.#connection,
      interrupter: this.#interrupter,
      progress: this.#progress,
      snapshots: this.#snapshots,
      ...this.#database.known,
      tables: this.#tables,
      step,
      rehearsed,
      examples: this.#review?.examples ?? 0,
      onStatement: (statementsDone, text) => {
        review?.add(text);
        this.#options.onEvent({ kind: "statement-finished", statementsDone });
      },
    });
    if (!outcome.ok) return { kind: "failed", step, failure: outcome.failure, started };
    const { version, name } = step;
    const executed: ExecutedStep = {
      version,
      name,
      executionTimeMs: Math.round(performance.now() - started),
      at: this.#options.now(),
      statements: rehearsed.statementCount,
      changes: renameMovedColumns(outcome.changes, outcome.watched, outcome.losses.moved),
      dataLoss: outcome.losses.dataLoss,
      reusedNumbers: outcome.losses.reusedNumbers,
      unmeasured: outcome.losses.unmeasured,
    };
    review?.end(outcome.losses.examples);
    this.#watched.set(version, outcome.watched);
    const entry = this.#history.write(step, {
      executionTimeMs: executed.executionTimeMs,
      at: executed.at,
      error: null,
      backup: this.#backup.madeName,
      changes: executed.changes,
      dataLoss: lossMessages(executed.dataLoss),
    });
    return { kind: "finished", executed, entry };
  }

  #rehearsalOf({ step, index }: IndexedStep): RehearsedStep {
    const rehearsed = this.#rehearsed[index];
    if (rehearsed?.version !== step.version) throw new Error("The rehearsal is not of this plan");
    return rehearsed;
  }

  // Once, even where the step must be run again after a backup.
  #announce({ version, name }: PlanStep, { statementCount }: RehearsedStep): void {
    if (this.#announced.has(version)) return;
    this.#announced.add(version);
    const statementsTotal = statementCount;
    this.#options.onEvent({ kind: "step-started", version, name, statementsTotal });
  }

  async #backUp(): Promise<Extract<Attempt, { kind: "unavailable" }> | null> {
    const outcome = await this.#backup.ensure(this.#options.now(), this.#executed.length);
    if (outcome.ok) return null;
    const { message, sqliteCode = null } = outcome;
    return { kind: "unavailable", message, sqliteCode };
  }

  #recordFailure({ step, failure, started }: FailedStep): void {
    this.#options.onEvent({ kind: "step-failed", failure });
    const executionTimeMs = Math.round(performance.now() - started);
    // A time limit that ended the migration must not end the record of it.
    this.#interrupter[Symbol.dispose]();
    const result = {
      executionTimeMs,
      at: this.#options.now(),
      error: failure.message,
      backup: null,
      changes: [],
      dataLoss: [],
    };
    // What a failed COMMIT left in the log is overwritten now, and cannot come back.
    if (this.#history.recordFailure(step, result)) this.#transaction.settle();
  }

  #execution(end: Execution["end"]): Execution {
    const isUndone = this.#options.mode !== "commit";
    return {
      executed: this.#executed,
      watched: this.#watched,
      history: isUndone ? readHistory(this.#connection, this.#plan.plugin) : this.#history.entries,
      backup: this.#backup.made,
      stepsBeforeBackup: this.#backup.stepsBefore,
      spaceChecked: this.#backup.made?.spaceChecked ?? true,
      review: this.#review?.review ?? null,
      end,
    };
  }
}
