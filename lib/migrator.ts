// The public API: handlers, files and databases of one machine put together. For Deno; needs no
// NATS.

import {
  type BackupPolicy,
  type BackupRules,
  DEFAULT_BACKUP_RULES,
} from "./backup/backup_rules.ts";
import type { HandlerContext, Log } from "./handler/context.ts";
import { untraced } from "./trace/span.ts";
import { beginTraced } from "./trace/telemetry.ts";
import { UNOBSERVED_WORK, type WorkObserver } from "./handler/work_observer.ts";
import { startFileThread } from "./database/start_file_thread.ts";
import { type BeforeRunListener, eventHub, type EventListener } from "./handler/event_hub.ts";
import type { Reply } from "./message/any_reply.ts";
import type { PluginsRequest } from "./message/request.ts";
import { ALL_PLUGINS } from "./message/plugin_name.ts";
import type { AllMessages, AnyVerb, Verb } from "./message/verbs.ts";
import type { StuckThread, StuckThreadsObserver } from "./database/stuck_threads.ts";
import { databaseName } from "./plan/database_address.ts";

/** What a migrator works on. */
export interface MigratorOptions {
  /** The directory that holds `<plugin>/migrations/`. */
  readonly plugins: string;
  /** The directory that holds `<plugin>.sqlite3`; made when the first plugin is migrated. */
  readonly data: string;
  /**
   * The journal mode of new databases, `delete` by default. An existing database keeps its mode.
   */
  readonly journalMode?: "delete" | "wal";
  /** How long the locks of other programs are waited for; 5,000 ms by default. */
  readonly busyTimeoutMs?: number;
  /**
   * Whether no other program has the databases open. A runtime without SQLite of its own, which
   * cannot lock them, needs it to migrate.
   */
  readonly exclusive?: boolean;
  /** The most bytes that the files of one plugin have together; 64 MiB by default. */
  readonly maxPluginBytes?: number;
  /**
   * When a run makes a backup: `lossy`, the default, before a step that may lose data; `always`
   * before it writes anything; `never`.
   */
  readonly backup?: BackupPolicy;
  /** How many backups of a database are kept; 30 by default, 0 is no limit. */
  readonly keepBackups?: number;
  /** After how many days backups are removed; by default never, as with 0. */
  readonly keepBackupsDays?: number;
  /** How many bytes the backups of a database may have together; by default any, as with 0. */
  readonly keepBackupsBytes?: number;
  /** The most worker threads; at least 2, by default one more than there are cores. */
  readonly workers?: number;
  /** Takes log lines; by default they are dropped. */
  readonly log?: Log;
  /** Follows requests and runs, for metrics. */
  readonly observer?: WorkObserver;
  /** Aborting it interrupts what runs, which is rolled back. */
  readonly signal?: AbortSignal;
}

/** A verb whose request is about one plugin. */
export type PluginVerb = Exclude<AnyVerb, "plugins">;

/**
 * Sends a request about one plugin. Resolves with the reply, a failure included, and never rejects.
 */
export type VerbMethod<V extends PluginVerb> = (
  plugin: string,
  request?: AllMessages[V]["request"],
) => Promise<Reply<V>>;

/** A method for every verb. */
export type VerbMethods = { readonly [V in PluginVerb]: VerbMethod<V> };

/** Migrates the databases of plugins. Dispose of it to end its worker threads. */
export interface Migrator extends VerbMethods, AsyncDisposable {
  /** Runs pending migrations; with `dry_run`, reports what that would do and undoes it. */
  readonly apply: VerbMethod<"apply">;
  /** Runs DOWN sections, newest first; by default one. */
  readonly rollback: VerbMethod<"rollback">;
  /** Applies pending migrations to the database of every tenant, in waves. */
  readonly rollout: VerbMethod<"rollout">;
  /** Reports what an apply or a rollback would do, measured on the real rows and undone. */
  readonly plan: VerbMethod<"plan">;
  /** Compares files with the database. Changes nothing. */
  readonly status: VerbMethod<"status">;
  /** Lists what was applied and rolled back, newest first. Changes nothing. */
  readonly history: VerbMethod<"history">;
  /** Ends the run that has the database, in this process or another one. */
  readonly cancel: VerbMethod<"cancel">;
  /**
   * Rehearses every file on an empty database: up, down, and up again; with `prove` on rows as well.
   * Needs no database unless the request says `live`, and changes nothing.
   */
  readonly check: VerbMethod<"check">;
  /** Compares the files with the schema.sql, and makes the text of the file that leads there. */
  readonly diff: VerbMethod<"diff">;
  /** Writes the schema of the files, or of the database, as a schema.sql. */
  readonly dump: VerbMethod<"dump">;
  /** Lists the backups of a database, newest first. */
  readonly backups: VerbMethod<"backups">;
  /** Makes a backup now. */
  readonly backup: VerbMethod<"backup">;
  /** Puts a backup in the place of the database, which is kept as a backup first. */
  readonly restore: VerbMethod<"restore">;
  /** Lists the plugins and the databases of their tenants. */
  plugins(request?: PluginsRequest): Promise<Reply<"plugins">>;
  /**
   * Calls `listener` with the events of every run from now on; returns a function that ends this.
   */
  subscribe(listener: EventListener): () => void;
  /**
   * Lets every run that writes wait for `listener` before it locks the database, so that this
   * program can close connections of its own; returns a function that ends this.
   */
  onBeforeRun(listener: BeforeRunListener): () => void;
  /** What `dispatch()` needs, for transports. */
  readonly context: HandlerContext;
}

/** Opens a migrator. Takes about as long as starting a thread with SQLite in it. */
export async function openMigrator(options: MigratorOptions): Promise<Migrator> {
  const { plugins, data, workers = navigator.hardwareConcurrency + 1 } = options;
  const log = options.log ?? (() => {});
  // The thread takes longest, so this one loads its own modules while that one starts. They are not
  // loaded before: a program may import this module and open no migrator.
  const first = startFileThread();
  const [
    { startWorkerPool },
    { directorySource },
    { migrationSource },
    { fileLocks },
    { call },
    { nothingKnown },
  ] = await Promise.all([
    import("./database/worker_pool.ts"),
    import("./source/directory_source.ts"),
    import("./source/file_source.ts"),
    import("./lock/file_locks.ts"),
    import("./handler/dispatch.ts"),
    import("./handler/known.ts"),
  ]);
  const databases = await startWorkerPool({
    dataDir: data,
    journalMode: options.journalMode ?? "delete",
    busyTimeoutMs: options.busyTimeoutMs ?? 5_000,
    exclusive: options.exclusive ?? false,
    backups: backupRules(options),
    workers: Math.max(workers, 2),
    observer: logStuckThreads(log),
  }, first);
  const { publish, subscribe, beforeRun, onBeforeRun } = eventHub();
  const context: HandlerContext = {
    source: migrationSource(directorySource(plugins), options.maxPluginBytes),
    databases,
    locks: fileLocks(data),
    now: () => new Date(),
    known: nothingKnown(),
    newId: () => crypto.randomUUID(),
    elapsedMs: () => performance.now(),
    publish,
    beforeRun,
    beginRequest: beginTraced,
    span: untraced(null),
    observer: options.observer ?? UNOBSERVED_WORK,
    log,
    signal: options.signal ?? new AbortController().signal,
  };
  const method = <V extends PluginVerb>(verb: V): VerbMethod<V> => (plugin, request = {}) =>
    call(verb, plugin, request, context);
  return {
    apply: method("apply"),
    rollback: method("rollback"),
    rollout: method("rollout"),
    plan: method("plan"),
    status: method("status"),
    history: method("history"),
    cancel: method("cancel"),
    check: method("check"),
    diff: method("diff"),
    dump: method("dump"),
    backups: method("backups"),
    backup: method("backup"),
    restore: method("restore"),
    plugins: (request = {}) => call("plugins", ALL_PLUGINS, request, context),
    subscribe,
    onBeforeRun,
    context,
    [Symbol.asyncDispose]: () => databases[Symbol.asyncDispose](),
  };
}

/**
 * Answers one request that came over a transport: `payload` is JSON in UTF-8, and empty means `{}`.
 * Never rejects: a bug becomes an `INTERNAL_ERROR` without a stack trace.
 */
export async function dispatch<V extends Verb>(
  verb: V,
  plugin: string,
  payload: Uint8Array,
  context: HandlerContext,
): Promise<Reply<V>> {
  const handlers = await import("./handler/dispatch.ts");
  return await handlers.dispatch(verb, plugin, payload, context);
}

function backupRules(options: MigratorOptions): BackupRules {
  const { policy, retention } = DEFAULT_BACKUP_RULES;
  const limit = (given: number | undefined, otherwise: number | null): number | null =>
    given === undefined ? otherwise : given === 0 ? null : given;
  return {
    policy: options.backup ?? policy,
    retention: {
      count: limit(options.keepBackups, retention.count),
      days: limit(options.keepBackupsDays, retention.days),
      bytes: limit(options.keepBackupsBytes, retention.bytes),
    },
  };
}

function logStuckThreads(log: Log): StuckThreadsObserver {
  const fields = ({ plugin, open }: StuckThread): Readonly<Record<string, unknown>> => ({
    plugin,
    database: open === null ? null : databaseName(open),
  });
  return {
    onStuck: (thread) =>
      log("error", "An operation of SQLite does not end and takes a core", fields(thread)),
    onFreed: (thread) => log("info", "An operation of SQLite has ended late", fields(thread)),
  };
}
