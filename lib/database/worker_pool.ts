// Hands out worker threads, each with its own instance of SQLite. For Deno.

import { sqliteModule } from "../sqlite/wasm_module.js";
import type { DatabaseHost } from "./database_host.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import { BackupDirectories } from "./backup_directories.ts";
import { addressesIn, databaseState, pluginsIn, tenantsIn } from "./database_path.ts";
import { DatabaseThread } from "./database_thread.ts";
import type { EndlessRehearsals } from "./remote_session.ts";
import type { FileWorkerOptions } from "./file_worker.ts";
import { startFileThread } from "./start_file_thread.ts";
import type { StartedThread } from "./started_thread.ts";
import { StuckThreads, type StuckThreadsObserver } from "./stuck_threads.ts";
import type {
  BackupUse,
  Databases,
  DatabaseSession,
  SessionPurpose,
  SessionTarget,
  ThreadUse,
} from "./session.ts";

/** How a pool is made. */
export interface WorkerPoolOptions extends FileWorkerOptions {
  /** The most workers at a time, 2 or more; one of them is kept for reading. */
  readonly workers: number;
  /** Follows threads that are inside an operation of SQLite that does not end. */
  readonly observer?: StuckThreadsObserver;
}

const UNOBSERVED: StuckThreadsObserver = { onStuck() {}, onFreed() {} };

type FileThread = DatabaseThread<DatabaseHost<FileWorkerOptions>>;

interface Waiter {
  readonly purpose: SessionPurpose;
  readonly take: (thread: Promise<FileThread>) => void;
}

/** Makes a pool of one worker; more are started when they are needed and kept. */
export async function startWorkerPool(
  options: WorkerPoolOptions,
  first: StartedThread = startFileThread(),
): Promise<Databases> {
  return new WorkerPool(options, await startThread(options, first));
}

class WorkerPool implements Databases {
  readonly engineVersion: string;
  readonly tenantsOf: NonNullable<Databases["tenantsOf"]>;
  readonly #options: WorkerPoolOptions;
  readonly #idle: FileThread[];
  readonly #all = new Set<FileThread>();
  readonly #waiting: Waiter[] = [];
  readonly #endless: EndlessRehearsals = new Map();
  readonly #stuck: StuckThreads;
  readonly #backups: BackupDirectories;
  #busy = 0;
  #running = 0;
  #isEnded = false;

  constructor(options: WorkerPoolOptions, first: FileThread) {
    this.#options = options;
    this.#stuck = new StuckThreads(options.observer ?? UNOBSERVED);
    this.#backups = new BackupDirectories(options.dataDir);
    this.tenantsOf = (plugin) => tenantsIn(options.dataDir, plugin);
    this.#idle = [first];
    this.#all.add(first);
    this.engineVersion = first.engineVersion;
  }

  get stuckThreads(): number {
    return this.#stuck.count;
  }

  get threads(): ThreadUse {
    return {
      limit: this.#options.workers,
      busy: this.#busy,
      idle: this.#idle.length,
      waiting: this.#waiting.length,
    };
  }

  backupsOf(plugin: string): Promise<BackupUse | null> {
    return this.#backups.of(plugin);
  }

  stateOf(address: DatabaseAddress): string | null {
    return databaseState(this.#options.dataDir, address);
  }

  pluginsWithDatabases(): ReturnType<typeof pluginsIn> {
    return pluginsIn(this.#options.dataDir);
  }

  addressesOf(plugin: string): ReturnType<typeof addressesIn> {
    return addressesIn(this.#options.dataDir, plugin);
  }

  async open(target: SessionTarget, purpose: SessionPurpose): Promise<DatabaseSession> {
    // An operation that outlasts its run keeps the database as another program would.
    if (target.kind === "plugin") {
      await this.#stuck.untilClosed(target, this.#options.busyTimeoutMs);
    }
    const thread = await this.#take(purpose);
    return await thread.openSession(
      target,
      this.#endless,
      this.#stuck,
      () => this.#giveBack(thread, purpose),
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    for (const thread of this.#all) this.#end(thread);
    return Promise.resolve();
  }

  #take(purpose: SessionPurpose): Promise<FileThread> {
    if (!this.#hasRoom(purpose)) {
      return new Promise((resolve) => this.#waiting.push({ purpose, take: resolve }));
    }
    return this.#claim(purpose);
  }

  #hasRoom(purpose: SessionPurpose): boolean {
    const { workers } = this.#options;
    return this.#busy < workers && (purpose === "read" || this.#running < workers - 1);
  }

  async #claim(purpose: SessionPurpose): Promise<FileThread> {
    this.#busy += 1;
    if (purpose === "run") this.#running += 1;
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    try {
      // A thread that nobody ends would keep the process.
      if (this.#isEnded) throw new Error("The databases are closed");
      const thread = await startThread(this.#options, startFileThread());
      this.#all.add(thread);
      if (this.#isEnded) this.#end(thread);
      return thread;
    } catch (error) {
      this.#leave(purpose);
      throw error;
    }
  }

  #giveBack(thread: FileThread, purpose: SessionPurpose): void {
    if (thread.isSound && !thread.isLarge) this.#idle.push(thread);
    else this.#end(thread);
    this.#leave(purpose);
  }

  #leave(purpose: SessionPurpose): void {
    this.#busy -= 1;
    if (purpose === "run") this.#running -= 1;
    const next = this.#waiting.findIndex((waiter) => this.#hasRoom(waiter.purpose));
    const [waiter] = next === -1 ? [] : this.#waiting.splice(next, 1);
    waiter?.take(this.#claim(waiter.purpose));
  }

  #end(thread: FileThread): void {
    this.#all.delete(thread);
    thread.end();
  }
}

function startThread(
  { dataDir, journalMode, busyTimeoutMs, exclusive, backups }: FileWorkerOptions,
  started: StartedThread,
): Promise<FileThread> {
  return DatabaseThread.start(
    started,
    (remote) =>
      remote.start(sqliteModule, { dataDir, journalMode, busyTimeoutMs, exclusive, backups }),
  );
}
