// Commits the steps of a run: which of them share a transaction, the backup before it, and what is
// kept where one fails.

import type { Connection } from "../sqlite/connection.ts";
import { SqliteError } from "../sqlite/sqlite_error.ts";
import type { Execution, ExecutionOptions } from "./execution.ts";
import type { RunBackup } from "./run_backup.ts";
import type { FailedStep, FinishedStep, PlannedStep, RunSteps } from "./run_steps.ts";
import { RunTransaction } from "./run_transaction.ts";
import { sqlFailure, stepFailure } from "./step_failure.ts";

/**
 * How long small steps are collected for one COMMIT, in milliseconds; a COMMIT waits for the disk
 * several times. A step is reported after its COMMIT, so a crash undoes only steps that were not
 * reported.
 */
const COLLECT_MS = 100;

/** How the attempt at a transaction ended; if it is not completed, everything in it is undone. */
type Attempt =
  /** The step after those that were committed may have failed, and is undone alone. */
  | { readonly kind: "completed"; readonly failed: FailedStep | null }
  | FailedStep
  /** Steps lost what their rehearsal did not predict, and there is no backup yet. */
  | { readonly kind: "backup-missing" }
  | Exclude<Execution["end"], { readonly kind: "completed" | "failed" }>;

/** An attempt after which nothing more is to be done before the next one. */
type SettledAttempt = Exclude<Attempt, { readonly kind: "backup-missing" }>;

const COMPLETED = { kind: "completed" } as const;

/** The transactions of a run that commits. */
export class CommitSteps {
  readonly #connection: Connection;
  readonly #run: RunSteps;
  readonly #backup: RunBackup;
  readonly #options: ExecutionOptions;
  readonly #transaction: RunTransaction;
  readonly #isWhole: boolean;
  // How long steps are collected for one transaction.
  #collectMs: number;
  // Whether the caller has answered without this run, which may commit nothing more.
  #isGivenUp = false;

  constructor(
    connection: Connection,
    run: RunSteps,
    backup: RunBackup,
    options: ExecutionOptions,
  ) {
    this.#connection = connection;
    this.#run = run;
    this.#backup = backup;
    this.#options = options;
    this.#transaction = new RunTransaction(connection);
    this.#isWhole = options.transaction === "plan";
    this.#collectMs = this.#isWhole ? Infinity : COLLECT_MS;
  }

  /** Commits steps in order, up to one that fails, which is recorded. */
  async commitAll(steps: readonly PlannedStep[]): Promise<Execution["end"]> {
    const done = (): number => this.#run.executed.length;
    while (done() < steps.length) {
      const end = await this.#commit(this.#together(steps.slice(done())));
      if (end.kind !== "completed") return end;
    }
    return COMPLETED;
  }

  /** The first of `steps`, and with it those that may share its transaction. */
  #together(steps: readonly PlannedStep[]): readonly PlannedStep[] {
    if (this.#isWhole) return steps;
    const alone = steps.findIndex((step) => !isSmall(step));
    return steps.slice(0, alone === 0 ? 1 : alone < 0 ? undefined : alone);
  }

  async #commit(steps: readonly PlannedStep[]): Promise<Execution["end"]> {
    const attempt = await this.#commitAgain(steps, await this.#commitBackedUp(steps));
    if (attempt.kind === "unavailable" || attempt.kind === "plan-changed") return attempt;
    const failed = attempt.kind === "completed" ? attempt.failed : attempt;
    if (failed === null) return COMPLETED;
    this.#recordFailure(failed);
    const outcome = this.#transaction.isDoubtful ? "unknown" : "undone";
    return { kind: "failed", failure: { ...failed.failure, outcome } };
  }

  /**
   * SQLite undoes a whole transaction where a statement that writes is interrupted, or the disk
   * fails. The steps before it were small and had succeeded, so they run once more and are kept.
   */
  async #commitAgain(
    steps: readonly PlannedStep[],
    attempt: SettledAttempt,
  ): Promise<SettledAttempt> {
    if (attempt.kind !== "failed" || this.#isWhole || this.#isGivenUp) return attempt;
    const before = steps.slice(0, steps.findIndex(({ step }) => step === attempt.step));
    if (before.length === 0) return attempt;
    this.#run.interrupter.stopWatching();
    this.#collectMs = Infinity;
    const again = await this.#commitBackedUp(before);
    return again.kind === "completed" ? { ...again, failed: again.failed ?? attempt } : again;
  }

  // What a failed COMMIT left in the log is overwritten by the record, and cannot come back.
  #recordFailure(failed: FailedStep): void {
    const { commitGate } = this.#options;
    try {
      if (commitGate.begin() && this.#run.recordFailure(failed)) this.#transaction.settle();
    } finally {
      commitGate.end(0);
    }
  }

  async #commitBackedUp(steps: readonly PlannedStep[]): Promise<SettledAttempt> {
    const startedMs = performance.now();
    try {
      const isDue = this.#backup.isDueBefore(steps.map(({ rehearsed }) => rehearsed));
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
      const { step } = firstOf(steps);
      const failure = sqlFailure(step, this.#run.interrupter, error.failure);
      return { kind: "failed", step, failure, startedMs };
    }
  }

  async #backUp(): Promise<Extract<Attempt, { kind: "unavailable" }> | null> {
    const outcome = await this.#backup.ensure(this.#options.now(), this.#run.executed.length);
    if (outcome.ok) return null;
    const { message, sqliteCode = null } = outcome;
    return { kind: "unavailable", message, sqliteCode };
  }

  async #tryToCommit(steps: readonly PlannedStep[]): Promise<Attempt> {
    const { commitGate } = this.#options;
    const finished: FinishedStep[] = [];
    let kept = 0;
    try {
      const attempt = await this.#transaction.run("COMMIT", async () => {
        const end = await this.#runSteps(steps, (step) => finished.push(step));
        if (end.kind !== "completed") return end;
        const isLossy = finished.some(({ executed }) => executed.dataLoss.length > 0);
        if (isLossy && !this.#backup.isSaved) return { kind: "backup-missing" } as const;
        if (commitGate.begin()) return end;
        this.#isGivenUp = true;
        return cancelledBeforeCommit(firstOf(steps));
      });
      if (attempt.kind !== "completed") {
        this.#run.forget();
        return attempt;
      }
      finished.forEach((step) => this.#run.keep(step));
      kept = finished.length;
      return attempt;
    } finally {
      commitGate.end(kept);
    }
  }

  /** Runs steps in the open transaction, up to one that fails, or until it is time for a COMMIT. */
  async #runSteps(
    steps: readonly PlannedStep[],
    onFinished: (step: FinishedStep) => void,
  ): Promise<Exclude<Attempt, { readonly kind: "backup-missing" | "unavailable" }>> {
    const changed = await this.#run.begin();
    if (changed !== null) return { kind: "plan-changed", message: changed };
    const untilMs = performance.now() + this.#collectMs;
    for (const step of steps) {
      const isAlone = this.#isWhole || step === steps[0];
      const outcome = isAlone
        ? await this.#run.run(step, this.#backup.madeName)
        : await this.#runAfterOthers(step);
      if (outcome.kind !== "finished") return outcome;
      onFinished(outcome);
      if (performance.now() >= untilMs) break;
    }
    return { kind: "completed", failed: null };
  }

  /** Runs a step after others of its transaction; if it fails, those before it are kept. */
  async #runAfterOthers(
    step: PlannedStep,
  ): Promise<FinishedStep | Extract<Attempt, { readonly kind: "completed" | "failed" }>> {
    const outcome = await this.#transaction.runPart(async () => {
      const outcome = await this.#run.run(step, this.#backup.madeName);
      // A time limit that ended the step must not end the COMMIT of those before it.
      if (outcome.kind === "failed") this.#run.interrupter.stopWatching();
      return outcome;
    });
    return outcome.kind === "failed" && this.#connection.inTransaction
      ? { kind: "completed", failed: outcome }
      : outcome;
  }
}

// What may take something away may need a backup before it, and has many rows to undo if it fails.
function isSmall({ rehearsed: { touched, watched } }: PlannedStep): boolean {
  return touched !== null && watched.length === 0;
}

function cancelledBeforeCommit({ step }: PlannedStep): FailedStep {
  const failure = stepFailure(step, "cancelled", `${step.file} was cancelled`);
  return { kind: "failed", step, failure, startedMs: performance.now() };
}

function firstOf(steps: readonly PlannedStep[]): PlannedStep {
  const [first] = steps;
  if (first === undefined) throw new Error("A transaction has no step");
  return first;
}
