// Hands out worker threads, each with its own instance of SQLite. For Deno.

import * as Comlink from "comlink";
import { sqliteModule } from "../sqlite/wasm_module.js";
import type { DatabaseWorker, WirePatience } from "./database_worker.ts";
import type {
  Databases,
  DatabaseSession,
  Patience,
  SessionPurpose,
  SessionTarget,
} from "./session.ts";

/** How a pool is made. */
export interface WorkerPoolOptions {
  readonly dataDir: string;
  /** The most workers at a time, 2 or more; one of them is kept for reading. */
  readonly workers: number;
}

/** A started thread. */
interface PooledWorker {
  readonly thread: Worker;
  readonly remote: Comlink.Remote<DatabaseWorker>;
  /** Rejects when the thread dies, for then no call would ever be answered. */
  readonly death: Promise<never>;
}

interface Waiter {
  readonly purpose: SessionPurpose;
  readonly take: (worker: Promise<PooledWorker>) => void;
}

/** Starts a pool with one worker; more are started when they are needed and kept. */
export async function startWorkerPool(options: WorkerPoolOptions): Promise<Databases> {
  const first = await startWorker(options.dataDir);
  return new WorkerPool(options, first.worker, first.version);
}

class WorkerPool implements Databases {
  readonly engineVersion: string;
  readonly #options: WorkerPoolOptions;
  readonly #idle: PooledWorker[];
  readonly #all = new Set<PooledWorker>();
  readonly #waiting: Waiter[] = [];
  #busy = 0;
  #running = 0;

  constructor(options: WorkerPoolOptions, first: PooledWorker, version: string) {
    this.#options = options;
    this.#idle = [first];
    this.#all.add(first);
    this.engineVersion = version;
  }

  async open(target: SessionTarget, purpose: SessionPurpose): Promise<DatabaseSession> {
    const worker = await this.#take(purpose);
    // What a worker throws is a bug, or an instance of SQLite that ran out of memory: it is not used again.
    let isSound = true;
    const call = async <T>(answer: T): Promise<Awaited<T>> => {
      try {
        return await Promise.race([answer, worker.death]);
      } catch (error) {
        isSound = false;
        throw error;
      }
    };
    const giveBack = async (): Promise<void> => {
      try {
        if (isSound) await call(worker.remote.close());
      } finally {
        this.#giveBack(worker, purpose, isSound);
      }
    };
    try {
      await call(worker.remote.open(target));
    } catch (error) {
      await giveBack();
      throw error;
    }
    return {
      inspect: () => call(worker.remote.inspect()),
      rehearse: (steps, patience) =>
        call(patiently(patience, (wire) => worker.remote.rehearse(steps, wire))),
      execute: (plan, request, patience, onEvent) =>
        call(
          patiently(patience, (wire) =>
            worker.remote.execute(plan, request, wire, Comlink.proxy(onEvent))),
        ),
      [Symbol.asyncDispose]: giveBack,
    };
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#all) this.#end(worker);
    return Promise.resolve();
  }

  #take(purpose: SessionPurpose): Promise<PooledWorker> {
    if (!this.#hasRoom(purpose)) {
      return new Promise((resolve) => this.#waiting.push({ purpose, take: resolve }));
    }
    return this.#claim(purpose);
  }

  #hasRoom(purpose: SessionPurpose): boolean {
    const { workers } = this.#options;
    return this.#busy < workers && (purpose === "read" || this.#running < workers - 1);
  }

  async #claim(purpose: SessionPurpose): Promise<PooledWorker> {
    this.#busy += 1;
    if (purpose === "run") this.#running += 1;
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    try {
      const { worker } = await startWorker(this.#options.dataDir);
      this.#all.add(worker);
      return worker;
    } catch (error) {
      this.#leave(purpose);
      throw error;
    }
  }

  #giveBack(worker: PooledWorker, purpose: SessionPurpose, isSound: boolean): void {
    if (isSound) this.#idle.push(worker);
    else this.#end(worker);
    this.#leave(purpose);
  }

  #leave(purpose: SessionPurpose): void {
    this.#busy -= 1;
    if (purpose === "run") this.#running -= 1;
    const next = this.#waiting.findIndex((waiter) => this.#hasRoom(waiter.purpose));
    const [waiter] = next === -1 ? [] : this.#waiting.splice(next, 1);
    waiter?.take(this.#claim(waiter.purpose));
  }

  #end(worker: PooledWorker): void {
    this.#all.delete(worker);
    worker.thread.terminate();
  }
}

async function startWorker(
  dataDir: string,
): Promise<{ readonly worker: PooledWorker; readonly version: string }> {
  const thread = new Worker(new URL("./database_worker.ts", import.meta.url), { type: "module" });
  const death = new Promise<never>((_, reject) => {
    thread.addEventListener("error", (event) => {
      event.preventDefault();
      reject(new Error(`The database worker died: ${event.message}`));
    });
  });
  // Watched by every call; alone it must not end the process.
  death.catch(() => {});
  const remote = Comlink.wrap<DatabaseWorker>(thread);
  const version = await Promise.race([remote.start(sqliteModule, dataDir), death]);
  return { worker: { thread, remote, death }, version };
}

/** Runs a call with a flag in shared memory that the caller's signal sets. */
async function patiently<T>(
  { signal, timeoutMs }: Patience,
  run: (patience: WirePatience) => T,
): Promise<Awaited<T>> {
  const cancelFlag = new Int32Array(new SharedArrayBuffer(4));
  const cancel = (): void => {
    Atomics.store(cancelFlag, 0, 1);
  };
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel);
  try {
    return await run({ timeoutMs, cancelFlag });
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
