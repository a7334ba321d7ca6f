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
import type { ExecutionRequest, Outcome, RehearsalReport } from "./session.ts";

/**
 * How a database that godwit writes to keeps its journal. Both survive a power cut: a log costs one
 * flush less for each transaction, a truncated rollback journal writes the pages of a rebuild once.
 */
export type Journal =
  | { readonly mode: "wal" }
  /** `pageBytes` is the page size of databases that are made. */
  | { readonly mode: "truncate"; readonly pageBytes: number };

/** What a worker has to work with. */
export interface WorkerEnvironment {
  readonly sqlite3: Sqlite3;
  readonly vfs: Vfs;
  readonly storage: Pick<Storage, "sizeOf">;
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

/** One open database. A database that does not exist is not made before a plan is committed. */
export class WorkerDatabase {
  readonly #environment: WorkerEnvironment;
  readonly #place: DatabasePlace;
  #connection: Connection | null = null;
  #isFile = false;
  #base: DatabaseBase | null = null;
  #rehearsed: readonly RehearsedStep[] = [];

  constructor(environment: WorkerEnvironment, place: DatabasePlace) {
    this.#environment = environment;
    this.#place = place;
  }

  /** Opens the database and reads what plans are built on. */
  inspect(): Promise<Outcome<DatabaseBase>> {
    return this.#guard(async () => {
      this.#base = await readBase(this.#open(), this.#plugin);
      return this.#base;
    });
  }

  /** Reads the history alone, which works with a schema that SQLite here cannot make sense of. */
  history(): Promise<Outcome<History>> {
    return this.#guard(() => Promise.resolve(readHistory(this.#open(), this.#plugin)));
  }

  /** Rehearses steps, and counts on the live rows what they would take. */
  rehearse(steps: readonly PlanStep[], limits: Limits): Promise<Outcome<RehearsalReport>> {
    return this.#guard(async () => {
      const base = this.#base ??= await readBase(this.#open(), this.#plugin);
      const rehearsal = await this.#rehearseWithin(limits, base, steps);
      this.#rehearsed = rehearsal.steps;
      return { rehearsal, losses: this.#expectedLosses(rehearsal, base, limits) };
    });
  }

  /** Executes a plan whose steps were just rehearsed. */
  execute(
    plan: MigrationPlan,
    request: ExecutionRequest,
    limits: Limits,
    onEvent: (event: ExecutionEvent) => void,
  ): Promise<Outcome<Execution>> {
    return this.#guard(async () => {
      const place = this.#place;
      if (place.kind === "empty") throw new Error("Nothing is executed on an empty database");
      const connection = request.dryRun ? this.#open() : this.#openForCommit(place.path);
      return await executePlan(connection, plan, this.#rehearsed, {
        mode: request.dryRun ? "rehearse-on-data" : "commit",
        appliedBy: request.appliedBy,
        limits,
        now: () => new Date().toISOString(),
        backups: place.backups,
        onEvent,
      });
    });
  }

  /** Runs `action` on the open database; where there is none yet, on an empty one in memory. */
  use<T>(action: (connection: Connection) => T | Promise<T>): Promise<Outcome<T>> {
    return this.#guard(async () => await action(this.#open()));
  }

  /**
   * Runs `action` on the database, which is made where there is none, with its journal as for a
   * migration; `isNew` says whether it was made.
   */
  change<T>(
    action: (connection: Connection, place: PluginPlace, isNew: boolean) => T,
  ): Promise<Outcome<T>> {
    return this.#guard(() => {
      const place = this.#place;
      if (place.kind === "empty") throw new Error("Nothing is kept in an empty database");
      const isNew = this.#environment.storage.sizeOf(place.path) === null;
      return Promise.resolve(action(this.#openForCommit(place.path), place, isNew));
    });
  }

  /** Gives the database back; its write-ahead log is merged and removed. */
  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  get #plugin(): string {
    return this.#place.kind === "plugin" ? this.#place.plugin : "";
  }

  #open(): Connection {
    if (this.#connection !== null) return this.#connection;
    const { sqlite3, storage, vfs } = this.#environment;
    const place = this.#place;
    this.#isFile = place.kind === "plugin" && storage.sizeOf(place.path) !== null;
    this.#connection = place.kind === "plugin" && this.#isFile
      ? new Connection(sqlite3, { kind: "file", vfs, path: place.path, existence: "must-exist" })
      : new Connection(sqlite3, { kind: "memory" });
    return this.#connection;
  }

  // A dry run must leave the file as it is, so what is kept in the file is set for runs that commit only.
  #openForCommit(path: string): Connection {
    const { sqlite3, storage, vfs, journal } = this.#environment;
    if (this.#connection === null) this.#isFile = storage.sizeOf(path) !== null;
    if (!this.#isFile) {
      this.close();
      this.#connection = new Connection(sqlite3, { kind: "file", vfs, path, existence: "create" });
      this.#isFile = true;
      if (journal.mode === "truncate") {
        this.#connection.exec(`PRAGMA page_size=${journal.pageBytes}`);
      }
    }
    const connection = this.#open();
    connection.exec("PRAGMA synchronous=FULL");
    const mode = connection.value(`PRAGMA journal_mode=${journal.mode}`);
    if (mode !== journal.mode) throw new Error(`SQLite chose journal mode ${mode}`);
    return connection;
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
  #expectedLosses(
    rehearsal: Rehearsal,
    base: DatabaseBase,
    limits: Limits,
  ): RehearsalReport["losses"] {
    const [step] = rehearsal.steps;
    if (step === undefined || step.statements.some(({ deletesFrom }) => deletesFrom.length > 0)) {
      return new Map();
    }
    const live = new Set(base.schema.tables.map(({ name }) => name));
    const watched = step.watched.filter(({ name }) => live.has(name));
    if (watched.length === 0) return new Map([[step.version, []]]);
    const connection = this.#open();
    using _interrupter = new Interrupter(connection, limits);
    const counts = countWithin(connection, watched);
    if (counts === null) return new Map();
    const losses = counts.flatMap((
      { watched: { name: table, nameAfter }, rows, values },
    ): DataLoss[] => [
      ...(nameAfter === null ? [{ kind: "rows", table, rows } as const] : []),
      ...[...values].map(([column, count]) =>
        ({ kind: "values", table, column, values: count }) as const
      ),
    ]);
    return new Map([[step.version, losses]]);
  }

  async #guard<T>(action: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return { ok: true, value: await action() };
    } catch (error) {
      if (error instanceof SqliteError) return { ok: false, message: this.#explain(error) };
      if (error instanceof StorageError) return { ok: false, message: error.message };
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
