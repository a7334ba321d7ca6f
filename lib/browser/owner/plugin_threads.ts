// A database worker for each plugin, and one for rehearsals on an empty database. For browsers.

import type * as Comlink from "comlink";
import { DatabaseThread } from "../../database/database_thread.ts";
import { watchThread } from "../../database/started_thread.ts";
import { failingSession } from "../../database/failing_session.ts";
import type { EndlessRehearsals } from "../../database/remote_session.ts";
import type {
  DatabaseCode,
  DatabaseOutcome,
  Databases,
  DatabaseSession,
  SessionPurpose,
  SessionTarget,
} from "../../database/session.ts";
import type { Failed, Outcome } from "../../outcome.ts";
import type { SandboxHost, SandboxStorage } from "../database/sandbox_host.ts";
import { threadState } from "../../database/thread_state.ts";
import {
  beforeAbort,
  deadlineIn,
  isOverdue,
  sendDeadline,
  sleep,
  type WireDeadline,
} from "../../deadline.ts";
import { StorageError } from "../../vfs/storage.ts";
import { startWorker } from "../start_worker.ts";
import { KEPT_IN_MEMORY, LATE, MIGRATING, STOPPED } from "./unavailable_threads.ts";

/** How database workers are started. */
export interface PluginThreadsOptions {
  /** SQLite, while it is compiled. */
  readonly module: Promise<WebAssembly.Module>;
  readonly workerUrl: string | URL;
  /**
   * The directory of OPFS with one directory for each plugin; `null` stores everything in memory.
   */
  readonly directory: string | null;
  /** Ends calls outside of sessions. Sessions have signals of their own. */
  readonly signal: AbortSignal;
  /** Whether a run of the plugin has published its progress. */
  readonly isMigrating: (plugin: string) => boolean;
}

/** A call outside of sessions, on the thread of an open database. */
export type HostCall<T> = (host: Comlink.Remote<SandboxHost>) => Promise<Outcome<T>>;

/** A call that ends by itself at a deadline. */
export type StoppableCall<T> = (
  host: Comlink.Remote<SandboxHost>,
  deadline: WireDeadline,
) => Promise<Outcome<T>>;

type PluginThread = DatabaseThread<SandboxHost>;

interface Slot {
  thread: Promise<PluginThread> | null;
  /** Settles when the last caller has released the thread. */
  released: Promise<void>;
}

// Each thread has an instance of SQLite. Threads with databases in memory are never ended.
const MOST_IDLE = 6;
const NOTHING = "";

const LOOK_MS = 50;
/** Opens the databases of the sandbox, each for one caller at a time. */
export class PluginThreads implements Databases {
  readonly engineVersion: string;
  readonly tenantsOf = null;
  // Browsers end a thread at once.
  readonly stuckThreads = 0;
  readonly #options: PluginThreadsOptions;
  readonly #endless: EndlessRehearsals = new Map();
  // In order of last use.
  readonly #slots = new Map<string, Slot>();
  // Loading SQLite is most of the cost of a new thread, and does not depend on the plugin.
  #spare: Promise<PluginThread>;

  private constructor(options: PluginThreadsOptions, engineVersion: string, first: PluginThread) {
    this.#options = options;
    this.engineVersion = engineVersion;
    this.#spare = Promise.resolve(first);
  }

  /** Starts the first thread, which reports SQLite's version. */
  static async start(options: PluginThreadsOptions): Promise<PluginThreads> {
    const first = await loadThread(options);
    return new PluginThreads(options, first.engineVersion, first);
  }

  async open(target: SessionTarget, purpose: SessionPurpose): Promise<DatabaseSession> {
    const acquired = await this.#acquire(target, purpose);
    if (!acquired.ok) return failingSession(acquired);
    const { thread, release } = acquired.value;
    try {
      return await thread.openSession(target, this.#endless, null, release);
    } catch (error) {
      return failingSession(unavailable(storageMessage(error)));
    }
  }

  /** Opens a database for one caller and calls its worker. */
  call<T>(target: SessionTarget, action: HostCall<T>): Promise<Outcome<T>> {
    return this.#onThread(
      target,
      (thread) => thread.upkeepUntil(this.#options.signal, action(thread.remote)),
    );
  }

  /** Runs a call until its time is over or `stopped` is aborted, which ends it at once. */
  async callUntil<T>(
    target: SessionTarget,
    { timeoutMs, stopped }: { readonly timeoutMs: number; readonly stopped: AbortSignal },
    action: StoppableCall<T>,
  ): Promise<Outcome<T>> {
    const signal = AbortSignal.any([this.#options.signal, stopped]);
    const answer = this.#onThread<T>(target, async (thread) => {
      // It may have been stopped while it waited for its turn.
      if (signal.aborted) return STOPPED;
      const deadline = deadlineIn(timeoutMs, signal);
      const sent = sendDeadline(deadline);
      const outcome = await thread.callUntil(deadline, action(thread.remote, sent), sent);
      if (!isOverdue(outcome)) return outcome;
      return outcome === "timeout" ? LATE : STOPPED;
    });
    return await beforeAbort(signal, answer) ?? STOPPED;
  }

  /**
   * Why nothing that runs can be cancelled; `null` where it can. Without shared memory, a thread is
   * ended to cancel what it runs.
   */
  whyNotEnded(): Failed | null {
    return this.#options.directory === null && threadState() === null ? KEPT_IN_MEMORY : null;
  }

  async #onThread<T>(
    target: SessionTarget,
    use: (thread: PluginThread) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> {
    const acquired = await this.#acquire(target, "run");
    if (!acquired.ok) return acquired;
    const { thread, release } = acquired.value;
    let session: DatabaseSession;
    try {
      session = await thread.openSession(target, this.#endless, null, release);
    } catch (error) {
      return unavailable(storageMessage(error));
    }
    await using _session = session;
    return await use(thread);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const threads = [this.#spare, ...[...this.#slots.values()].map(({ thread }) => thread)];
    this.#slots.clear();
    for (const thread of threads) (await thread?.catch(() => null))?.end();
  }

  async #acquire(
    target: SessionTarget,
    purpose: SessionPurpose,
  ): Promise<DatabaseOutcome<{ readonly thread: PluginThread; readonly release: () => void }>> {
    const name = target.kind === "plugin" ? target.plugin : NOTHING;
    const slot = this.#slots.get(name) ?? { thread: null, released: Promise.resolve() };
    this.#slots.delete(name);
    this.#slots.set(name, slot);
    const before = slot.released;
    const { promise, resolve } = Promise.withResolvers<void>();
    slot.released = promise;
    if (!await this.#inTurn(before, name, purpose)) {
      before.then(resolve);
      return MIGRATING;
    }
    slot.thread ??= this.#startThread(this.#storageOf(name));
    try {
      const thread = await slot.thread;
      return {
        ok: true,
        value: {
          thread,
          release: () => {
            if (!thread.isSound || (thread.isLarge && !this.#isKeptIn(name))) this.#end(slot);
            resolve();
            this.#endIdle();
          },
        },
      };
    } catch (error) {
      slot.thread = null;
      resolve();
      return unavailable(storageMessage(error));
    }
  }

  /**
   * Waits for earlier callers. A status does not wait for a run that has published its progress.
   */
  async #inTurn(before: Promise<void>, name: string, purpose: SessionPurpose): Promise<boolean> {
    let isFree = false;
    const free = before.then(() => {
      isFree = true;
    });
    if (purpose === "run") await free;
    while (!isFree) {
      const over = new AbortController();
      await Promise.race([free, sleep(LOOK_MS, over.signal)]);
      over.abort();
      if (!isFree && this.#options.isMigrating(name)) return false;
    }
    return true;
  }

  /** Opens a storage in the spare thread, and loads another spare one. */
  async #startThread(storage: SandboxStorage): Promise<PluginThread> {
    // The spare thread may have failed to load without a network.
    const spare = this.#spare.catch(() => loadThread(this.#options));
    const started = (async () => {
      const thread = await spare;
      try {
        await thread.call(thread.remote.start(await this.#options.module, storage));
        return thread;
      } catch (error) {
        thread.end();
        throw error;
      }
    })();
    // Not in parallel, because a caller waits for the first.
    this.#spare = started.then(() => {}, () => {}).then(() => loadThread(this.#options));
    this.#spare.catch(() => {});
    return await started;
  }

  /** Whether a plugin's database is in the memory of its thread. */
  #isKeptIn(name: string): boolean {
    return this.#options.directory === null && name !== NOTHING;
  }

  #storageOf(name: string): SandboxStorage {
    const { directory } = this.#options;
    return directory === null || name === NOTHING
      ? { kind: "memory" }
      : { kind: "opfs", directory: `${directory}/databases/${name}` };
  }

  #end(slot: Slot): void {
    slot.thread?.then((thread) => thread.end(), () => {});
    slot.thread = null;
  }

  // Ends the least recently used threads, if their databases are in OPFS.
  #endIdle(): void {
    if (this.#options.directory === null) return;
    const live = [...this.#slots].filter(([name, { thread }]) => name !== NOTHING && thread);
    for (const [, slot] of live.slice(0, Math.max(live.length - MOST_IDLE, 0))) {
      const released = slot.released;
      released.then(() => {
        // A caller may be waiting for it by now.
        if (slot.released === released) this.#end(slot);
      });
    }
  }
}

async function loadThread({ module, workerUrl }: PluginThreadsOptions): Promise<PluginThread> {
  const worker = startWorker(workerUrl, "godwit database");
  let isLoadable = true;
  // An error inside a worker has a better message than the worker's error event.
  worker.addEventListener("error", (event) => isLoadable &&= event instanceof ErrorEvent);
  try {
    return await DatabaseThread.start<SandboxHost>(
      watchThread(worker),
      async (remote) => await remote.load(await module),
    );
  } catch (error) {
    if (isLoadable) throw error;
    const advice = "the server of this page is away, or there is no network; try again later";
    throw new StorageError("EHOSTUNREACH", "load", String(workerUrl), advice);
  }
}

/** What a failure of the storage says; throws whatever else it is. */
function storageMessage(error: unknown): string {
  // Comlink keeps an error's name, not its class.
  if (error instanceof Error && error.name === "StorageError") return error.message;
  throw error;
}

function unavailable(message: string): Failed<DatabaseCode> {
  return { ok: false, code: "unavailable", message };
}
