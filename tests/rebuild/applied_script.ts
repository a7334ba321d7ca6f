// Rehearses, checks and runs generated SQL as godwit runs a migration, in memory and in this
// thread.

import type { Deadline } from "../../lib/deadline.ts";
import { ForeignKeyGuard } from "../../lib/execution/foreign_key_guard.ts";
import { LiveSchema } from "../../lib/execution/live_schema.ts";
import { runStep } from "../../lib/execution/run_step.ts";
import { StatementProgress } from "../../lib/execution/statement_progress.ts";
import type { Finding } from "../../lib/finding/finding.ts";
import { readBase } from "../../lib/history/database_base.ts";
import type { StepLosses } from "../../lib/loss/data_loss.ts";
import { Snapshots } from "../../lib/loss/snapshots.ts";
import type { SqliteVersion } from "../../lib/migration/migration.ts";
import type { PlanStep } from "../../lib/plan/migration_plan.ts";
import { isReserved } from "../../lib/plan/reserved_names.ts";
import { rehearse } from "../../lib/rehearsal/rehearse.ts";
import type { Rehearsal } from "../../lib/rehearsal/rehearsal.ts";
import { rehearsalFindings } from "../../lib/rule/rehearsal_findings.ts";
import type { Connection } from "../../lib/sqlite/connection.ts";
import { SchemaFollower } from "../../lib/sqlite/schema_follower.ts";
import type { Sqlite3 } from "../../lib/sqlite/sqlite3.ts";
import { Interrupter } from "../../lib/statement/interrupter.ts";
import { noTables } from "../../lib/statement/statement_stream.ts";

/** A deadline that does not come. */
export const NEVER: Deadline = { atMs: Infinity, signal: { aborted: false } };
const ENGINE: SqliteVersion = [3, 54, 1];

/** A step of a file with both sections. */
export function stepsOf(
  up: string,
  down: string,
  requires: SqliteVersion | null,
): readonly [PlanStep, PlanStep] {
  const step = {
    version: 1,
    name: "x",
    file: "001_x.sql",
    checksum: "",
    requires,
    foreignKeys: null,
    line: 1,
  } as const;
  return [{ ...step, direction: "apply", sql: up }, { ...step, direction: "rollback", sql: down }];
}

/** What `check` says of a file on the schema of a database: up, down and up again. */
export async function findingsOf(
  sqlite3: Sqlite3,
  connection: Connection,
  [up, down]: readonly [PlanStep, PlanStep],
): Promise<{ readonly findings: readonly Finding[]; readonly rehearsal: Rehearsal }> {
  const base = await readBase(connection, "p");
  const steps = [up, down, up];
  const rehearsal = await rehearse(sqlite3, base, steps, NEVER);
  const found = rehearsalFindings(steps, rehearsal, ENGINE, new Map());
  const findings = [
    ...found.steps.flatMap(({ facts, losses }) => [...facts, ...losses]),
    ...found.rest,
  ];
  return { findings, rehearsal };
}

/** Runs a step and commits it; `message` is why it failed, and then nothing has changed. */
export async function runAndCommit(
  sqlite3: Sqlite3,
  connection: Connection,
  step: PlanStep,
): Promise<{ readonly message: string | null; readonly losses: StepLosses | null }> {
  const base = await readBase(connection, "p");
  const [rehearsed] = (await rehearse(sqlite3, base, [step], NEVER)).steps;
  if (rehearsed === undefined) throw new Error("The step was not rehearsed");
  if (!rehearsed.complete) throw new Error(JSON.stringify(rehearsed.statements));
  using snapshots = new Snapshots(connection);
  using interrupter = new Interrupter(connection, NEVER);
  connection.begin();
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
    examples: 0,
    onStatement() {},
  });
  if (!outcome.ok) {
    connection.rollback();
    return { message: outcome.failure.message, losses: null };
  }
  connection.commit();
  return { message: null, losses: outcome.losses };
}
