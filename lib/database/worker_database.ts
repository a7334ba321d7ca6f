// One database in its worker thread: prepares plans and executes them. Runs where SQLite runs.

import { foreseenLosses } from "../loss/foreseen_losses.ts";
import { readBase } from "../history/database_base.ts";
import { executePlan } from "../execution/execute_plan.ts";
import type { Execution, ExecutionEvent } from "../execution/execution.ts";
import { packText, type StoredText } from "../history/file_text.ts";
import { readHistory } from "../history/history_table.ts";
import { readLoggedFiles } from "../history/logged_files.ts";
import { type LogPage, type LogRange, readLog } from "../history/migration_log.ts";
import { Interrupter } from "../statement/interrupter.ts";
import type { Deadline } from "../deadline.ts";
import type { RehearsedStep } from "../rehearsal/rehearsal.ts";
import { currentVersion, type History, type HistoryEntry } from "../plan/history.ts";
import { missingFiles } from "../plan/missing_files.ts";
import { leavingVersions } from "../plan/select_steps.ts";
import { isIntact } from "../plan/migration_plan.ts";
import { acceptFindings } from "../rule/acceptances.ts";
import { backupFindings, failureFindings } from "../rule/execution_findings.ts";
import { type CountedLosses, inOrder, withLosses } from "../rule/rehearsal_findings.ts";
import type { FileProof } from "../proof/proof.ts";
import type { KnownRows } from "../proof/fill_schema.ts";
import type { FileToProve } from "../proof/prove.ts";
import { subjectOf } from "../finding/subject_of.ts";
import { hasStatement } from "../sqlite/skip_trivia.ts";
import type { Connection } from "../sqlite/connection.ts";
import type { Migration } from "../migration/migration.ts";
import type { Outcome } from "../outcome.ts";
import { DatabaseAccess, type TargetLocation, type WorkerEnvironment } from "./database_access.ts";
import { DatabaseBackups } from "./database_backups.ts";
import { settleExecution } from "./settle_execution.ts";
import {
  type PlanOutline,
  type PreparationBase,
  type PreparationPorts,
  type PreparationRequest,
  prepare,
  type Prepared,
} from "./prepare.ts";
import type { Generation, GenerationCode, GenerationRequest } from "./generate.ts";
import type {
  DatabaseCode,
  DatabaseOutcome,
  ExecutionReport,
  ExecutionRequest,
  PreparationOutcome,
} from "./session.ts";
import { commitGate, type ThreadState } from "./thread_state.ts";

/** What a preparation reports. */
export type PreparationListener = Pick<
  PreparationPorts,
  "onPlanned" | "onRehearsed" | "endlessAfter"
>;

/**
 * One database. A missing one is not created before a plan is committed. The code of what is rarely
 * requested is loaded with the first request.
 */
export class WorkerDatabase {
  /** Access to the database, for calls that are not part of a plan. */
  readonly access: DatabaseAccess;
  readonly #environment: WorkerEnvironment;
  readonly #location: TargetLocation;
  readonly #state: ThreadState | null;
  #prepared: Prepared | null = null;

  constructor(
    environment: WorkerEnvironment,
    location: TargetLocation,
    state: ThreadState | null = null,
  ) {
    this.access = new DatabaseAccess(environment, location, state);
    this.#environment = environment;
    this.#location = location;
    this.#state = state;
  }

  /** Its backups. */
  get backups(): DatabaseBackups {
    const location = this.#location;
    if (location.kind === "empty") throw new Error("An empty database has no backups");
    return new DatabaseBackups(
      this.#environment,
      this.access,
      location,
      commitGate(this.#state),
    );
  }

  /** Reads the history alone, even where SQLite here cannot read the schema. */
  history(): Promise<DatabaseOutcome<History>> {
    return this.access.read((connection) => readHistory(connection, this.#plugin));
  }

  /** Reads a page of the log, newest first. */
  log(range: LogRange): Promise<DatabaseOutcome<LogPage>> {
    return this.access.read((connection) => readLog(connection, this.#plugin, range));
  }

  /**
   * Prepares a plan, and keeps it for `execute()`. The database is closed while the steps are
   * rehearsed, so that other programs need not wait for that.
   */
  async prepare(
    request: PreparationRequest,
    deadline: Deadline,
    { onPlanned, onRehearsed, endlessAfter }: PreparationListener,
  ): Promise<PreparationOutcome> {
    this.#prepared = null;
    const base = await this.access.read((connection) => this.#readBase(connection, request));
    if (!base.ok) return base;
    const live = new Set(base.value.schema.tables.map(({ name }) => name));
    const ports: PreparationPorts = {
      onPlanned,
      endlessAfter,
      rehearsals: this.#environment.rehearsals,
      onRehearsed: (...rehearsed) => {
        this.access.countRehearsed();
        onRehearsed(...rehearsed);
      },
      prove: (files) => this.#prove(files, deadline),
      suggest: async (...files) => {
        // A page that cannot load this part does without suggestions.
        const part = await import("./on_demand.ts").catch(() => null);
        return await part?.makeSuggestions(this.#environment.sqlite3, ...files, deadline) ?? null;
      },
      countLosses: (first) => this.#countLosses(first, live, deadline),
    };
    const outcome = await this.access.attempt(() =>
      prepare(this.#environment.sqlite3, this.#plugin, base.value, request, deadline, ports)
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
    const location = this.#location;
    if (location.kind === "empty") throw new Error("Nothing is executed on an empty database");
    const prepared = this.#prepared;
    if (prepared?.plan.hash !== hash || !await isIntact(prepared.plan)) {
      throw new Error("Only a plan that was prepared in this session is executed");
    }
    const texts = new Map<number, StoredText>();
    // The log keeps none of what is undone.
    const kept = request.mode === "commit" ? prepared.texts : [];
    for (const [version, text] of kept) texts.set(version, await packText(text));
    const run = (connection: Connection): Promise<Execution> =>
      executePlan(connection, prepared.plan, prepared.rehearsal.steps, {
        mode: request.mode,
        transaction: request.transaction,
        runId: request.runId,
        appliedBy: request.appliedBy,
        texts,
        deadline,
        now: () => new Date().toISOString(),
        backups: {
          ...this.#environment.backups,
          place: location.backups,
          tenant: location.tenant,
        },
        commitGate: commitGate(this.#state),
        onEvent,
      });
    const outcome =
      await (request.mode === "commit" ? this.access.change(run) : this.access.read(run));
    if (!outcome.ok) return outcome;
    const settled = await settleExecution(outcome.value, {
      plugin: this.#plugin,
      backups: location.backups,
      retention: this.#environment.backups.retention,
      read: (action) => this.access.read(action),
    });
    return { ok: true, value: reportOf(prepared, settled, request.mode) };
  }

  /** Compares files with a schema.sql, and makes the file that leads there. */
  async generate(
    migrations: readonly Migration[],
    request: GenerationRequest,
    deadline: Deadline,
  ): Promise<Outcome<Generation, DatabaseCode | GenerationCode>> {
    const { generate } = await import("./on_demand.ts");
    const outcome = await this.access.attempt(() =>
      Promise.resolve(generate(this.#environment.sqlite3, migrations, request, deadline))
    );
    return outcome.ok ? outcome.value : outcome;
  }

  /** The schema as a schema.sql: of an empty database, the one that `migrations` make. */
  async dump(
    migrations: readonly Migration[],
    deadline: Deadline,
  ): Promise<Outcome<string, DatabaseCode | "files">> {
    const { dumpDatabase, dumpFiles } = await import("./on_demand.ts");
    const outcome = await this.access.read((connection): Outcome<string, "files"> =>
      this.#location.kind === "empty"
        ? dumpFiles(this.#environment.sqlite3, migrations, deadline)
        : { ok: true, value: dumpDatabase(connection) }
    );
    return outcome.ok ? outcome.value : outcome;
  }

  async #readBase(
    connection: Connection,
    request: PreparationRequest,
  ): Promise<PreparationBase> {
    const base = await readBase(connection, this.#plugin);
    const missing = missingFiles(request, base.history);
    const { target } = request;
    const needed = target.direction === "rollback"
      ? leavingVersions(target.version, base.history)
      : new Set<number>();
    const isNeeded = ({ version }: HistoryEntry): boolean => needed.has(version);
    const logged = await readLoggedFiles(connection, this.#plugin, missing, isNeeded);
    return { ...base, leaving: needed, logged };
  }

  /** Tries each file on rows that are made up, or all of them on those of the database. */
  async #prove(
    files: readonly FileToProve[],
    deadline: Deadline,
  ): Promise<readonly FileProof[]> {
    const { proveOnLiveRows, proveOnMadeUpRows } = await import("./on_demand.ts");
    if (this.#location.kind === "plugin") {
      const migrations = files.map(({ migration }) => migration);
      const proven = await this.access.read((connection) =>
        proveOnLiveRows(this.#environment.sqlite3, connection, this.#plugin, migrations, deadline)
      );
      if (proven.ok) return proven.value;
      return migrations.map((migration) => ({
        ...subjectOf(migration),
        rows: "live",
        unfilled: [],
        failsOnOthers: null,
        end: { kind: "up-failed", message: proven.message, violations: [] },
      }));
    }
    const proofs: FileProof[] = [];
    const known: KnownRows = new Map();
    for (const file of files) {
      if (hasStatement(file.migration.down.sql)) {
        proofs.push(await proveOnMadeUpRows(this.#environment.sqlite3, file, known, deadline));
      }
    }
    return proofs;
  }

  get #plugin(): string {
    return this.#location.kind === "plugin" ? this.#location.plugin : "";
  }

  // Only the first step meets the rows as they are now, and only a DROP says beforehand how many
  // go; the rest is counted when it runs.
  async #countLosses(
    step: RehearsedStep,
    live: ReadonlySet<string>,
    deadline: Deadline,
  ): Promise<CountedLosses> {
    // What its statements write to is not known yet.
    if (step.touched === null) return new Map();
    const watched = step.watched.filter(({ name }) => live.has(name));
    if (watched.length === 0) return new Map([[step.version, []]]);
    const counted = await this.access.read((connection) => {
      using _interrupter = new Interrupter(connection, deadline);
      return foreseenLosses(connection, watched);
    });
    // The plan is made without them; what is really lost is measured when it runs.
    return counted.ok && counted.value !== null
      ? new Map([[step.version, counted.value]])
      : new Map();
  }
}

function reportOf(
  prepared: Prepared,
  execution: Execution,
  mode: ExecutionRequest["mode"],
): ExecutionReport {
  const { executed, watched, history, backup, review, end } = execution;
  // A file that is applied must not be changed any more.
  const applied = new Set(mode === "commit" ? executed.map(({ version }) => version) : []);
  const findings = acceptFindings([
    ...failureFindings(execution),
    ...prepared.fileFindings,
    ...inOrder(withLosses(prepared.rehearsalFindings, executed, watched)),
    ...backupFindings(execution, prepared.plan.steps[0]),
  ], prepared.acceptances);
  return {
    executed,
    currentVersion: currentVersion(history),
    backup: backup?.path ?? null,
    review,
    end,
    findings: findings.map((found) =>
      found.version !== null && applied.has(found.version) ? { ...found, suggestion: null } : found
    ),
  };
}
