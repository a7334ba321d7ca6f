// What a worker thread does for the thread that started it: one open database at a time. Runs
// anywhere.

import type { ExecutionEvent } from "../execution/execution.ts";
import { receiveDeadline, type WireDeadline } from "../deadline.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { History } from "../plan/history.ts";
import type { LogPage, LogRange } from "../history/migration_log.ts";
import type { MigrationFile } from "../migration/migration.ts";
import { MigrationCollector } from "../source/collect_migrations.ts";
import type { SourceFile } from "../source/source_file.ts";
import type { PluginLocation, TargetLocation, WorkerEnvironment } from "./database_access.ts";
import type { Outcome } from "../outcome.ts";
import type { Generation, GenerationCode, GenerationRequest } from "./generate.ts";
import type {
  BackupList,
  BackupListRequest,
  MadeBackup,
  RestoreOutcome,
  RestoreRequest,
} from "./database_backups.ts";
import type { PlanOutline, PreparationRequest } from "./prepare.ts";
import type {
  DatabaseCode,
  DatabaseOutcome,
  ExecutionReport,
  ExecutionRequest,
  LoadedFiles,
  PreparationOutcome,
  SessionTarget,
} from "./session.ts";
import type { ThreadState } from "./thread_state.ts";
import { WorkerDatabase } from "./worker_database.ts";

/** SQLite, started on some storage, and where databases have their files in it. */
export interface HostEnvironment extends WorkerEnvironment {
  /** Says where a database and its backups are. */
  locate(address: DatabaseAddress): PluginLocation | Promise<PluginLocation>;
}

/** Starts SQLite from a compiled module, on the storage that `Options` describe. */
export type StartEnvironment<Options, Environment extends HostEnvironment = HostEnvironment> = (
  module: WebAssembly.Module,
  options: Options,
) => Promise<Environment>;

/** What every host offers once SQLite is started. One database is open at a time. */
export interface HostedDatabase {
  /** `state` is `null` where threads cannot share memory. */
  open(target: SessionTarget, state: ThreadState | null): Promise<void>;
  history(): Promise<DatabaseOutcome<History>>;
  log(range: LogRange): Promise<DatabaseOutcome<LogPage>>;
  /** Parses files and keeps them until the database is closed. */
  addFiles(files: readonly SourceFile[]): Promise<void>;
  /** What the files that were added are, without their SQL. */
  files(): LoadedFiles;
  prepare(
    target: PreparationRequest["target"],
    /** Plans whose rehearsal does not end, by hash, and the steps before that. */
    endless: ReadonlyMap<string, number>,
    deadline: WireDeadline,
    onPlanned: (outline: PlanOutline) => void | Promise<void>,
  ): Promise<PreparationOutcome>;
  execute(
    hash: string,
    request: ExecutionRequest,
    deadline: WireDeadline,
    onEvent: (event: ExecutionEvent) => void | Promise<void>,
  ): Promise<DatabaseOutcome<ExecutionReport>>;
  /** Compares the files that were added with a schema.sql. */
  generate(
    request: GenerationRequest,
    deadline: WireDeadline,
  ): Promise<Outcome<Generation, DatabaseCode | GenerationCode>>;
  /** The schema as a schema.sql. */
  dump(deadline: WireDeadline): Promise<Outcome<string, DatabaseCode | "files">>;
  listBackups(request: BackupListRequest): Promise<DatabaseOutcome<BackupList>>;
  makeBackup(runId: string, deadline: WireDeadline): Promise<MadeBackup>;
  restore(request: RestoreRequest, deadline: WireDeadline): Promise<RestoreOutcome>;
  /** Closes the database; returns the bytes of memory that SQLite has, which never become fewer. */
  close(): number;
}

// A call to another thread costs more than most statements.
const STATEMENTS_INTERVAL_MS = 50;

/** Serves one caller over Comlink; every argument and result is plain data. */
export class DatabaseHost<Options, Environment extends HostEnvironment = HostEnvironment>
  implements HostedDatabase {
  readonly #startEnvironment: StartEnvironment<Options, Environment>;
  #environment: Environment | null = null;
  #database: WorkerDatabase | null = null;
  #files = new MigrationCollector();

  constructor(startEnvironment: StartEnvironment<Options, Environment>) {
    this.#startEnvironment = startEnvironment;
  }

  /** Starts SQLite; returns its version. */
  async start(module: WebAssembly.Module, options: Options): Promise<string> {
    this.#environment = await this.#startEnvironment(module, options);
    return this.#environment.sqlite3.version.libVersion;
  }

  async open(target: SessionTarget, state: ThreadState | null): Promise<void> {
    const environment = this.environment;
    const location: TargetLocation = target.kind === "plugin"
      ? {
        kind: "plugin",
        plugin: target.plugin,
        tenant: target.tenant,
        ...await environment.locate(target),
      }
      : { kind: "empty" };
    this.#database = new WorkerDatabase(environment, location, state);
    this.#files = new MigrationCollector();
  }

  history(): Promise<DatabaseOutcome<History>> {
    return this.database.history();
  }

  log(range: LogRange): Promise<DatabaseOutcome<LogPage>> {
    return this.database.log(range);
  }

  async addFiles(files: readonly SourceFile[]): Promise<void> {
    for (const file of files) await this.#files.add(file);
  }

  files(): LoadedFiles {
    const { migrations, findings, queries } = this.#files.collected();
    const withoutSql = migrations.map(({ version, name, file, checksum }): MigrationFile => ({
      version,
      name,
      file,
      checksum,
    }));
    return { migrations: withoutSql, findings, queryFiles: queries.files.length };
  }

  async prepare(
    target: PreparationRequest["target"],
    endless: ReadonlyMap<string, number>,
    deadline: WireDeadline,
    onPlanned: (outline: PlanOutline) => void | Promise<void>,
  ): Promise<PreparationOutcome> {
    const received: (void | Promise<void>)[] = [];
    const request = { ...this.#files.collected(), target };
    const outcome = await this.database.prepare(request, receiveDeadline(deadline), {
      onPlanned: (outline) => received.push(onPlanned(outline)),
      onRehearsed() {},
      endlessAfter: (hash) => endless.get(hash),
    });
    // Calls back take another channel than the result, which must not overtake them.
    await Promise.all(received);
    return outcome;
  }

  async execute(
    hash: string,
    request: ExecutionRequest,
    deadline: WireDeadline,
    onEvent: (event: ExecutionEvent) => void | Promise<void>,
  ): Promise<DatabaseOutcome<ExecutionReport>> {
    const received: (void | Promise<void>)[] = [];
    let reportedMs = -Infinity;
    const report = (event: ExecutionEvent): void => {
      if (event.kind === "statement-finished") {
        const nowMs = performance.now();
        if (nowMs - reportedMs < STATEMENTS_INTERVAL_MS) return;
        reportedMs = nowMs;
      }
      received.push(onEvent(event));
    };
    const outcome = await this.database.execute(hash, request, receiveDeadline(deadline), report);
    await Promise.all(received);
    return outcome;
  }

  generate(
    request: GenerationRequest,
    deadline: WireDeadline,
  ): Promise<Outcome<Generation, DatabaseCode | GenerationCode>> {
    const { migrations } = this.#files.collected();
    return this.database.generate(migrations, request, receiveDeadline(deadline));
  }

  dump(deadline: WireDeadline): Promise<Outcome<string, DatabaseCode | "files">> {
    return this.database.dump(this.#files.collected().migrations, receiveDeadline(deadline));
  }

  listBackups(request: BackupListRequest): Promise<DatabaseOutcome<BackupList>> {
    return this.database.backups.list(request);
  }

  makeBackup(runId: string, deadline: WireDeadline): Promise<MadeBackup> {
    return this.database.backups.make({ reason: "request", runId }, receiveDeadline(deadline));
  }

  restore(request: RestoreRequest, deadline: WireDeadline): Promise<RestoreOutcome> {
    return this.database.backups.restore(request, receiveDeadline(deadline));
  }

  close(): number {
    this.#database = null;
    this.#files = new MigrationCollector();
    return this.#environment?.sqlite3.wasm.heap8u().byteLength ?? 0;
  }

  /** The database that is open. */
  protected get database(): WorkerDatabase {
    if (this.#database === null) throw new Error("No database is open");
    return this.#database;
  }

  protected get environment(): Environment {
    if (this.#environment === null) throw new Error("SQLite has not been started");
    return this.#environment;
  }
}
