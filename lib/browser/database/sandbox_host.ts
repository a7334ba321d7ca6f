// The calls of the sandbox's database worker that are not part of a run. Runs where SQLite runs.

import { NEVER, receiveDeadline, type WireDeadline } from "../../deadline.ts";
import type { BackupLabel } from "../../backup/backup_record.ts";
import type { Finding } from "../../finding/finding.ts";
import { isReserved } from "../../plan/reserved_names.ts";
import type { Connection } from "../../sqlite/connection.ts";
import { EMPTY_SCHEMA, type Schema } from "../../sqlite/schema.ts";
import { readSchema } from "../../sqlite/schema_follower.ts";
import type { Sqlite3 } from "../../sqlite/sqlite3.ts";
import {
  DatabaseHost,
  type HostEnvironment,
  type StartEnvironment,
} from "../../database/database_host.ts";
import { DatabaseReplacement } from "../../database/replace_database.ts";
import { StorageError } from "../../vfs/storage.ts";
import type { Failed, Outcome } from "../../outcome.ts";
import type { SessionTarget } from "../../database/session.ts";
import type { PreparationRequest } from "../../database/prepare.ts";
import { commitGate, type ThreadState } from "../../database/thread_state.ts";
import type { Migration } from "../../migration/migration.ts";
import type { AppliedComparison, SchemaComparison, WantedSchema } from "../comparison.ts";
import type { DatabaseReading, DataQuery, DataRows, Draft, FileReport } from "../sandbox.ts";
import { loadPart } from "./load_part.ts";
import type { SandboxFiles } from "./sandbox_files.ts";

/** Where a database worker stores its files. */
export type SandboxStorage =
  | { readonly kind: "opfs"; readonly directory: string }
  | { readonly kind: "memory" };

/** The environment of a storage. */
export type SandboxEnvironment = HostEnvironment & SandboxFiles;

type Effect = NonNullable<FileReport["effect"]>;

/** What was found about files, and what the first UP of each does to the schema. */
export interface RehearsedFiles {
  readonly findings: readonly Finding[];
  readonly effects: ReadonlyMap<string, Effect>;
}

/** Answers the sandbox. One plugin is open at a time. */
export class SandboxHost extends DatabaseHost<SandboxStorage, SandboxEnvironment> {
  readonly #load: (module: WebAssembly.Module) => Promise<Sqlite3>;
  #plugin = "";

  /** `load` starts SQLite once; `startEnvironment` gives it a storage. */
  constructor(
    load: (module: WebAssembly.Module) => Promise<Sqlite3>,
    startEnvironment: StartEnvironment<SandboxStorage, SandboxEnvironment>,
  ) {
    super(startEnvironment);
    this.#load = load;
  }

  /** Starts SQLite without a storage, before `start()`. Returns its version. */
  async load(module: WebAssembly.Module): Promise<string> {
    return (await this.#load(module)).version.libVersion;
  }

  override async open(target: SessionTarget, state: ThreadState | null): Promise<void> {
    this.#plugin = target.kind === "plugin" ? target.plugin : "";
    await super.open(target, state);
  }

  /** Rehearses files on an empty database. */
  async rehearseFiles(
    request: PreparationRequest,
    deadline: WireDeadline,
  ): Promise<Outcome<RehearsedFiles>> {
    const effects = new Map<string, Effect>();
    let before = EMPTY_SCHEMA;
    const outcome = await this.database.prepare(request, receiveDeadline(deadline), {
      onPlanned() {},
      onRehearsed({ direction, file }, { changes }, schema) {
        const after = schema();
        if (direction === "apply" && !effects.has(file)) {
          effects.set(file, { before, after, changes: [...changes] });
        }
        before = after;
      },
      endlessAfter: () => undefined,
    });
    return outcome.ok
      ? { ok: true, value: { findings: outcome.value.findings, effects } }
      : outcome;
  }

  /** Compares the schema that files make with a wanted one. */
  async compareSchema(
    migrations: readonly Migration[],
    wanted: WantedSchema,
    deadline: WireDeadline,
  ): Promise<Outcome<SchemaComparison>> {
    // Generating is much code, which few visitors use.
    const part = await loadPart(() => import("./on_demand.ts"));
    if (!part.ok) return part;
    const { compareSchema } = part.value;
    const outcome = await this.database.access.attempt(() =>
      Promise.resolve(
        compareSchema(this.environment.sqlite3, migrations, wanted, receiveDeadline(deadline)),
      )
    );
    return outcome.ok ? outcome.value : outcome;
  }

  /** Compares a file with what ran as its version; `null` if that is not applied. */
  async compareApplied(version: number, text: string): Promise<Outcome<AppliedComparison | null>> {
    const part = await loadPart(() => import("./on_demand.ts"));
    if (!part.ok) return part;
    const { compareApplied } = part.value;
    return await this.database.access.read((connection) =>
      compareApplied(connection, this.#plugin, version, text)
    );
  }

  schema(): Promise<Outcome<Schema>> {
    return this.database.access.read((connection) => readSchema(connection, isReserved));
  }

  async query(query: DataQuery, deadline: WireDeadline): Promise<Outcome<DataRows>> {
    const part = await loadPart(() => import("./on_demand.ts"));
    if (!part.ok) return part;
    const { runQuery } = part.value;
    const run = (connection: Connection): Outcome<DataRows> =>
      runQuery(connection, query, receiveDeadline(deadline));
    const path = `/${this.#plugin}.sqlite3`;
    const writes = query.access !== "read" && this.environment.names().includes(path);
    const outcome =
      await (writes ? this.database.access.change(run) : this.database.access.read(run));
    return outcome.ok ? outcome.value : outcome;
  }

  /**
   * The bytes of the database, or of a backup; `null` if there is no such file. A damaged database
   * is exported as it is, so that it can be recovered elsewhere.
   */
  async exportFile(backup: string | null): Promise<Outcome<Uint8Array<ArrayBuffer> | null>> {
    const { names, read } = this.environment;
    const path = backup === null ? `/${this.#plugin}.sqlite3` : this.#backupPath(backup);
    if (!names().includes(path)) return { ok: true, value: null };
    // Reading the database once rolls back what a crash has left incomplete, so that the file is
    // valid without its journal. A backup needs no such step.
    if (backup === null) {
      const settled = await this.#settle();
      if (!settled.ok && this.#hasJournal(path)) return settled;
    }
    return attempt(() => read(path));
  }

  #settle(): Promise<Outcome<void>> {
    return this.database.access.change((connection) => {
      connection.integer("SELECT count(*) FROM sqlite_schema");
    });
  }

  /** Whether a file has a hot journal, without which it is invalid. */
  #hasJournal(path: string): boolean {
    const journal = `${path}-journal`;
    const { names, read } = this.environment;
    return names().includes(journal) && read(journal).length > 0;
  }

  async readDatabase(bytes: Uint8Array): Promise<Outcome<DatabaseReading>> {
    const part = await loadPart(() => import("./on_demand.ts"));
    return part.ok ? await part.value.readDatabase(this.environment.sqlite3, bytes) : part;
  }

  /**
   * Replaces the database as a restore does, after a backup of the present one. A baseline is
   * recorded in the new one before it takes the place, so that there is no moment without it.
   */
  async importFile(
    bytes: Uint8Array,
    label: BackupLabel,
    baseline: Draft | null,
  ): Promise<Outcome<void>> {
    const part = await loadPart(() => import("./on_demand.ts"));
    if (!part.ok) return part;
    const { openDatabaseFile, recordBaseline } = part.value;
    const opened = openDatabaseFile(this.environment.sqlite3, this.#plugin, bytes);
    if (!opened.ok) return opened;
    using source = opened.value;
    if (baseline !== null) {
      const recorded = await recordBaseline(source, this.#plugin, baseline, label.at);
      if (!recorded.ok) return recorded;
    }
    const { access } = this.database;
    const location = await this.environment.locate({ plugin: this.#plugin, tenant: null });
    const put = (target: Connection): void =>
      target.replaceBy(source, { isOver: () => false, mayCommit: () => true });
    const replacement = new DatabaseReplacement(this.environment, access, {
      source,
      putInPlace: async (path) => {
        this.environment.delete(path);
        const made = await access.change(put);
        if (!made.ok) throw new StorageError("EIO", "import", path, made.message);
      },
      inUse: [],
      label,
      location,
      // The page waits for an import for as long as it takes.
      deadline: NEVER,
      gate: commitGate(null),
    });
    const outcome = await access.attempt(() => replacement.run(null));
    const replaced = outcome.ok ? outcome.value : outcome;
    return replaced.ok ? { ok: true, value: undefined } : replaced;
  }

  async deleteBackup(backup: string): Promise<Outcome<void>> {
    const removed = await this.database.backups.remove(backup);
    if (!removed.ok) return removed;
    return removed.value
      ? { ok: true, value: undefined }
      : { ok: false, code: "no-backup", message: `There is no backup "${backup}"` };
  }

  #backupPath(name: string): string {
    return `/backups/${this.#plugin}/${name}`;
  }
}

function attempt<T>(action: () => T): Outcome<T> {
  try {
    return { ok: true, value: action() };
  } catch (error) {
    return unavailable(error);
  }
}

function unavailable(error: unknown): Failed {
  if (!(error instanceof StorageError)) throw error;
  return { ok: false, code: "unavailable", message: error.message };
}
