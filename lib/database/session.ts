// The interface between handlers and the thread that runs SQL. Only plain data crosses it.

import type { Deadline } from "../deadline.ts";
import type {
  Execution,
  ExecutionEvent,
  RunMode,
  TransactionExtent,
} from "../execution/execution.ts";
import type { Finding } from "../finding/finding.ts";
import type { LogPage, LogRange } from "../history/migration_log.ts";
import type { MigrationFile } from "../migration/migration.ts";
import type { Outcome } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { History } from "../plan/history.ts";
import type { SourceFile } from "../source/source_file.ts";
import type { Generation, GenerationCode, GenerationRequest } from "./generate.ts";
import type {
  BackupList,
  BackupListRequest,
  MadeBackup,
  RestoreOutcome,
  RestoreRequest,
} from "./database_backups.ts";
import type { PlanOutline, PreparationRequest } from "./prepare.ts";

/**
 * Why a database gave no value: SQLite or the storage failed, its thread did not answer, the caller
 * cancelled, or a migration has it.
 */
export type DatabaseCode = "unavailable" | "unanswered" | "cancelled" | "migrating";

/** A value, or why the database could not give it. */
export type DatabaseOutcome<T> = Outcome<T, DatabaseCode>;

/** The outline of a prepared plan; `no-such-target` where no steps lead to the target. */
export type PreparationOutcome = Outcome<PlanOutline, DatabaseCode | "no-such-target">;

/** How a plan is to be executed. */
export interface ExecutionRequest {
  /** Identifies the run in its reply, its events and the snapshot of its lock. */
  readonly runId: string;
  readonly mode: RunMode;
  readonly transaction: TransactionExtent;
  readonly appliedBy: string;
}

/** How an execution ended, with the findings as they are after it. */
export interface ExecutionReport extends Pick<Execution, "executed" | "end" | "review"> {
  /** The path of the backup; `null` where none was made. */
  readonly backup: string | null;
  readonly currentVersion: number;
  readonly findings: readonly Finding[];
}

/** What callers in other threads see of a plugin's files: all but the SQL. */
export interface LoadedFiles {
  readonly migrations: readonly MigrationFile[];
  /** Findings about files that do not parse. */
  readonly findings: readonly Finding[];
  /** How many files of statements of its code can be read. */
  readonly queryFiles: number;
}

/** A database, held by one caller. Dispose of it to give the database back. */
export interface DatabaseSession extends AsyncDisposable {
  /** Reads files and parses them in the database's thread, which keeps them for `prepare()`. */
  load(files: AsyncIterable<SourceFile>): Promise<DatabaseOutcome<LoadedFiles>>;
  /**
   * Prepares a plan of the files that were loaded. `onPlanned` is called once the steps are known
   * and before they are rehearsed, with the findings about files and history.
   */
  prepare(
    target: PreparationRequest["target"],
    deadline: Deadline<AbortSignal>,
    onPlanned?: (outline: PlanOutline) => void,
  ): Promise<PreparationOutcome>;
  /** Executes the plan that `prepare()` returned last in this session, by its hash. */
  execute(
    hash: string,
    request: ExecutionRequest,
    deadline: Deadline<AbortSignal>,
    onEvent: (event: ExecutionEvent) => void,
  ): Promise<DatabaseOutcome<ExecutionReport>>;
  /** Compares the files that were loaded with a schema.sql, and makes the file that leads there. */
  generate(
    request: GenerationRequest,
    deadline: Deadline<AbortSignal>,
  ): Promise<Outcome<Generation, DatabaseCode | GenerationCode>>;
  /** The schema as a schema.sql: of an empty database, the one that the loaded files make. */
  dump(deadline: Deadline<AbortSignal>): Promise<Outcome<string, DatabaseCode | "files">>;
  /** Lists the backups; with `verify`, reads each of them whole. */
  listBackups(
    request: BackupListRequest,
    deadline: Deadline<AbortSignal>,
  ): Promise<DatabaseOutcome<BackupList>>;
  /** Makes a backup now. */
  makeBackup(runId: string, deadline: Deadline<AbortSignal>): Promise<MadeBackup>;
  /** Puts a backup in the place of the database. */
  restore(request: RestoreRequest, deadline: Deadline<AbortSignal>): Promise<RestoreOutcome>;
  /** Reads the history alone, also where the schema cannot be read. */
  history(): Promise<DatabaseOutcome<History>>;
  /** Reads a page of the log, newest first. */
  log(range: LogRange): Promise<DatabaseOutcome<LogPage>>;
}

/** Which database to open. */
export type SessionTarget =
  | { readonly kind: "plugin" } & DatabaseAddress
  /** An empty database in memory, to check a plugin's files by themselves. */
  | { readonly kind: "empty"; readonly plugin: string };

/** What a session is for; runs never take the last worker, so that status is always answered. */
export type SessionPurpose = "read" | "run";

/** Opens databases. */
export interface Databases extends AsyncDisposable {
  /** The version of SQLite that runs the SQL, such as `3.54.1`. */
  readonly engineVersion: string;
  /**
   * Names the tenants of a plugin that have a database, in alphabetical order; `null` where a
   * plugin cannot have tenants.
   */
  readonly tenantsOf: ((plugin: string) => Promise<DatabaseOutcome<readonly string[]>>) | null;
  /** Names the plugins that have a database here. Missing where databases are no files. */
  pluginsWithDatabases?(): Promise<DatabaseOutcome<readonly string[]>>;
  /** Lists the databases of a plugin, its own and its tenants'. Missing as above. */
  addressesOf?(plugin: string): Promise<DatabaseOutcome<readonly DatabaseAddress[]>>;
  /** How many threads are inside an operation that does not end; each takes a core. */
  readonly stuckThreads: number;
  /**
   * A text that is another one after any change of a database; `null` where that cannot be said
   * without opening it. Missing where databases are no files.
   */
  stateOf?(address: DatabaseAddress): string | null;
  /** How its threads are used. Missing where every plugin has one of its own. */
  readonly threads?: ThreadUse;
  /**
   * The backups of a plugin and of its tenants; `null` where they cannot be read. Missing as
   * `stateOf()` is.
   */
  backupsOf?(plugin: string): Promise<BackupUse | null>;
  open(target: SessionTarget, purpose: SessionPurpose): Promise<DatabaseSession>;
}

/** How the threads of a pool are used. */
export interface ThreadUse {
  /** The most threads at a time. */
  readonly limit: number;
  readonly busy: number;
  readonly idle: number;
  /** How many callers wait for a thread. */
  readonly waiting: number;
}

/** Backups that are kept. */
export interface BackupUse {
  readonly count: number;
  readonly bytes: number;
}
