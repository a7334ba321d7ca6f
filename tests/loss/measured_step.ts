// Rehearses and runs one migration on a database in memory, in this thread, and undoes it.

import { ForeignKeyGuard } from "../../lib/execution/foreign_key_guard.ts";
import { LiveSchema } from "../../lib/execution/live_schema.ts";
import { runStep } from "../../lib/execution/run_step.ts";
import { StatementProgress } from "../../lib/execution/statement_progress.ts";
import { readBase } from "../../lib/history/database_base.ts";
import { createHistoryTables } from "../../lib/history/history_table.ts";
import type { StepLosses } from "../../lib/loss/data_loss.ts";
import { Snapshots } from "../../lib/loss/snapshots.ts";
import type { PlanStep } from "../../lib/plan/migration_plan.ts";
import { isReserved } from "../../lib/plan/reserved_names.ts";
import { rehearse } from "../../lib/rehearsal/rehearse.ts";
import type { RehearsedStep } from "../../lib/rehearsal/rehearsal.ts";
import { Connection } from "../../lib/sqlite/connection.ts";
import { SchemaFollower } from "../../lib/sqlite/schema_follower.ts";
import { loadSqlite } from "../../lib/sqlite/load_sqlite.ts";
import { sqliteModule } from "../../lib/sqlite/wasm_module.js";
import { Interrupter } from "../../lib/statement/interrupter.ts";

const sqlite3 = await loadSqlite(sqliteModule);
const DEADLINE = { atMs: Infinity, signal: { aborted: false } };

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
  const base = await readBase(connection, "p");
  const [rehearsed] = (await rehearse(sqlite3, base, [step], DEADLINE)).steps;
  if (rehearsed === undefined) throw new Error("The step was not rehearsed");
  if (!rehearsed.complete) throw new Error(JSON.stringify(rehearsed.statements));
  using snapshots = new Snapshots(connection);
  using interrupter = new Interrupter(connection, DEADLINE);
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
      tables: { created: new Set(), dropped: new Set(), hasTemporary: true },
      step,
      rehearsed: known === "rehearsed"
        ? rehearsed
        : { ...rehearsed, touched: null, watched: [], schemaDelta: null },
      examples,
      onStatement() {},
    });
    if (!outcome.ok) throw new Error(outcome.failure.message);
    return { ...outcome.losses, rehearsed };
  } finally {
    connection.rollback();
  }
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
