// Runs a reviewed plan against the real database, each migration in one transaction.

import type { Deadline } from "../deadline.ts";
import { schemaDigest } from "../history/database_base.ts";
import { mayLoseData } from "../loss/foreseen_losses.ts";
import { renameMovedColumns } from "../loss/moved_column.ts";
import { Snapshots } from "../loss/snapshots.ts";
import type { HistoryEntry } from "../plan/history.ts";
import type { MigrationPlan, PlanStep } from "../plan/migration_plan.ts";
import { isReserved } from "../plan/reserved_names.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { SchemaFollower } from "../sqlite/schema_follower.ts";
import { adviseOn, SqliteError } from "../sqlite/sqlite_error.ts";
import { Interrupter } from "../statement/interrupter.ts";
import { noTables } from "../statement/statement_stream.ts";
import type { BackupPlace } from "./backup.ts";
import type { ExecutedStep, Execution, ExecutionEvent, StepFailure } from "./execution.ts";
import { ForeignKeyGuard } from "./foreign_key_guard.ts";
import { LiveSchema } from "./live_schema.ts";
import { RunBackup } from "./run_backup.ts";
import { RunHistory } from "./run_history.ts";
import { runStep, type StepRun } from "./run_step.ts";
import { sqlFailure } from "./step_failure.ts";

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

/** A step that ran to its end in a transaction that is still open. */
interface FinishedStep {
  readonly kind: "finished";
  readonly executed: ExecutedStep;
  readonly entry: HistoryEntry;
}

/** How the attempt at a step ended; but for a finished step, its transaction is rolled back. */
type Attempt =
  | FinishedStep
  /** The step took away what its rehearsal did not foresee, and there is no backup yet. */
  | { readonly kind: "backup-missing" }
  | Exclude<Execution["end"], { readonly kind: "completed" }>;

/** What is known of the real database while a plan is executed. */
type Live = Pick<StepRun, "schema" | "foreignKeys" | "live">;

class Run implements Disposable {
  readonly #connection: Connection;
  readonly #plan: MigrationPlan;
  readonly #rehearsed: readonly RehearsedStep[];
  readonly #options: ExecutionOptions;
  readonly #interrupter: Interrupter;
  readonly #foreignKeysWereOn: boolean;
  readonly #snapshots: Snapshots;
  readonly #history: RunHistory;
  readonly #backup: RunBackup;
  readonly #tables = noTables();
  readonly #executed: ExecutedStep[] = [];
  #announcedVersion: number | null = null;
  // Set while it is not known whether the disk has the last COMMIT: its flush failed, but SQLite may
  // find it whole when the database is opened again.
  #isCommitDoubtful = false;
  #live: Live | null = null;
  #dataVersion: number | null = null;

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
    this.#history = new RunHistory(connection, plan, options.appliedBy);
    this.#backup = new RunBackup(connection, options.backups);
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
      const end = this.#options.mode === "commit"
        ? await this.#commitEach()
        : await this.#undoAll();
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
    if (this.#foreignKeysWereOn) this.#connection.exec("PRAGMA foreign_keys=ON");
  }

  async #commitEach(): Promise<Execution["end"]> {
    for (const [index, step] of this.#plan.steps.entries()) {
      const started = performance.now();
      const attempt = await this.#commitStep(step, index);
      if (attempt.kind === "finished") continue;
      if (attempt.kind !== "failed") return attempt;
      this.#recordFailure(step, attempt.failure, started);
      const outcome = this.#isCommitDoubtful ? "unknown" : "undone";
      return { kind: "failed", failure: { ...attempt.failure, outcome } };
    }
    return { kind: "completed" };
  }

  async #commitStep(
    step: PlanStep,
    index: number,
  ): Promise<Exclude<Attempt, { readonly kind: "backup-missing" }>> {
    try {
      const refused = this.#isForeseenToLose(index) ? this.#backUp() : null;
      if (refused !== null) return refused;
      const attempt = await this.#tryToCommit(step, index);
      if (attempt.kind !== "backup-missing") return attempt;
      // SQLite does not say beforehand that UPDATE OR REPLACE, say, deletes rows.
      const refusedNow = this.#backUp();
      if (refusedNow !== null) return refusedNow;
      const again = await this.#tryToCommit(step, index);
      if (again.kind !== "backup-missing") return again;
      throw new Error("A step asks for a backup that there is");
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
      return { kind: "failed", failure: sqlFailure(step, this.#interrupter, error.failure) };
    }
  }

  async #tryToCommit(step: PlanStep, index: number): Promise<Attempt> {
    const attempt = await this.#transaction("COMMIT", async () => {
      const changed = await this.#compareBase();
      if (changed !== null) return changed;
      const finished = this.#runStep(step, index);
      if (finished.kind !== "finished") return finished;
      const isUnsaved = finished.executed.dataLoss.length > 0 && this.#backup.made === null;
      return isUnsaved ? { kind: "backup-missing" } as const : finished;
    });
    if (attempt.kind === "finished") this.#keep(attempt);
    // What is known of the schema is no longer true.
    else this.#live = null;
    return attempt;
  }

  async #undoAll(): Promise<Execution["end"]> {
    return await this.#transaction("ROLLBACK", async () => {
      const changed = await this.#compareBase();
      if (changed !== null) return changed;
      for (const [index, step] of this.#plan.steps.entries()) {
        const attempt = this.#runStep(step, index);
        if (attempt.kind === "finished") {
          this.#keep(attempt);
          continue;
        }
        this.#options.onEvent({ kind: "step-failed", failure: attempt.failure });
        return attempt;
      }
      return { kind: "completed" };
    });
  }

  /** Counts a step as done. A COMMIT can fail, so this comes after it. */
  #keep({ executed, entry }: FinishedStep): void {
    this.#history.keep(entry);
    this.#executed.push(executed);
    this.#options.onEvent({ kind: "step-finished", step: executed, entry });
  }

  /** Ends the transaction with "COMMIT" only where a step has finished. */
  async #transaction<T extends { readonly kind: string }>(
    end: "COMMIT" | "ROLLBACK",
    work: () => Promise<T>,
  ): Promise<T> {
    this.#connection.begin();
    try {
      const result = await work();
      if (end === "COMMIT" && result.kind === "finished") {
        this.#isCommitDoubtful = true;
        this.#connection.commit();
        this.#isCommitDoubtful = false;
      }
      return result;
    } finally {
      this.#connection.rollback();
    }
  }

  /** Compares the database with the base of the plan; `null` where it is that. */
  async #compareBase(): Promise<Extract<Attempt, { kind: "plan-changed" }> | null> {
    const { plugin, base } = this.#plan;
    const changed = (what: string): Extract<Attempt, { kind: "plan-changed" }> => ({
      kind: "plan-changed",
      message: `The ${what} of "${plugin}" changed after the plan was made; make a new plan`,
    });
    // Read whole before the first step. After that only this run, which holds the database, changes
    // it; the number says whether another connection did: https://sqlite.org/pragma.html#pragma_data_version
    const dataVersion = this.#connection.integer("PRAGMA data_version");
    if (dataVersion !== (this.#dataVersion ??= dataVersion)) return changed("database");
    if (this.#live !== null) return null;
    const isFirst = this.#executed.length === 0;
    if (isFirst && !await this.#history.isBase()) return changed("history");
    const schema = new SchemaFollower(this.#connection, isReserved);
    if (isFirst && await schemaDigest(schema.schema) !== base.schema) return changed("schema");
    const isRehearsed = this.#rehearsed.every(({ schemaDelta }) => schemaDelta !== null);
    this.#live = {
      schema,
      foreignKeys: new ForeignKeyGuard(this.#connection, schema),
      live: new LiveSchema(this.#connection, schema, isRehearsed),
    };
    return null;
  }

  #runStep(step: PlanStep, index: number): FinishedStep | Extract<Attempt, { kind: "failed" }> {
    const rehearsed = this.#rehearsed[index];
    if (rehearsed?.version !== step.version) throw new Error("The rehearsal is not of this plan");
    if (this.#live === null) throw new Error("The base of the plan was not compared");
    const started = performance.now();
    this.#announce(step, rehearsed);
    const outcome = runStep({
      connection: this.#connection,
      interrupter: this.#interrupter,
      snapshots: this.#snapshots,
      ...this.#live,
      tables: this.#tables,
      step,
      rehearsed,
      onStatement: (statementsDone) =>
        this.#options.onEvent({ kind: "statement-finished", statementsDone }),
    });
    if (!outcome.ok) return { kind: "failed", failure: outcome.failure };
    const { version, name } = step;
    const executed: ExecutedStep = {
      version,
      name,
      executionTimeMs: Math.round(performance.now() - started),
      at: this.#options.now(),
      statements: rehearsed.statementCount,
      changes: renameMovedColumns(outcome.changes, rehearsed.watched, outcome.losses.moved),
      dataLoss: outcome.losses.dataLoss,
      reusedNumbers: outcome.losses.reusedNumbers,
    };
    const { executionTimeMs, at } = executed;
    const entry = this.#history.write(step, { executionTimeMs, at, error: null });
    return { kind: "finished", executed, entry };
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
    return this.#backup.made === null && rehearsed !== undefined &&
      mayLoseData(this.#connection, rehearsed.watched);
  }

  #backUp(): Extract<Attempt, { kind: "unavailable" }> | null {
    const { plugin } = this.#plan;
    const at = this.#options.now();
    const outcome = this.#backup.ensure(plugin, this.#history.currentVersion, at);
    if (outcome.ok) return null;
    const { message, sqliteCode = null } = outcome;
    return { kind: "unavailable", message, sqliteCode };
  }

  #recordFailure(step: PlanStep, failure: StepFailure, started: number): void {
    this.#options.onEvent({ kind: "step-failed", failure });
    const executionTimeMs = Math.round(performance.now() - started);
    // A time limit that ended the migration must not end the record of it.
    this.#interrupter[Symbol.dispose]();
    const result = { executionTimeMs, at: this.#options.now(), error: failure.message };
    // What a failed COMMIT left in the log is overwritten now, and cannot come back.
    if (this.#history.recordFailure(step, result)) this.#isCommitDoubtful = false;
  }

  #execution(end: Execution["end"]): Execution {
    const isUndone = this.#options.mode === "rehearse-on-data";
    return {
      executed: this.#executed,
      history: isUndone
        ? new RunHistory(this.#connection, this.#plan, "").entries
        : this.#history.entries,
      backup: this.#backup.made?.path ?? null,
      spaceChecked: this.#backup.made?.spaceChecked ?? true,
      end,
    };
  }
}
