// Hands out worker threads, each with its own instance of SQLite. For Deno.

import * as Comlink from "comlink";
import { sqliteModule } from "../sqlite/wasm_module.js";
import type { DatabaseWorker, WirePatience } from "./database_worker.ts";
import type {
  Databases,
  DatabaseSession,
  Outcome,
  Patience,
  RehearsalReport,
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

// SQL is interrupted between two steps of SQLite's virtual machine, and one step, such as a search for a
// long text in a long text, may take for ever. A thread that is this late will not answer any more.
const REHEARSAL_GRACE_MS = 3_000;
// A COMMIT waits for the disk and is not interrupted.
const EXECUTION_GRACE_MS = 5_000;
// Reading history and schema, and merging a write-ahead log.
const UPKEEP_LIMIT_MS = 60_000;
const SILENT = { ok: false, message: "The database did not answer within a minute" } as const;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

// A thread whose SQLite took more is ended, for WebAssembly never gives memory back.
const REUSABLE_HEAP_BYTES = 256 * 1024 * 1024;

/** Why a call is no longer waited for. */
type Overdue = "timeout" | "cancelled";

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
  // Rehearsals that held a thread up. It goes on until SQLite is done, for Deno ends a thread only between
  // two of its tasks; asked again and again, the same rehearsal would take every core there is.
  readonly #endless = new Set<string>();
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
    // What a worker throws is a bug, or an instance of SQLite that ran out of memory: it is not used
    // again, and neither is one that does not answer or has grown too large.
    let isSound = true;
    const call = async <T>(answer: T): Promise<Awaited<T>> => {
      try {
        return await Promise.race([answer, worker.death]);
      } catch (error) {
        isSound = false;
        throw error;
      }
    };
    const orOverdue = async <T>(answer: Promise<T>): Promise<Awaited<T>> => {
      const settled = await call(answer);
      if (isOverdue(settled)) isSound = false;
      return settled;
    };
    const rehearse: DatabaseSession["rehearse"] = async (steps, patience) => {
      const subject = JSON.stringify([target, steps]);
      if (this.#endless.has(subject)) return interruptedRehearsal("timeout");
      const outcome = await orOverdue(
        patiently(patience, REHEARSAL_GRACE_MS, (wire) => worker.remote.rehearse(steps, wire)),
      );
      if (!isOverdue(outcome)) return outcome;
      this.#endless.add(subject);
      return interruptedRehearsal(outcome);
    };
    const execute: DatabaseSession["execute"] = async (plan, request, patience, onEvent) => {
      const outcome = await orOverdue(
        patiently(
          patience,
          EXECUTION_GRACE_MS,
          (wire) => worker.remote.execute(plan, request, wire, Comlink.proxy(onEvent)),
        ),
      );
      return isOverdue(outcome) ? unansweredRun(outcome, request.dryRun) : outcome;
    };
    const giveBack = async (): Promise<void> => {
      try {
        if (isSound) {
          const heapBytes = await orOverdue(within(UPKEEP_LIMIT_MS, worker.remote.close()));
          if (!isOverdue(heapBytes) && heapBytes > REUSABLE_HEAP_BYTES) isSound = false;
        }
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
      async inspect() {
        const outcome = await orOverdue(within(UPKEEP_LIMIT_MS, worker.remote.inspect()));
        return isOverdue(outcome) ? SILENT : outcome;
      },
      async history() {
        const outcome = await orOverdue(within(UPKEEP_LIMIT_MS, worker.remote.history()));
        return isOverdue(outcome) ? SILENT : outcome;
      },
      rehearse,
      execute,
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

/** Runs a call with a flag in shared memory that the caller's signal sets, and waits `graceMs` longer. */
async function patiently<T>(
  { signal, timeoutMs }: Patience,
  graceMs: number,
  run: (patience: WirePatience) => T,
): Promise<Awaited<T> | Overdue> {
  const cancelFlag = new Int32Array(new SharedArrayBuffer(4));
  const { promise: overdue, resolve } = Promise.withResolvers<Overdue>();
  const limitMs = Math.min(timeoutMs + graceMs, LONGEST_TIMER_MS);
  const timers = [setTimeout(() => resolve("timeout"), limitMs)];
  const cancel = (): void => {
    Atomics.store(cancelFlag, 0, 1);
    timers.push(setTimeout(() => resolve("cancelled"), graceMs));
  };
  if (signal.aborted) cancel();
  else signal.addEventListener("abort", cancel);
  try {
    const settled = await Promise.race([run({ timeoutMs, cancelFlag }), overdue]);
    // Should it come back after all, it must not go on.
    if (isOverdue(settled)) Atomics.store(cancelFlag, 0, 1);
    return settled;
  } finally {
    signal.removeEventListener("abort", cancel);
    for (const timer of timers) clearTimeout(timer);
  }
}

async function within<T>(limitMs: number, answer: T): Promise<Awaited<T> | Overdue> {
  const { promise: overdue, resolve } = Promise.withResolvers<Overdue>();
  const timer = setTimeout(() => resolve("timeout"), limitMs);
  try {
    return await Promise.race([answer, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

function isOverdue(settled: unknown): settled is Overdue {
  return settled === "timeout" || settled === "cancelled";
}

function interruptedRehearsal(interrupted: Overdue): Outcome<RehearsalReport> {
  return { ok: true, value: { rehearsal: { steps: [], interrupted }, losses: new Map() } };
}

function unansweredRun(why: Overdue, dryRun: boolean): { ok: false; message: string } {
  const reason = why === "timeout" ? "The time limit was reached" : "The service is stopping";
  const kept = dryRun
    ? "nothing is kept"
    : "the migration that was running is undone unless its COMMIT had begun";
  return {
    ok: false,
    message: `${reason} inside one operation of SQLite, which cannot be interrupted; ${kept}. ` +
      `The plugin is held until that operation ends or the service is started anew; ` +
      `ask for status then`,
  };
}
