// Runs a reviewed plan on the real database: to commit it, or to undo it as a dry run.

import { readHistory } from "../history/history_table.ts";
import type { MigrationPlan } from "../plan/migration_plan.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import type { Connection } from "../sqlite/connection.ts";
import { adviseOn, SqliteError } from "../sqlite/sqlite_error.ts";
import { CommitSteps } from "./commit_steps.ts";
import type { Execution, ExecutionOptions } from "./execution.ts";
import { switchOffForeignKeys } from "./foreign_keys_off.ts";
import { RunBackup } from "./run_backup.ts";
import { type PlannedStep, plannedSteps, RunSteps } from "./run_steps.ts";
import { RunTransaction } from "./run_transaction.ts";

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
  const backup = new RunBackup(connection, plan, options);
  using _foreignKeysOff = switchOffForeignKeys(connection);
  using run = new RunSteps(connection, plan, rehearsed, options);
  const steps = plannedSteps(plan, rehearsed);
  const isKept = options.mode === "commit";
  const end = await unlessUnavailable(() =>
    isKept
      ? new CommitSteps(connection, run, backup, options).commitAll(steps)
      : undoAll(connection, run, options, steps)
  );
  return {
    executed: run.executed,
    watched: run.watched,
    history: isKept ? run.history.entries : readHistory(connection, plan.plugin),
    backup: backup.made,
    stepsBeforeBackup: backup.stepsBefore,
    spaceChecked: backup.made?.spaceChecked ?? true,
    review: run.review?.review ?? null,
    end,
  };
}

async function unlessUnavailable(
  work: () => Promise<Execution["end"]>,
): Promise<Execution["end"]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
    const { failure } = error;
    return { kind: "unavailable", message: adviseOn(failure), sqliteCode: failure.code };
  }
}

/** Runs every step in one transaction, and rolls it back. */
async function undoAll(
  connection: Connection,
  run: RunSteps,
  { onEvent }: ExecutionOptions,
  steps: readonly PlannedStep[],
): Promise<Execution["end"]> {
  return await new RunTransaction(connection).run("ROLLBACK", async () => {
    const changed = await run.begin();
    if (changed !== null) return { kind: "plan-changed", message: changed };
    for (const step of steps) {
      const outcome = await run.run(step, null);
      if (outcome.kind === "failed") {
        onEvent({ kind: "step-failed", failure: outcome.failure });
        return { kind: "failed", failure: outcome.failure };
      }
      run.keep(outcome);
    }
    run.endReview();
    return { kind: "completed" };
  });
}
