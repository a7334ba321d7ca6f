// Runs one rehearsed step as a run does, on an open database and in this thread.

import { NEVER } from "../../lib/deadline.ts";
import { ForeignKeyGuard } from "../../lib/execution/foreign_key_guard.ts";
import { LiveSchema } from "../../lib/execution/live_schema.ts";
import { runStep, type StepOutcome } from "../../lib/execution/run_step.ts";
import { StatementProgress } from "../../lib/execution/statement_progress.ts";
import { readBase } from "../../lib/history/database_base.ts";
import { Snapshots } from "../../lib/loss/snapshots.ts";
import type { PlanStep } from "../../lib/plan/migration_plan.ts";
import { isReserved } from "../../lib/plan/reserved_names.ts";
import { rehearse } from "../../lib/rehearsal/rehearse.ts";
import type { RehearsedStep } from "../../lib/rehearsal/rehearsal.ts";
import type { Connection } from "../../lib/sqlite/connection.ts";
import { SchemaFollower } from "../../lib/sqlite/schema_follower.ts";
import type { Sqlite3 } from "../../lib/sqlite/sqlite3.ts";
import { Interrupter } from "../../lib/statement/interrupter.ts";
import { noTables } from "../../lib/statement/statement_stream.ts";

/** Rehearses a step. Throws where its rehearsal is not complete. */
export async function rehearseHere(
  sqlite3: Sqlite3,
  connection: Connection,
  step: PlanStep,
): Promise<RehearsedStep> {
  const base = await readBase(connection, "p");
  const [rehearsed] = (await rehearse(sqlite3, base, [step], NEVER)).steps;
  if (rehearsed === undefined) throw new Error("The step was not rehearsed");
  if (!rehearsed.complete) throw new Error(JSON.stringify(rehearsed.statements));
  return rehearsed;
}

/**
 * Runs a step in a transaction and ends it as `endOf` says. `examples` is how many lost rows and
 * values are read.
 */
export function runStepHere(
  connection: Connection,
  step: PlanStep,
  rehearsed: RehearsedStep,
  endOf: (outcome: StepOutcome) => "COMMIT" | "ROLLBACK",
  examples = 0,
): StepOutcome {
  using snapshots = new Snapshots(connection);
  using interrupter = new Interrupter(connection, NEVER);
  connection.begin();
  try {
    const schema = new SchemaFollower(connection, isReserved);
    const outcome = runStep({
      connection,
      interrupter,
      progress: new StatementProgress(connection, () => {}),
      snapshots,
      schema,
      foreignKeys: new ForeignKeyGuard(connection, schema),
      live: new LiveSchema(connection, schema, true),
      tables: noTables(),
      step,
      rehearsed,
      examples,
      onStatement() {},
    });
    if (endOf(outcome) === "COMMIT") connection.commit();
    return outcome;
  } finally {
    connection.rollback();
  }
}
