// Keeps the history of a run: the steps that are done, and the one that failed.

import { historyDigest, type MigrationPlan, type PlanStep } from "../plan/migration_plan.ts";
import type { History, HistoryEntry } from "../plan/history.ts";
import { createHistoryTables, readHistory, recordAttempt } from "../history/history_table.ts";
import type { Attempt } from "../history/migration_log.ts";
import type { Connection } from "../sqlite/connection.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import type { ExecutionOptions } from "./execution.ts";

/** What the log records of the end of a step. */
export type StepResult = Pick<
  Attempt,
  "at" | "executionTimeMs" | "error" | "backup" | "changes" | "dataLoss"
>;

/** What the log records of a run. */
export type RunRecord = Pick<ExecutionOptions, "runId" | "appliedBy" | "texts">;

/** The history of a plugin while a plan is executed. */
export class RunHistory {
  readonly #connection: Connection;
  readonly #plan: MigrationPlan;
  readonly #run: RunRecord;
  readonly #entries = new Map<number, HistoryEntry>();
  #hasTables = false;

  /** Reads the history. */
  constructor(connection: Connection, plan: MigrationPlan, run: RunRecord) {
    this.#connection = connection;
    this.#plan = plan;
    this.#run = run;
    this.#read();
  }

  /** Every version that was ever tried, in ascending order. */
  get entries(): History {
    return [...this.#entries.values()].sort((one, other) => one.version - other.version);
  }

  /** Reads the history again and says whether it is the one that the plan was made for. */
  async isBase(): Promise<boolean> {
    this.#read();
    return await historyDigest(this.entries) === this.#plan.base.history;
  }

  /**
   * Makes the tracking tables in the open transaction, or brings older ones up to date. Call it
   * before the statements of a step: with these tables comes sqlite_sequence, which the SQL may
   * use.
   */
  createTables(): void {
    if (!this.#hasTables) createHistoryTables(this.#connection);
  }

  /** Writes the entry of a step into the open transaction. It counts only once it is kept. */
  write(step: PlanStep, result: StepResult): HistoryEntry {
    const { runId, appliedBy, texts } = this.#run;
    const { direction } = this.#plan;
    const isApplied = direction === "apply" && result.error === null;
    const attempt = {
      direction,
      version: step.version,
      name: step.name,
      checksum: step.checksum,
      by: appliedBy,
      planHash: this.#plan.hash,
      runId,
      fileText: isApplied ? texts.get(step.version) ?? null : null,
      ...result,
    };
    return recordAttempt(this.#connection, this.#plan.plugin, attempt);
  }

  /** Counts an entry as done. */
  keep(entry: HistoryEntry): void {
    this.#hasTables = true;
    this.#entries.set(entry.version, entry);
  }

  /** Records a failure in a transaction of its own; says whether there was a place for it. */
  recordFailure(step: PlanStep, result: StepResult): boolean {
    try {
      this.#connection.begin();
      this.createTables();
      const entry = this.write(step, result);
      this.#connection.commit();
      this.keep(entry);
      return true;
    } catch (error) {
      // On a full or failing disk there is none; the reply still has the failure.
      if (!(error instanceof SqliteError)) throw error;
      this.#connection.rollback();
      return false;
    }
  }

  #read(): void {
    this.#entries.clear();
    for (const entry of readHistory(this.#connection, this.#plan.plugin)) {
      this.#entries.set(entry.version, entry);
    }
  }
}
