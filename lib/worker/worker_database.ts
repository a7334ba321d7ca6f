// A database as its worker thread sees it: opens, rehearses, executes, closes. Every failure of SQLite
// or the storage becomes a value here.

import { countTables, type DataLoss } from "../execute/data_loss.ts";
import type { BackupPlace } from "../execute/backup.ts";
import { type DatabaseBase, readBase } from "../execute/database_base.ts";
import { executePlan } from "../execute/execute_plan.ts";
import type { Execution, ExecutionEvent } from "../execute/execution.ts";
import { readHistory } from "../execute/history_table.ts";
import { Interrupter, type Limits } from "../execute/interrupter.ts";
import type { Rehearsal, RehearsedStep, WatchedTable } from "../execute/rehearsal.ts";
import { rehearse } from "../execute/rehearse.ts";
import type { History } from "../plan/history.ts";
import type { MigrationPlan, PlanStep } from "../plan/migration_plan.ts";
import { Connection } from "../sqlite/connection.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { adviseOn, SqliteError } from "../sqlite/sqlite_error.ts";
import type { Vfs } from "../vfs/install_vfs.ts";
import { type Storage, StorageError } from "../vfs/storage.ts";
import type { DatabaseOutcome, ExecutionRequest, RehearsalReport } from "./session.ts";

/**
 * How a database keeps its journal while godwit writes to it. One that exists keeps the mode that it has
 * in its file: `wal`, or a rollback journal.
 */
export type Journal =
  /** `mode` is that of databases that are made. */
  | { readonly mode: "delete" | "wal" }
  /** A rollback journal that is cut to nothing; `pageBytes` is the page size of databases that are made. */
  | { readonly mode: "truncate"; readonly pageBytes: number };

/** What a worker has to work with. */
export interface WorkerEnvironment {
  readonly sqlite3: Sqlite3;
  readonly vfs: Vfs;
  readonly storage: Pick<Storage, "sizeOf" | "create">;
  readonly journal: Journal;
}

/** Where a plugin's files are. */
export interface PluginPlace {
  readonly path: string;
  readonly backups: BackupPlace;
}

/** Which database is meant. */
export type DatabasePlace =
  | { readonly kind: "plugin"; readonly plugin: string } & PluginPlace
  /** An empty one in memory, where nothing is ever committed. */
  | { readonly kind: "empty" };

// Another program may write while a database is read of which no lock can be taken.
const READ_ATTEMPTS = 3;

/**
 * One database, which is opened for each call and closed at its end: between calls other programs may do
 * with it what they like. A database that does not exist is not made before a plan is committed.
 */
export class WorkerDatabase {
  readonly #environment: WorkerEnvironment;
  readonly #place: DatabasePlace;
  #base: DatabaseBase | null = null;
  #rehearsed: readonly RehearsedStep[] = [];

  constructor(environment: WorkerEnvironment, place: DatabasePlace) {
    this.#environment = environment;
    this.#place = place;
  }

  /** Opens the database and reads what plans are built on. */
  inspect(): Promise<DatabaseOutcome<DatabaseBase>> {
    return this.read(async (connection) => {
      this.#base = await readBase(connection, this.#plugin);
      return this.#base;
    });
  }

  /** Reads the history alone, which works with a schema that SQLite here cannot make sense of. */
  history(): Promise<DatabaseOutcome<History>> {
    return this.read((connection) => readHistory(connection, this.#plugin));
  }

  /** Rehearses steps, and counts on the live rows what they would take. */
  async rehearse(
    steps: readonly PlanStep[],
    limits: Limits,
  ): Promise<DatabaseOutcome<RehearsalReport>> {
    const inspected = this.#base === null ? await this.inspect() : null;
    if (inspected?.ok === false) return inspected;
    const base = this.#base;
    if (base === null) throw new Error("The database was not inspected");
    return await this.#guard(async () => {
      const rehearsal = await this.#rehearseWithin(limits, base, steps);
      this.#rehearsed = rehearsal.steps;
      return { rehearsal, losses: await this.#expectedLosses(rehearsal, base, limits) };
    });
  }

  /** Executes a plan whose steps were just rehearsed. */
  execute(
    plan: MigrationPlan,
    request: ExecutionRequest,
    limits: Limits,
    onEvent: (event: ExecutionEvent) => void,
  ): Promise<DatabaseOutcome<Execution>> {
    const place = this.#place;
    if (place.kind === "empty") throw new Error("Nothing is executed on an empty database");
    const run = (connection: Connection): Promise<Execution> =>
      executePlan(connection, plan, this.#rehearsed, {
        mode: request.dryRun ? "rehearse-on-data" : "commit",
        appliedBy: request.appliedBy,
        limits,
        now: () => new Date().toISOString(),
        backups: place.backups,
        onEvent,
      });
    return request.dryRun ? this.read(run) : this.change(run);
  }

  /**
   * Runs `action` on one state of the database, or on an empty one in memory where there is none yet.
   * Nothing that it writes is kept.
   */
  read<T>(action: (connection: Connection) => T | Promise<T>): Promise<DatabaseOutcome<T>> {
    return this.#guard(async () => {
      for (let attempt = 1;; attempt++) {
        try {
          using connection = this.#openToRead();
          const value = await action(connection);
          connection.verify();
          return value;
        } catch (error) {
          if (attempt === READ_ATTEMPTS || !isStale(error)) throw error;
        }
      }
    });
  }

  /**
   * Runs `action` on the database, which is made where there is none; `isNew` says whether it was. Other
   * programs cannot write to it meanwhile.
   */
  change<T>(
    action: (connection: Connection, place: PluginPlace, isNew: boolean) => T | Promise<T>,
  ): Promise<DatabaseOutcome<T>> {
    return this.#guard(async () => {
      const place = this.#place;
      if (place.kind === "empty") throw new Error("Nothing is kept in an empty database");
      const isNew = !this.#exists(place);
      using connection = this.#openToWrite(place.path, isNew);
      const value = await action(connection, place, isNew);
      connection.verify();
      return value;
    });
  }

  get #plugin(): string {
    return this.#place.kind === "plugin" ? this.#place.plugin : "";
  }

  #exists({ path }: PluginPlace): boolean {
    return this.#environment.storage.sizeOf(path) !== null;
  }

  #openToRead(): Connection {
    const { sqlite3, vfs } = this.#environment;
    const place = this.#place;
    return place.kind === "plugin" && this.#exists(place)
      ? new Connection(sqlite3, { kind: "file", vfs, path: place.path, access: "read" })
      : new Connection(sqlite3, { kind: "memory" });
  }

  #openToWrite(path: string, isNew: boolean): Connection {
    const { sqlite3, storage, vfs, journal } = this.#environment;
    if (isNew && journal.mode !== "truncate") storage.create(path, journal.mode);
    const connection = new Connection(sqlite3, { kind: "file", vfs, path, access: "create" });
    try {
      connection.exec("PRAGMA synchronous=EXTRA");
      if (journal.mode === "truncate") {
        if (isNew) connection.exec(`PRAGMA page_size=${journal.pageBytes}`);
        connection.exec("PRAGMA journal_mode=truncate");
      } else if (isNew) {
        connection.exec(`PRAGMA journal_mode=${journal.mode}`);
      }
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  // The rehearsal's own SQL is interrupted too.
  async #rehearseWithin(
    limits: Limits,
    base: DatabaseBase,
    steps: readonly PlanStep[],
  ): Promise<Rehearsal> {
    try {
      return await rehearse(this.#environment.sqlite3, base, steps, limits);
    } catch (error) {
      if (!isInterrupt(error)) throw error;
      const isLate = performance.now() >= limits.deadlineMs;
      return { steps: [], interrupted: isLate ? "timeout" : "cancelled" };
    }
  }

  // Only the first step meets the rows as they are now, and only a DROP says beforehand how many go;
  // the rest is counted when it runs.
  async #expectedLosses(
    rehearsal: Rehearsal,
    base: DatabaseBase,
    limits: Limits,
  ): Promise<RehearsalReport["losses"]> {
    const [step] = rehearsal.steps;
    if (step === undefined || step.statements.some(({ deletesFrom }) => deletesFrom.length > 0)) {
      return new Map();
    }
    const live = new Set(base.schema.tables.map(({ name }) => name));
    const watched = step.watched.filter(({ name }) => live.has(name));
    if (watched.length === 0) return new Map([[step.version, []]]);
    const { cancelFlag } = limits;
    if (cancelFlag !== null) Atomics.store(cancelFlag, 1, 1);
    const counted = await this.read((connection) => {
      using _interrupter = new Interrupter(connection, limits);
      return countWithin(connection, watched);
    });
    if (cancelFlag !== null) Atomics.store(cancelFlag, 1, 0);
    // The plan is made without them; what is really lost is counted when it runs.
    if (!counted.ok || counted.value === null) return new Map();
    const losses = counted.value.flatMap((
      { watched: { name: table, nameAfter }, rows, values },
    ): DataLoss[] => [
      ...(nameAfter === null ? [{ kind: "rows", table, rows } as const] : []),
      ...[...values].map(([column, count]) =>
        ({ kind: "values", table, column, values: count }) as const
      ),
    ]);
    return new Map([[step.version, losses]]);
  }

  async #guard<T>(action: () => Promise<T>): Promise<DatabaseOutcome<T>> {
    try {
      return { ok: true, value: await action() };
    } catch (error) {
      if (error instanceof SqliteError) {
        const { code: sqliteCode } = error.failure;
        return { ok: false, code: "unavailable", message: this.#explain(error), sqliteCode };
      }
      if (error instanceof StorageError) {
        return { ok: false, code: "unavailable", message: error.message };
      }
      throw error;
    }
  }

  #explain({ failure }: SqliteError): string {
    const name = this.#place.kind === "plugin" ? this.#place.path : "the database in memory";
    return `Cannot use ${name}: ${adviseOn(failure)}`;
  }
}

/** Counts rows; `null` where the time for it was over. */
function countWithin(
  connection: Connection,
  watched: readonly WatchedTable[],
): ReturnType<typeof countTables> | null {
  try {
    return countTables(connection, watched);
  } catch (error) {
    if (isInterrupt(error)) return null;
    throw error;
  }
}

function isInterrupt(error: unknown): boolean {
  return error instanceof SqliteError && error.failure.code === "SQLITE_INTERRUPT";
}

function isStale(error: unknown): boolean {
  const cause = error instanceof SqliteError ? error.cause : error;
  return cause instanceof StorageError && cause.code === "ESTALE";
}
