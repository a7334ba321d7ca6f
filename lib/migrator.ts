// Puts the rooms together on a machine with a file system. For Deno; needs no NATS.

import type { HandlerContext, Log } from "./handler/context.ts";
import { fileLocks } from "./lock/file_locks.ts";
import type { RunEvent } from "./message/event.ts";
import { directorySource } from "./source/directory_source.ts";
import { migrationSource } from "./source/file_source.ts";
import { startWorkerPool } from "./worker/worker_pool.ts";

/** Where an edge finds its files, and whom it tells. */
export interface EdgeOptions {
  /** The directory that holds `<plugin>/migrations/`. */
  readonly pluginsDir: string;
  /** The directory that holds `<plugin>.sqlite3`; made when the first plugin is migrated. */
  readonly dataDir: string;
  /** The most worker threads; at least 2, by default one more than there are cores. */
  readonly workers?: number;
  /** Takes the events of runs. */
  readonly publish?: (event: RunEvent) => void;
  /** Takes log lines; by default they are dropped. */
  readonly log?: Log;
  /** Aborting it interrupts what runs, which is rolled back. */
  readonly signal?: AbortSignal;
}

/** A context for handlers, and the worker threads behind it. Dispose of it to end them. */
export interface Edge extends AsyncDisposable {
  /** What `dispatch()` needs. */
  readonly context: HandlerContext;
}

/** Starts an edge. Takes about as long as compiling and starting SQLite once. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const workers = Math.max(options.workers ?? navigator.hardwareConcurrency + 1, 2);
  const databases = await startWorkerPool({ dataDir: options.dataDir, workers });
  return {
    context: {
      source: migrationSource(directorySource(options.pluginsDir)),
      databases,
      locks: fileLocks(options.dataDir),
      now: () => new Date(),
      newId: () => crypto.randomUUID(),
      elapsedMs: () => performance.now(),
      publish: options.publish ?? (() => {}),
      log: options.log ?? (() => {}),
      signal: options.signal ?? new AbortController().signal,
    },
    [Symbol.asyncDispose]: () => databases[Symbol.asyncDispose](),
  };
}
