// Rehearses and runs one migration on a database in memory, in this thread, and undoes it.

import { createHistoryTables } from "../../lib/history/history_table.ts";
import type { StepLosses } from "../../lib/loss/data_loss.ts";
import type { PlanStep } from "../../lib/plan/migration_plan.ts";
import type { RehearsedStep } from "../../lib/rehearsal/rehearsal.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { rehearseHere, runStepHere } from "../support/run_step_here.ts";

const sqlite3 = await loadSqlite(sqliteModule);

/** What a step lost, and what its rehearsal said. */
export interface MeasuredStep extends StepLosses {
  readonly rehearsed: RehearsedStep;
}

/** Opens a database in memory with godwit's tables and those that `sql` makes. */
export function openMeasured(sql: string): Connection {
  const connection = new Connection(sqlite3, { kind: "memory" });
  createHistoryTables(connection);
  connection.exec(sql);
  connection.exec("PRAGMA foreign_keys=OFF");
  return connection;
}

/** The step of a plan that runs `sql`. */
export function stepOf(sql: string, foreignKeys: "on" | "off" | null): PlanStep {
  return {
    direction: "apply",
    version: 1,
    name: "x",
    file: "001_x.sql",
    checksum: "",
    requires: null,
    foreignKeys,
    sql,
    line: 1,
  };
}

/**
 * Measures what `sql` takes away from a database; throws where it fails. `known` says whether the
 * run may use what the rehearsal found, and `examples` how many lost rows and values it reads.
 */
export async function measureStep(
  connection: Connection,
  sql: string,
  foreignKeys: "on" | "off" = "off",
  known: "rehearsed" | "unrehearsed" = "rehearsed",
  examples = 0,
): Promise<MeasuredStep> {
  const step = stepOf(sql, foreignKeys);
  const rehearsed = await rehearseHere(sqlite3, connection, step);
  const facts = known === "rehearsed"
    ? rehearsed
    : { ...rehearsed, touched: null, watched: [], schemaDelta: null };
  const outcome = runStepHere(connection, step, facts, () => "ROLLBACK", examples);
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return { ...outcome.losses, rehearsed };
}

/** Measures `sql` on the tables that `base` makes; each loss as `kind table.column count`. */
export async function lossesOf(
  base: string,
  sql: string,
  foreignKeys: "on" | "off" = "off",
  known: "rehearsed" | "unrehearsed" = "rehearsed",
): Promise<readonly string[]> {
  using connection = openMeasured(base);
  return describeLosses((await measureStep(connection, sql, foreignKeys, known)).dataLoss);
}

/** Each loss as `kind table.column count`. */
export function describeLosses(losses: StepLosses["dataLoss"]): readonly string[] {
  return losses.map((loss) =>
    loss.kind === "rows"
      ? `rows ${loss.table} ${loss.rows}`
      : `${loss.kind} ${loss.table}.${loss.column} ${loss.values}`
  );
}
