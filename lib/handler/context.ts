// What handlers work with: clock, identifiers, files, databases and locks.

import type { RunLocks } from "../lock/run_locks.ts";
import type { RunEvent, RunStartedEvent } from "../message/event.ts";
import type { MigrationSource } from "../source/migration_source.ts";
import type { Databases } from "../database/session.ts";
import type { Known } from "./known.ts";
import type { BeginRequest, Span } from "../trace/span.ts";
import type { WorkObserver } from "./work_observer.ts";

/** Writes one line to the log. Values must not be secrets. */
export type Log = (
  level: "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** What handlers work with. `openMigrator()` makes it. */
export interface HandlerContext {
  /**
   * Where migrations come from.
   * @internal
   */
  readonly source: MigrationSource;
  /**
   * The threads that run SQL.
   * @internal
   */
  readonly databases: Databases;
  /**
   * The locks of runs.
   * @internal
   */
  readonly locks: RunLocks;
  /**
   * What earlier requests found, for as long as it holds.
   * @internal
   */
  readonly known: Known;
  /** The time now. */
  readonly now: () => Date;
  /** Makes a new, unique identifier. */
  readonly newId: () => string;
  /** Milliseconds on a monotonic clock. */
  readonly elapsedMs: () => number;
  /**
   * Takes the events of runs, with the trace that they belong to; must neither wait nor throw.
   */
  readonly publish: (event: RunEvent, traceparent?: string | null) => void;
  /** Resolves when every listener has closed the database before a run. Must not reject. */
  readonly beforeRun: (event: RunStartedEvent) => Promise<void>;
  /**
   * Begins the spans of requests.
   * @internal
   */
  readonly beginRequest: BeginRequest;
  /**
   * The span of the request that is answered; of no trace outside of one.
   * @internal
   */
  readonly span: Span;
  /**
   * Follows requests and runs.
   * @internal
   */
  readonly observer: WorkObserver;
  /** Takes log lines. */
  readonly log: Log;
  /** Aborted when runs must be interrupted and rolled back. */
  readonly signal: AbortSignal;
}
