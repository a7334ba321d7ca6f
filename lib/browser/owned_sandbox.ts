// The sandbox in the tab that owns it: handlers, sources and database workers put together. For browsers.

import type { HandlerContext, Log } from "../handler/context.ts";
import { dispatch, type Verb } from "../handler/dispatch.ts";
import { memoryLocks } from "../lock/memory_locks.ts";
import type { RunLocks } from "../lock/run_locks.ts";
import type { RunEvent } from "../message/event.ts";
import { isPluginName, PLUGIN_NAME_RULE, quoteName } from "../message/plugin_name.ts";
import type { Reply } from "../message/reply.ts";
import { DEFAULT_PREFIX, requestSubject } from "../message/subject.ts";
import { bundleSource, type ImportedBundle } from "../source/bundle_source.ts";
import { type CombinedSource, combinedSource } from "../source/combined_source.ts";
import { migrationSource } from "../source/file_source.ts";
import { httpSource } from "../source/http_source.ts";
import type { Schema } from "../sqlite/schema.ts";
import { engineVersionOf, type Outcome } from "../worker/session.ts";
import { importBundles } from "./import_bundles.ts";
import type { KeptFile, KeptSource } from "./kept_files.ts";
import { keptSource } from "./kept_source.ts";
import { memorySource } from "./memory_source.ts";
import { openOpfs } from "./open_opfs.ts";
import { type HostCall, PluginThreads } from "./plugin_threads.ts";
import { reportFiles } from "./report_files.ts";
import type {
  DataQuery,
  DataRows,
  Draft,
  FilesReport,
  PluginEntry,
  PluginOrigin,
  Sandbox,
  SandboxEvent,
  StorageKind,
  WireMessage,
} from "./sandbox.ts";

/** The calls of the sandbox that its owner answers, whichever tab they come from. */
export type SandboxCalls = Omit<
  Sandbox,
  "subscribe" | "connectNats" | "disconnectNats" | "close"
>;

/** What an owner needs to begin. URLs are absolute. */
export interface OwnerOptions {
  /** The name of the sandbox: a directory of OPFS. */
  readonly name: string;
  readonly module: WebAssembly.Module;
  readonly databaseWorkerUrl: string;
  readonly bundles: readonly string[];
  readonly manifest: string | null;
  readonly log: Log;
  /** Takes what is to be told to every tab; must neither wait nor throw. */
  readonly emit: (event: SandboxEvent) => void;
}

// What the person at the page waits for.
const QUERY_TIMEOUT_MS = 30_000;
const REPORT_TIMEOUT_MS = 20_000;

/** Where the sandbox's plugins come from. */
interface Sources {
  readonly kept: KeptSource;
  readonly all: CombinedSource<PluginOrigin>;
  /** Why plugins may be missing. */
  problems(): readonly string[];
}

interface Parts {
  readonly options: OwnerOptions;
  readonly stop: AbortController;
  readonly locks: RunLocks;
  readonly storage: StorageKind;
  readonly threads: PluginThreads;
  readonly sources: Sources;
}

/** Owns the databases until it is disposed of. */
export class OwnedSandbox implements SandboxCalls, AsyncDisposable {
  readonly storage: StorageKind;
  /** What the handlers work with; the NATS service shares it. */
  readonly context: HandlerContext;
  readonly #threads: PluginThreads;
  readonly #sources: Sources;
  readonly #emit: (event: SandboxEvent) => void;
  readonly #stop: AbortController;
  readonly #publishers = new Set<(event: RunEvent) => void>();
  // What has no answer yet.
  readonly #asked = new Set<Promise<unknown>>();

  private constructor({ options, stop, locks, storage, threads, sources }: Parts) {
    this.storage = storage;
    this.#threads = threads;
    this.#sources = sources;
    this.#emit = options.emit;
    this.#stop = stop;
    this.context = {
      source: migrationSource(sources.all),
      databases: threads,
      locks,
      now: () => new Date(),
      newId: () => crypto.randomUUID(),
      elapsedMs: () => performance.now(),
      publish: (event) => this.#publish(event),
      log: options.log,
      signal: this.#stop.signal,
    };
  }

  /** Opens storage and sources; without OPFS everything is kept in memory, and `storage` says why. */
  static async open(options: OwnerOptions): Promise<OwnedSandbox> {
    const { name, module, databaseWorkerUrl, manifest } = options;
    const [opfs, bundles] = await Promise.all([openOpfs(name), importBundles(options.bundles)]);
    const stop = new AbortController();
    const locks = memoryLocks();
    const threads = await PluginThreads.start({
      module,
      workerUrl: databaseWorkerUrl,
      directory: opfs.ok ? name : null,
      signal: stop.signal,
      isMigrating: (plugin) => locks.current(plugin) !== null,
    });
    return new OwnedSandbox({
      options,
      stop,
      locks,
      threads,
      storage: opfs.ok ? { kind: "opfs" } : { kind: "memory", reason: opfs.message },
      sources: openSources(
        opfs.ok ? keptSource(opfs.value.plugins) : memorySource(),
        bundles,
        manifest,
      ),
    });
  }

  get engineVersion(): string {
    return this.#threads.engineVersion;
  }

  /** Gives every run event to `publish` too; returns how to end it. */
  addPublisher(publish: (event: RunEvent) => void): () => void {
    this.#publishers.add(publish);
    return () => this.#publishers.delete(publish);
  }

  async request(...args: Parameters<Sandbox["request"]>): Promise<Reply> {
    const answer = this.#answer(...args);
    this.#asked.add(answer);
    try {
      return await answer;
    } finally {
      this.#asked.delete(answer);
    }
  }

  async #answer(
    verb: Verb,
    plugin: string,
    payload: string,
    via: "page" | "plugin" = "page",
  ): Promise<Reply> {
    const subject = requestSubject(DEFAULT_PREFIX, plugin, verb);
    this.tellWire({ via, direction: "request", subject, payload });
    const reply = await dispatch(verb, plugin, new TextEncoder().encode(payload), this.context);
    this.tellWire({ via, direction: "reply", subject, payload: JSON.stringify(reply) });
    return reply;
  }

  /** Tells every tab of a message. */
  tellWire(message: Omit<WireMessage, "at">): void {
    this.#emit({ kind: "wire", message: { at: new Date().toISOString(), ...message } });
  }

  async plugins(): Promise<readonly PluginEntry[]> {
    const names = await this.#sources.all.plugins();
    return await Promise.all(names.map(async (name) => ({
      name,
      origin: await this.#sources.all.originOf(name) ?? "kept",
      page: await this.#sources.all.pageOf(name),
    })));
  }

  async sourceProblems(): Promise<readonly string[]> {
    // Asking is what shows whether a server answers.
    await this.#sources.all.plugins();
    return this.#sources.problems();
  }

  async files(plugin: string, draft?: Draft): Promise<Outcome<FilesReport>> {
    if (!isPluginName(plugin)) return noPlugin(plugin);
    const read = await this.#sources.all.read(plugin);
    if (!read.found && draft === undefined) return { ok: false, message: read.message };
    return await reportFiles({
      plugin,
      files: read.found ? read.files : [],
      draft: draft ?? null,
      engine: engineVersionOf(this.#threads),
      rehearse: (steps) =>
        this.#threads.call(
          { kind: "empty" },
          (host) => host.rehearseSchemas(steps, { timeoutMs: REPORT_TIMEOUT_MS, cancelFlag: null }),
        ),
    });
  }

  schema(plugin: string): Promise<Outcome<Schema>> {
    return this.#call(plugin, async (host) => {
      const inspected = await host.inspect();
      return inspected.ok ? { ok: true, value: inspected.value.schema } : inspected;
    });
  }

  async query(plugin: string, query: DataQuery): Promise<Outcome<DataRows>> {
    const patience = { timeoutMs: QUERY_TIMEOUT_MS, cancelFlag: null };
    const outcome = await this.#call(
      plugin,
      (host) => host.query(query, patience),
    );
    if (outcome.ok && outcome.value.changes > 0) this.#emit({ kind: "database", plugin });
    return outcome;
  }

  exportDatabase(
    plugin: string,
    backup?: string,
  ): Promise<Outcome<Uint8Array<ArrayBuffer> | null>> {
    return this.#call(plugin, (host) => host.exportFile(backup ?? null));
  }

  backups(plugin: string): Promise<Outcome<readonly string[]>> {
    return this.#call(plugin, async (host) => ({
      ok: true,
      value: await host.backups(),
    }));
  }

  deleteBackup(plugin: string, backup: string): Promise<Outcome<void>> {
    return this.#call(plugin, (host) => host.deleteBackup(backup));
  }

  async importDatabase(plugin: string, bytes: Uint8Array): Promise<Outcome<void>> {
    if (!isPluginName(plugin)) return noPlugin(plugin);
    const lock = this.context.locks.acquire(plugin);
    if (lock.kind !== "acquired") {
      return { ok: false, message: `"${plugin}" is being migrated; wait until that is done` };
    }
    try {
      const stamp = new Date().toISOString().replaceAll(/[^0-9TZ]/g, "");
      const outcome = await this.#call(
        plugin,
        (host) => host.importFile(bytes, `${plugin}-import-${stamp}.sqlite3`),
      );
      if (outcome.ok) this.#emit({ kind: "database", plugin });
      return outcome;
    } finally {
      lock.release();
    }
  }

  async keepFiles(plugin: string, files: readonly KeptFile[]): Promise<Outcome<void>> {
    const outcome = await this.#sources.kept.keep(plugin, files);
    if (outcome.ok) this.#emit({ kind: "files", plugin });
    return outcome;
  }

  async forgetFiles(plugin: string): Promise<Outcome<void>> {
    const outcome = await this.#sources.kept.forget(plugin);
    if (outcome.ok) this.#emit({ kind: "files", plugin });
    return outcome;
  }

  /** Rolls back what runs, answers who asked for it, and gives the databases back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#asked);
    await this.#threads[Symbol.asyncDispose]();
  }

  async #call<T>(plugin: string, call: HostCall<T>): Promise<Outcome<T>> {
    // A name becomes a directory.
    if (!isPluginName(plugin)) return noPlugin(plugin);
    return await this.#threads.call({ kind: "plugin", plugin }, call);
  }

  #publish(event: RunEvent): void {
    this.#emit({ kind: "run", event });
    if (event.event === "run_finished" && !event.dry_run) {
      this.#emit({ kind: "database", plugin: event.plugin_name });
    }
    for (const publish of this.#publishers) publish(event);
  }
}

function noPlugin(plugin: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message: `There can be no plugin ${quoteName(plugin)}: ${PLUGIN_NAME_RULE}` };
}

function openSources(
  kept: KeptSource,
  bundles: readonly ImportedBundle[],
  manifest: string | null,
): Sources {
  const http = manifest === null ? null : httpSource(manifest, fetch.bind(globalThis));
  return {
    kept,
    all: combinedSource<PluginOrigin>([
      { origin: "kept", source: kept },
      { origin: "bundle", source: bundleSource(bundles) },
      ...(http === null ? [] : [{ origin: "http", source: http } as const]),
    ]),
    problems() {
      const problem = http?.problem() ?? null;
      const unreadable = bundles.flatMap((each) => each.ok ? [] : [each.message]);
      return problem === null ? unreadable : [...unreadable, problem];
    },
  };
}
