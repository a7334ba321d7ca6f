// The interface between handlers and the thread that runs SQL. Only plain data crosses it.

import type { DatabaseBase } from "../execute/database_base.ts";
import type { Execution, ExecutionEvent } from "../execute/execution.ts";
import type { Rehearsal } from "../execute/rehearsal.ts";
import type { DataLoss } from "../execute/data_loss.ts";
import type { History } from "../plan/history.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { SqliteVersion } from "../migration/migration.ts";
import { parseSqliteVersion } from "../migration/sqlite_version.ts";
import type { MigrationPlan, PlanStep } from "../plan/migration_plan.ts";

/** A value, or why the database could not give it. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/** The time and the wish of whoever asked. */
export interface Patience {
  /** Milliseconds from now until SQL is interrupted. */
  readonly timeoutMs: number;
  /** Interrupts SQL when it is aborted. */
  readonly signal: AbortSignal;
}

/** A rehearsal, and what its steps would take from the rows as they are now. */
export interface RehearsalReport {
  readonly rehearsal: Rehearsal;
  /** Losses by version, as far as they can be counted before anything runs. */
  readonly losses: ReadonlyMap<number, readonly DataLoss[]>;
}

/** How a plan is to be executed. */
export interface ExecutionRequest {
  readonly dryRun: boolean;
  readonly appliedBy: string;
}

/** An open database, held by one caller. Dispose of it to give the database back. */
export interface DatabaseSession extends AsyncDisposable {
  /** Reads history and schema. */
  inspect(): Promise<Outcome<DatabaseBase>>;
  /** Reads the history alone, also where the schema cannot be read. */
  history(): Promise<Outcome<History>>;
  /** Rehearses steps on the schema that `inspect()` read. */
  rehearse(steps: readonly PlanStep[], patience: Patience): Promise<Outcome<RehearsalReport>>;
  /** Executes a plan whose steps were just rehearsed. */
  execute(
    plan: MigrationPlan,
    request: ExecutionRequest,
    patience: Patience,
    onEvent: (event: ExecutionEvent) => void,
  ): Promise<Outcome<Execution>>;
}

/** Which database to open. */
export type SessionTarget =
  | { readonly kind: "plugin" } & DatabaseAddress
  /** An empty database in memory, to check files by themselves. */
  | { readonly kind: "empty" };

/** What a session is for; runs never take the last worker, so that status is always answered. */
export type SessionPurpose = "read" | "run";

/** Opens databases. */
export interface Databases extends AsyncDisposable {
  /** The version of SQLite that runs the SQL, such as `3.54.1`. */
  readonly engineVersion: string;
  /** Whether a plugin can have a database for each tenant. */
  readonly keepsTenants: boolean;
  open(target: SessionTarget, purpose: SessionPurpose): Promise<DatabaseSession>;
}

/** The version of SQLite as numbers. */
export function engineVersionOf(
  { engineVersion }: Pick<Databases, "engineVersion">,
): SqliteVersion {
  const version = parseSqliteVersion(engineVersion);
  if (version === null) throw new Error(`SQLite calls its version ${engineVersion}`);
  return version;
}
