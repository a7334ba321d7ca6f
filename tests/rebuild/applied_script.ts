// Rehearses, checks and runs generated SQL as godwit runs a migration, in memory and in this
// thread.

import type { Finding } from "../../lib/finding/finding.ts";
import { readBase } from "../../lib/history/database_base.ts";
import type { StepLosses } from "../../lib/loss/data_loss.ts";
import type { SqliteVersion } from "../../lib/migration/migration.ts";
import type { PlanStep } from "../../lib/plan/migration_plan.ts";
import { rehearse } from "../../lib/rehearsal/rehearse.ts";
import type { Rehearsal } from "../../lib/rehearsal/rehearsal.ts";
import { rehearsalFindings } from "../../lib/rule/rehearsal_findings.ts";
import type { Connection } from "../../lib/sqlite/connection.ts";
import type { Sqlite3 } from "../../lib/sqlite/sqlite3.ts";
import { NEVER } from "../../lib/deadline.ts";
import { rehearseHere, runStepHere } from "../support/run_step_here.ts";

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
  const rehearsed = await rehearseHere(sqlite3, connection, step);
  const outcome = runStepHere(connection, step, rehearsed, ({ ok }) => ok ? "COMMIT" : "ROLLBACK");
  return outcome.ok
    ? { message: null, losses: outcome.losses }
    : { message: outcome.failure.message, losses: null };
}
