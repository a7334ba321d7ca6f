// The sandbox of the owner: handlers, sources and database workers. For browsers.

import { type Finding, isError } from "../../finding/finding.ts";
import type { Log } from "../../handler/context.ts";
import { memoryLocks } from "../../lock/memory_locks.ts";
import type { RunLocks } from "../../lock/run_locks.ts";
import { isPluginName, whyNoPlugin } from "../../message/plugin_name.ts";
import type { Reply } from "../../message/any_reply.ts";
import { collectMigrations } from "../../source/collect_migrations.ts";
import { migrationSource } from "../../source/file_source.ts";
import { readFiles, type SourceFile } from "../../source/source_file.ts";
import type { Schema } from "../../sqlite/schema.ts";
import type { Failed, Outcome } from "../../outcome.ts";
import type { DirectoryHandle } from "./directory_handle.ts";
import type { SavedFile } from "./saved_files.ts";
import { savedSource } from "./saved_source.ts";
import { memorySource } from "./memory_source.ts";
import { openOpfs } from "./open_opfs.ts";
import { openSources, type SandboxSources } from "./open_sources.ts";
import { type HostCall, PluginThreads } from "./plugin_threads.ts";
import { RunningCalls } from "./running_calls.ts";
import { reportFiles } from "./report_files.ts";
import type { AppliedComparison, SchemaComparison, WantedSchema } from "../comparison.ts";
import type {
  DatabaseReading,
  DataQuery,
  DataRows,
  Draft,
  FilesReport,
  PluginEntry,
  Sandbox,
  SandboxEvent,
  StorageKind,
} from "../sandbox.ts";
import type { SandboxCalls } from "../sandbox_calls.ts";
import { WireRequests } from "./wire_requests.ts";

/** How the owner opens its sandbox. URLs are absolute. */
export interface OwnerOptions {
  /** The name of the sandbox: a directory of OPFS. */
  readonly name: string;
  /** SQLite, while it is compiled. */
  readonly module: Promise<WebAssembly.Module>;
  readonly databaseWorkerUrl: string;
  readonly bundles: readonly string[];
  readonly trust: readonly string[];
  readonly manifest: string | null;
  readonly log: Log;
  /** Sends an event to every tab. Must neither block nor throw. */
  readonly emit: (event: SandboxEvent) => void;
  /** Reads the fleet, which the connection of the tab leads to. */
  readonly fleet: Sandbox["fleet"];
}

// How long a user waits for an answer.
const QUERY_TIMEOUT_MS = 30_000;
const REPORT_TIMEOUT_MS = 20_000;

interface Parts {
  readonly options: OwnerOptions;
  readonly stop: AbortController;
  readonly locks: RunLocks;
  readonly directory: DirectoryHandle | null;
  readonly storage: StorageKind;
  readonly threads: PluginThreads;
  readonly sources: SandboxSources;
}

/** Owns the databases until it is disposed. */
export class OwnedSandbox implements SandboxCalls, AsyncDisposable {
  readonly storage: StorageKind;
  /** Its directory in OPFS; `null` where everything is in memory. */
  readonly directory: DirectoryHandle | null;
  /** Answers the requests of this tab, of guests and of NATS. */
  readonly wire: WireRequests;
  readonly #threads: PluginThreads;
  readonly #sources: SandboxSources;
  readonly #locks: RunLocks;
  readonly #emit: (event: SandboxEvent) => void;
  readonly #fleet: Sandbox["fleet"];
  readonly #stop: AbortController;
  readonly #running = new RunningCalls();

  private constructor({ options, stop, locks, directory, storage, threads, sources }: Parts) {
    const { emit, log, fleet } = options;
    this.storage = storage;
    this.directory = directory;
    this.#threads = threads;
    this.#sources = sources;
    this.#locks = locks;
    this.#emit = emit;
    this.#fleet = fleet;
    this.#stop = stop;
    this.wire = new WireRequests({
      source: migrationSource(sources.all),
      databases: threads,
      locks: { ...locks, cancel: (...args) => this.#cancel(...args) },
      log,
      signal: stop.signal,
      emit,
    });
  }

  /**
   * Opens storage and sources. Without OPFS everything is in memory, and `storage` has the reason.
   */
  static async open(options: OwnerOptions): Promise<OwnedSandbox> {
    const { name, module, databaseWorkerUrl, bundles, trust, manifest } = options;
    const opfs = await openOpfs(name);
    const saved = opfs.ok ? savedSource(opfs.value.plugins) : memorySource();
    const stop = new AbortController();
    const locks = memoryLocks();
    const [sources, threads] = await Promise.all([
      openSources({ saved, bundles, trust, manifest }),
      PluginThreads.start({
        module,
        workerUrl: databaseWorkerUrl,
        directory: opfs.ok ? name : null,
        signal: stop.signal,
        isMigrating: (plugin) => locks.current({ plugin, tenant: null }) !== null,
      }),
    ]);
    const storage: StorageKind = opfs.ok
      ? { kind: "opfs" }
      : { kind: "memory", reason: opfs.message };
    const directory = opfs.ok ? opfs.value.root : null;
    return new OwnedSandbox({ options, stop, locks, directory, storage, threads, sources });
  }

  get engineVersion(): string {
    return this.#threads.engineVersion;
  }

  request(...args: Parameters<Sandbox["request"]>): Promise<Reply> {
    return this.wire.request(...args);
  }

  plugins(): Promise<readonly PluginEntry[]> {
    return this.#sources.entries();
  }

  sourceProblems(): Promise<readonly string[]> {
    return this.#sources.problems();
  }

  async files(plugin: string, draft?: Draft): Promise<Outcome<FilesReport>> {
    if (!isPluginName(plugin)) return noPlugin(plugin);
    const listed = await this.#sources.all.list(plugin);
    if (!listed.found && draft === undefined) {
      return { ok: false, code: "no-plugin", message: listed.message };
    }
    const files = listed.found ? await Array.fromAsync(readFiles(listed.files)) : [];
    return await this.#report(plugin, files, draft ?? null);
  }

  async rehearse(plugin: string, drafts: readonly Draft[]): Promise<Outcome<FilesReport>> {
    if (!isPluginName(plugin)) return noPlugin(plugin);
    const encoder = new TextEncoder();
    const files = drafts.map(({ file, text }) => ({ file, bytes: encoder.encode(text) }));
    return await this.#report(plugin, files, null);
  }

  async compareSchema(
    plugin: string,
    wanted: WantedSchema,
  ): Promise<Outcome<SchemaComparison>> {
    if (!isPluginName(plugin)) return noPlugin(plugin);
    using running = this.#running.begin(wanted.id ?? null);
    const listed = await this.#sources.all.list(plugin);
    if (!listed.found) return { ok: false, code: "no-plugin", message: listed.message };
    const read = await Array.fromAsync(readFiles(listed.files));
    const { migrations, findings } = await collectMigrations(read);
    const error = findings.find(isError);
    if (error !== undefined) return { ok: false, code: "files", message: unparsed(error) };
    return await this.#threads.callUntil(
      { kind: "empty", plugin },
      { timeoutMs: REPORT_TIMEOUT_MS, stopped: running.signal },
      (host, deadline) => host.compareSchema(migrations, wanted, deadline),
    );
  }

  compareApplied(
    plugin: string,
    version: number,
    text: string,
  ): Promise<Outcome<AppliedComparison | null>> {
    return this.#call(plugin, (host) => host.compareApplied(version, text));
  }

  schema(plugin: string): Promise<Outcome<Schema>> {
    return this.#call(plugin, (host) => host.schema());
  }

  async query(plugin: string, query: DataQuery): Promise<Outcome<DataRows>> {
    if (!isPluginName(plugin)) return noPlugin(plugin);
    using running = this.#running.begin(query.id ?? null);
    const limits = { timeoutMs: QUERY_TIMEOUT_MS, stopped: running.signal };
    const target = { kind: "plugin", plugin, tenant: null } as const;
    const outcome = await this.#threads.callUntil(
      target,
      limits,
      (host, deadline) => host.query(query, deadline),
    );
    const isChanged = query.access === "write" && outcome.ok && outcome.value.changes > 0;
    if (isChanged) this.#emit({ kind: "database", plugin });
    return outcome;
  }

  stopQuery(id: string): Promise<Outcome<void>> {
    const refusal = this.#threads.whyNotEnded();
    if (refusal !== null) return Promise.resolve(refusal);
    this.#running.stop(id);
    return Promise.resolve({ ok: true, value: undefined });
  }

  exportDatabase(
    plugin: string,
    backup?: string,
  ): Promise<Outcome<Uint8Array<ArrayBuffer> | null>> {
    return this.#call(plugin, (host) => host.exportFile(backup ?? null));
  }

  deleteBackup(plugin: string, backup: string): Promise<Outcome<void>> {
    return this.#call(plugin, (host) => host.deleteBackup(backup));
  }

  readDatabase(bytes: Uint8Array): Promise<Outcome<DatabaseReading>> {
    return this.#threads.call({ kind: "empty", plugin: "" }, (host) => host.readDatabase(bytes));
  }

  async importDatabase(
    plugin: string,
    bytes: Uint8Array,
    baseline?: Draft,
  ): Promise<Outcome<void>> {
    if (!isPluginName(plugin)) return noPlugin(plugin);
    const lock = this.#locks.acquire({ plugin, tenant: null }, crypto.randomUUID());
    if (lock.kind !== "acquired") {
      const message = `"${plugin}" is being migrated; wait until that is done`;
      return { ok: false, code: "migrating", message };
    }
    try {
      const label = {
        plugin,
        tenant: null,
        reason: "import",
        planHash: null,
        runId: null,
        at: new Date().toISOString(),
      } as const;
      const outcome = await this.#call(
        plugin,
        (host) => host.importFile(bytes, label, baseline ?? null),
      );
      if (outcome.ok) this.#emit({ kind: "database", plugin });
      return outcome;
    } finally {
      lock.release();
    }
  }

  async saveFiles(plugin: string, files: readonly SavedFile[]): Promise<Outcome<void>> {
    const outcome = await this.#sources.saved.save(plugin, files);
    if (outcome.ok) this.#emit({ kind: "files", plugin });
    return outcome;
  }

  async deleteFiles(plugin: string): Promise<Outcome<void>> {
    const outcome = await this.#sources.saved.delete(plugin);
    if (outcome.ok) this.#emit({ kind: "files", plugin });
    return outcome;
  }

  fleet(): ReturnType<Sandbox["fleet"]> {
    return this.#fleet();
  }

  /** Rolls back what runs, sends the replies, and closes the databases. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.wire.settled();
    await this.#threads[Symbol.asyncDispose]();
  }

  #cancel(...args: Parameters<RunLocks["cancel"]>): ReturnType<RunLocks["cancel"]> {
    const refusal = this.#threads.whyNotEnded();
    return refusal === null
      ? this.#locks.cancel(...args)
      : Promise.resolve({ kind: "unavailable", message: refusal.message });
  }

  #report(
    plugin: string,
    files: readonly SourceFile[],
    draft: Draft | null,
  ): Promise<Outcome<FilesReport>> {
    return reportFiles({
      plugin,
      files,
      draft,
      rehearse: (request) =>
        this.#threads.call(
          { kind: "empty", plugin },
          (host) => host.rehearseFiles(request, { timeoutMs: REPORT_TIMEOUT_MS, cancelFlag: null }),
        ),
    });
  }

  async #call<T>(plugin: string, call: HostCall<T>): Promise<Outcome<T>> {
    // The name becomes a directory, so check it here too.
    if (!isPluginName(plugin)) return noPlugin(plugin);
    return await this.#threads.call({ kind: "plugin", plugin, tenant: null }, call);
  }
}

function noPlugin(plugin: string): Failed {
  return { ok: false, code: "no-plugin", message: whyNoPlugin(plugin) };
}

function unparsed({ file, message }: Finding): string {
  const where = file === null ? "" : `${file}: `;
  return `A file of the plugin cannot be read, so its schema is not known: ${where}${message}`;
}
