// Runs a reviewed plan against the real database, each migration in one transaction.

import { currentVersion, type History, type HistoryEntry, withEntry } from "../plan/history.ts";
import { historyDigest, type MigrationPlan, type PlanStep } from "../plan/migration_plan.ts";
import { mayLoseData } from "../loss/foreseen_losses.ts";
import { renameMovedColumns } from "../loss/moved_column.ts";
import { Snapshots } from "../loss/snapshots.ts";
import type { Connection } from "../sqlite/connection.ts";
import { adviseOn, SqliteError } from "../sqlite/sqlite_error.ts";
import { type Backup, backUp, backupName, type BackupPlace } from "./backup.ts";
import { schemaDigest } from "../history/database_base.ts";
import type { ExecutedStep, Execution, ExecutionEvent, StepFailure } from "./execution.ts";
import { type Attempt, isApplied, readHistory, recordAttempt } from "../history/history_table.ts";
import { Interrupter } from "../statement/interrupter.ts";
import type { Deadline } from "../deadline.ts";
import { type LiveState, readLiveState } from "./live_state.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { abortedBy, runStep, StepAborted } from "./run_step.ts";

/** How a plan is run. */
export interface ExecutionOptions {
  /** `rehearse-on-data` runs the whole plan on the real rows in one transaction and undoes it. */
  readonly mode: "commit" | "rehearse-on-data";
  readonly appliedBy: string;
  readonly deadline: Deadline;
  /** The time now as ISO 8601, UTC. */
  readonly now: () => string;
  readonly backups: BackupPlace;
  readonly onEvent: (event: ExecutionEvent) => void;
}

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

/** The base that a plan was made for is no longer there. */
class BaseChanged extends Error {}

/** There must be a backup before the step, and there can be none. */
class BackupRefused extends Error {
  readonly sqliteCode: string | null;

  constructor({ message, sqliteCode = null }: { message: string; sqliteCode?: string | null }) {
    super(message);
    this.sqliteCode = sqliteCode;
  }
}

/** The step took away what its rehearsal did not foresee, and there is no backup yet. */
class BackupMissing extends Error {}

/** A step that ran to its end in a transaction that is still open. */
interface FinishedStep {
  readonly executed: ExecutedStep;
  readonly entry: HistoryEntry;
  readonly after: LiveState;
}

class Run implements Disposable {
  readonly #connection: Connection;
  readonly #plan: MigrationPlan;
  readonly #rehearsed: readonly RehearsedStep[];
  readonly #options: ExecutionOptions;
  readonly #interrupter: Interrupter;
  readonly #foreignKeysWereOn: boolean;
  readonly #snapshots: Snapshots;
  readonly #executed: ExecutedStep[] = [];
  #history: History = [];
  #announcedVersion: number | null = null;
  // Set while nobody knows whether the disk has the last COMMIT: its flush failed, but SQLite may find it
  // whole when the database is opened again.
  #isCommitDoubtful = false;
  #state: LiveState | null = null;
  #backup: Backup | null = null;

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
    // PRAGMA foreign_keys is a no-op inside a transaction, so this comes before BEGIN. With it on, the
    // DROP TABLE of a rebuild would delete the child rows: https://sqlite.org/lang_altertable.html#otheralter
    this.#foreignKeysWereOn = connection.integer("PRAGMA foreign_keys") === 1;
    connection.exec("PRAGMA foreign_keys=OFF");
    if (connection.integer("PRAGMA foreign_keys") !== 0) {
      throw new Error("PRAGMA foreign_keys=OFF did not take");
    }
    this.#snapshots = new Snapshots(connection);
    this.#interrupter = new Interrupter(connection, options.deadline);
  }

  async execute(): Promise<Execution> {
    try {
      this.#history = readHistory(this.#connection, this.#plan.plugin);
      await (this.#options.mode === "commit" ? this.#commitEach() : this.#undoAll());
      return this.#end({ kind: "completed" });
    } catch (error) {
      if (error instanceof StepAborted) {
        return this.#end({ kind: "failed", failure: error.failure });
      }
      if (error instanceof BaseChanged) {
        return this.#end({ kind: "plan-changed", message: error.message });
      }
      if (error instanceof BackupRefused) {
        const { message, sqliteCode } = error;
        return this.#end({ kind: "unavailable", message, sqliteCode });
      }
      if (error instanceof SqliteError) {
        const { failure } = error;
        return this.#end({
          kind: "unavailable",
          message: adviseOn(failure),
          sqliteCode: failure.code,
        });
      }
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#interrupter[Symbol.dispose]();
    this.#snapshots[Symbol.dispose]();
    if (this.#foreignKeysWereOn) this.#connection.exec("PRAGMA foreign_keys=ON");
  }

  async #commitEach(): Promise<void> {
    for (const [index, step] of this.#plan.steps.entries()) {
      const started = performance.now();
      try {
        if (this.#isForeseenToLose(index)) this.#backUp();
        this.#keep(await this.#commitStep(step, index));
      } catch (thrown) {
        const error = abortedBy(step, this.#interrupter, thrown);
        if (!(error instanceof StepAborted)) throw error;
        this.#recordFailure(step, error.failure, started);
        const outcome = this.#isCommitDoubtful ? "unknown" : "undone";
        throw new StepAborted({ ...error.failure, outcome });
      }
    }
  }

  async #commitStep(step: PlanStep, index: number): Promise<FinishedStep> {
    const attempt = (): Promise<FinishedStep> =>
      this.#transaction("COMMIT", async () => {
        const finished = this.#runStep(step, index, await this.#verifyBase());
        const isLossy = finished.executed.dataLoss.length > 0;
        if (isLossy && this.#backup === null) throw new BackupMissing();
        // The last statement may have ended late, and whoever asked may have been told so.
        if (this.#interrupter.isOver()) {
          throw new SqliteError({ code: "SQLITE_INTERRUPT", message: "interrupted", offset: null });
        }
        return finished;
      });
    try {
      return await attempt();
    } catch (error) {
      // SQLite does not say beforehand that UPDATE OR REPLACE, say, deletes rows.
      if (!(error instanceof BackupMissing)) throw error;
      this.#backUp();
      return await attempt();
    }
  }

  async #undoAll(): Promise<void> {
    await this.#transaction("ROLLBACK", async () => {
      let state = await this.#verifyBase();
      for (const [index, step] of this.#plan.steps.entries()) {
        try {
          const finished = this.#runStep(step, index, state);
          state = finished.after;
          this.#keep(finished);
        } catch (thrown) {
          const error = abortedBy(step, this.#interrupter, thrown);
          if (error instanceof StepAborted) {
            this.#options.onEvent({ kind: "step-failed", failure: error.failure });
          }
          throw error;
        }
      }
    });
  }

  /** Counts a step as done. A COMMIT can fail, so this comes after it. */
  #keep({ executed, entry, after }: FinishedStep): void {
    this.#history = withEntry(this.#history, entry);
    this.#state = after;
    this.#executed.push(executed);
    this.#options.onEvent({ kind: "step-finished", step: executed, entry });
  }

  async #transaction<T>(end: "COMMIT" | "ROLLBACK", work: () => Promise<T>): Promise<T> {
    this.#connection.begin();
    try {
      const result = await work();
      this.#isCommitDoubtful = end === "COMMIT";
      if (end === "COMMIT") this.#connection.commit();
      else this.#connection.rollback();
      this.#isCommitDoubtful = false;
      return result;
    } finally {
      this.#connection.rollback();
    }
  }

  /** Compares with the base of the plan and returns the database as it is. */
  async #verifyBase(): Promise<LiveState> {
    const { plugin, base } = this.#plan;
    const isUnchanged = this.#state === null
      ? await historyDigest(this.#history = readHistory(this.#connection, plugin)) === base.history
      : isApplied(this.#connection, plugin, this.#history);
    if (!isUnchanged) {
      throw new BaseChanged(
        `The history of "${plugin}" changed after the plan was made; make a new plan`,
      );
    }
    // The schema is compared once: after that only this run, which holds the database, changes it.
    if (this.#state !== null) return this.#state;
    const state = readLiveState(this.#connection);
    if (await schemaDigest(state.schema) !== base.schema) {
      throw new BaseChanged(
        `The schema of "${plugin}" changed after the plan was made; make a new plan`,
      );
    }
    return state;
  }

  #runStep(step: PlanStep, index: number, before: LiveState): FinishedStep {
    const rehearsed = this.#rehearsed[index];
    if (rehearsed?.version !== step.version) throw new Error("The rehearsal is not of this plan");
    const started = performance.now();
    this.#announce(step, rehearsed);
    const { losses, after } = runStep({
      connection: this.#connection,
      interrupter: this.#interrupter,
      snapshots: this.#snapshots,
      step,
      rehearsed,
      before,
      onStatement: (statementsDone) =>
        this.#options.onEvent({ kind: "statement-finished", statementsDone }),
    });
    const { version, name } = step;
    const executed: ExecutedStep = {
      version,
      name,
      executionTimeMs: Math.round(performance.now() - started),
      at: this.#options.now(),
      statements: rehearsed.statementCount,
      changes: renameMovedColumns(rehearsed, losses.moved),
      dataLoss: losses.dataLoss,
      reusedNumbers: losses.reusedNumbers,
    };
    const attempt = this.#attempt(step, executed, null);
    const entry = recordAttempt(this.#connection, this.#plan.plugin, attempt);
    return { executed, entry, after };
  }

  // Once, even where the step must be run again after a backup.
  #announce({ version, name }: PlanStep, { statementCount }: RehearsedStep): void {
    if (this.#announcedVersion === version) return;
    this.#announcedVersion = version;
    const statementsTotal = statementCount;
    this.#options.onEvent({ kind: "step-started", version, name, statementsTotal });
  }

  #isForeseenToLose(index: number): boolean {
    const rehearsed = this.#rehearsed[index];
    return this.#backup === null && rehearsed !== undefined &&
      mayLoseData(this.#connection, rehearsed.watched);
  }

  #backUp(): void {
    const occasion = `v${currentVersion(this.#history)}`;
    const name = backupName(this.#plan.plugin, occasion, this.#options.now());
    const outcome = backUp(this.#connection, this.#options.backups, name);
    if (!outcome.ok) throw new BackupRefused(outcome);
    this.#backup = outcome.value;
  }

  #recordFailure(step: PlanStep, failure: StepFailure, started: number): void {
    this.#options.onEvent({ kind: "step-failed", failure });
    const executionTimeMs = Math.round(performance.now() - started);
    const attempt = this.#attempt(
      step,
      { executionTimeMs, at: this.#options.now() },
      failure.message,
    );
    // A time limit that ended the migration must not end the record of it.
    this.#interrupter[Symbol.dispose]();
    try {
      this.#connection.begin();
      const entry = recordAttempt(this.#connection, this.#plan.plugin, attempt);
      this.#connection.commit();
      // What a failed COMMIT left in the log is overwritten now, and cannot come back.
      this.#isCommitDoubtful = false;
      this.#history = withEntry(this.#history, entry);
    } catch (error) {
      // On a full or failing disk there is no place for the record; the reply still says it.
      if (!(error instanceof SqliteError)) throw error;
      this.#connection.rollback();
    }
  }

  #attempt(
    step: PlanStep,
    done: { readonly executionTimeMs: number; readonly at: string },
    error: string | null,
  ): Attempt {
    return {
      direction: this.#plan.direction,
      version: step.version,
      name: step.name,
      checksum: step.checksum,
      at: done.at,
      by: this.#options.appliedBy,
      executionTimeMs: done.executionTimeMs,
      planHash: this.#plan.hash,
      error,
    };
  }

  #end(end: Execution["end"]): Execution {
    const isUndone = this.#options.mode === "rehearse-on-data";
    return {
      executed: this.#executed,
      history: isUndone ? readHistory(this.#connection, this.#plan.plugin) : this.#history,
      backup: this.#backup?.path ?? null,
      spaceChecked: this.#backup?.spaceChecked ?? true,
      end,
    };
  }
}
