// A database as its worker thread sees it: opens, rehearses, executes, closes. Every failure of SQLite
// or the storage becomes a value here.

import { foreseenLosses } from "../loss/foreseen_losses.ts";
import type { BackupPlace } from "../execution/backup.ts";
import { readBase } from "../history/database_base.ts";
import { executePlan } from "../execution/execute_plan.ts";
import type { Execution, ExecutionEvent } from "../execution/execution.ts";
import { readHistory } from "../history/history_table.ts";
import { Interrupter } from "../statement/interrupter.ts";
import type { Deadline } from "../deadline.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { currentVersion, type History } from "../plan/history.ts";
import { isIntact } from "../plan/migration_plan.ts";
import { backupFindings, failureFindings } from "../rule/execution_findings.ts";
import { type CountedLosses, inOrder, withLosses } from "../rule/rehearsal_findings.ts";
import { Connection } from "../sqlite/connection.ts";
import type { Sqlite3 } from "../sqlite/sqlite3.ts";
import { adviseOn, SqliteError } from "../sqlite/sqlite_error.ts";
import type { Vfs } from "../vfs/install_vfs.ts";
import { type Storage, StorageError } from "../vfs/storage.ts";
import {
  type PlanOutline,
  type PreparationPorts,
  type PreparationRequest,
  prepare,
  type Prepared,
} from "./prepare.ts";
import type {
  DatabaseOutcome,
  ExecutionReport,
  ExecutionRequest,
  PreparationOutcome,
} from "./session.ts";

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
 * What the thread of a database lets another thread see while it cannot answer: whether it has the database
 * open, and how many steps of a plan it has rehearsed.
 */
export type ThreadState = Int32Array;
const OPEN = 0;
const REHEARSED = 1;

/** What a preparation reports. */
export type PreparationListener = Pick<
  PreparationPorts,
  "onPlanned" | "onRehearsed" | "endlessAfter"
>;

/**
 * One database, which is opened for each call and closed at its end, so that other programs can use it
 * between calls. A database that does not exist is not made before a plan is committed.
 */
export class WorkerDatabase {
  readonly #environment: WorkerEnvironment;
  readonly #place: DatabasePlace;
  readonly #state: ThreadState | null;
  #prepared: Prepared | null = null;

  constructor(
    environment: WorkerEnvironment,
    place: DatabasePlace,
    state: ThreadState | null = null,
  ) {
    this.#environment = environment;
    this.#place = place;
    this.#state = state;
  }

  /** Reads the history alone, which works with a schema that SQLite here cannot make sense of. */
  history(): Promise<DatabaseOutcome<History>> {
    return this.read((connection) => readHistory(connection, this.#plugin));
  }

  /**
   * Prepares a plan, and keeps it for `execute()`. The database is closed while the steps are rehearsed,
   * so that other programs need not wait for that.
   */
  async prepare(
    request: PreparationRequest,
    deadline: Deadline,
    { onPlanned, onRehearsed, endlessAfter }: PreparationListener,
  ): Promise<PreparationOutcome> {
    this.#prepared = null;
    const base = await this.read((connection) => readBase(connection, this.#plugin));
    if (!base.ok) return base;
    const live = new Set(base.value.schema.tables.map(({ name }) => name));
    const ports: PreparationPorts = {
      onPlanned,
      endlessAfter,
      onRehearsed: (...rehearsed) => {
        if (this.#state !== null) Atomics.add(this.#state, REHEARSED, 1);
        onRehearsed(...rehearsed);
      },
      countLosses: (first) => this.#countLosses(first, live, deadline),
    };
    const { sqlite3 } = this.#environment;
    const outcome = await this.#guard(() =>
      prepare(sqlite3, this.#plugin, base.value, request, deadline, ports)
    );
    if (!outcome.ok) return outcome;
    if (!outcome.value.ok) return outcome.value;
    const { prepared, outline } = outcome.value.value;
    this.#prepared = prepared;
    return { ok: true, value: outline };
  }

  /** Executes the plan that was prepared last, which `hash` names. */
  async execute(
    hash: PlanOutline["hash"],
    request: ExecutionRequest,
    deadline: Deadline,
    onEvent: (event: ExecutionEvent) => void,
  ): Promise<DatabaseOutcome<ExecutionReport>> {
    const place = this.#place;
    if (place.kind === "empty") throw new Error("Nothing is executed on an empty database");
    const prepared = this.#prepared;
    if (prepared?.plan.hash !== hash || !await isIntact(prepared.plan)) {
      throw new Error("Only a plan that was prepared in this session is executed");
    }
    const run = (connection: Connection): Promise<Execution> =>
      executePlan(connection, prepared.plan, prepared.rehearsal.steps, {
        mode: request.dryRun ? "rehearse-on-data" : "commit",
        appliedBy: request.appliedBy,
        deadline,
        now: () => new Date().toISOString(),
        backups: place.backups,
        onEvent,
      });
    const outcome = await (request.dryRun ? this.read(run) : this.change(run));
    return outcome.ok ? { ok: true, value: reportOf(prepared, outcome.value) } : outcome;
  }

  /**
   * Runs `action` on one state of the database, or on an empty one in memory where there is none yet.
   * Nothing that it writes is kept.
   */
  read<T>(action: (connection: Connection) => T | Promise<T>): Promise<DatabaseOutcome<T>> {
    return this.#guard(async () => {
      for (let attempt = 1;; attempt++) {
        try {
          using _open = this.#markOpen();
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
      using _open = this.#markOpen();
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

  #markOpen(): Disposable {
    const state = this.#place.kind === "plugin" ? this.#state : null;
    if (state !== null) Atomics.store(state, OPEN, 1);
    return {
      [Symbol.dispose]: () => {
        if (state !== null) Atomics.store(state, OPEN, 0);
      },
    };
  }

  // Only the first step meets the rows as they are now, and only a DROP says beforehand how many go;
  // the rest is counted when it runs.
  async #countLosses(
    step: RehearsedStep,
    live: ReadonlySet<string>,
    deadline: Deadline,
  ): Promise<CountedLosses> {
    const watched = step.watched.filter(({ name }) => live.has(name));
    if (watched.length === 0) return new Map([[step.version, []]]);
    const counted = await this.read((connection) => {
      using _interrupter = new Interrupter(connection, deadline);
      return foreseenLosses(connection, watched);
    });
    // The plan is made without them; what is really lost is measured when it runs.
    return counted.ok && counted.value !== null
      ? new Map([[step.version, counted.value]])
      : new Map();
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

function reportOf(prepared: Prepared, execution: Execution): ExecutionReport {
  const { executed, history, backup, end } = execution;
  return {
    executed,
    currentVersion: currentVersion(history),
    backup,
    end,
    findings: [
      ...failureFindings(execution),
      ...prepared.fileFindings,
      ...inOrder(withLosses(prepared.rehearsalFindings, executed)),
      ...backupFindings(execution, prepared.plan.steps[0]),
    ],
  };
}

function isStale(error: unknown): boolean {
  const cause = error instanceof SqliteError ? error.cause : error;
  return cause instanceof StorageError && cause.code === "ESTALE";
}
