// What handlers have to work with: clock, identifiers, files, databases and locks, in one place.

import type { RunLocks } from "../lock/run_locks.ts";
import type { RunEvent } from "../message/event.ts";
import type { FailureReply } from "../message/reply.ts";
import type { MigrationSource } from "../source/migration_source.ts";
import type { Databases } from "../worker/session.ts";

/** Writes one line to the log. Values must not be secrets. */
export type Log = (
  level: "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** The world as handlers see it. */
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
  /** The time now. */
  readonly now: () => Date;
  /** A new identifier, unique for ever. */
  readonly newId: () => string;
  /** Milliseconds on a clock that never jumps. */
  readonly elapsedMs: () => number;
  /** Takes the events of runs; must neither wait nor throw. */
  readonly publish: (event: RunEvent) => void;
  /** Takes log lines. */
  readonly log: Log;
  /** Aborted when the service must stop now: what runs is rolled back. */
  readonly signal: AbortSignal;
}

/** A handler: one verb, from a checked request to the reply. */
export type Handler<Request, SuccessReply> = (
  plugin: string,
  request: Request,
  context: HandlerContext,
) => Promise<SuccessReply | FailureReply>;
