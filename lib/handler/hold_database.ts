// Holds a database for one run: its lock, its id, and the signal that ends it.

import { OVERDUE_WORDS } from "../deadline.ts";
import type { RunLock } from "../lock/run_locks.ts";
import type { RunRequest } from "../message/request.ts";
import type { Failed } from "../outcome.ts";
import type { DatabaseAddress } from "../plan/database_address.ts";
import type { HandlerContext } from "./context.ts";
import { describeHolder } from "./describe_run.ts";
import { databaseFailure, type Failure, failureReply } from "./failure.ts";
import { type Span, traceFields } from "../trace/span.ts";
import type { EndedRun, RunFigures } from "./work_observer.ts";

/** A run that holds its database. */
export interface HeldRun {
  /** Identifies it in its reply, its events and the snapshot of its lock. */
  readonly id: string;
  readonly lock: RunLock;
  /** Aborted when this run is cancelled, or every run of the program is. */
  readonly signal: AbortSignal;
  /** The span of the run. */
  readonly span: Span;
  /** Notes what the run has done, for its observer. */
  readonly note: (figures: RunFigures) => void;
}

/** What is to hold a database. */
export interface Holding extends Pick<RunRequest, "run_id">, Pick<EndedRun, "verb" | "dryRun"> {}

const NOTHING_DONE: RunFigures = { migrations: 0, rowsLost: 0, valuesLost: 0, backup: null };

/**
 * Does `work` while no other run has the database. Fails with `MIGRATION_IN_PROGRESS` where one has
 * it. A run that ends with `CANCELLED` tells so to those who have cancelled it.
 */
export async function holdDatabase<R extends { readonly success: true }>(
  address: DatabaseAddress,
  { run_id: givenId, verb, dryRun }: Holding,
  context: HandlerContext,
  work: (run: HeldRun) => Promise<R | Failure>,
): Promise<R | Failure> {
  const { plugin } = address;
  const id = givenId ?? context.newId();
  const startedMs = context.elapsedMs();
  const lock = context.locks.acquire(address, id);
  if (lock.kind === "unavailable") {
    return failureReply("DATABASE_UNAVAILABLE", plugin, lock.message);
  }
  if (lock.kind === "held") {
    const holder = describeHolder(address, lock.snapshot);
    const message = `${holder}; wait until it is done and try again`;
    return failureReply("MIGRATION_IN_PROGRESS", plugin, message);
  }
  const span = context.span.begin("run", {
    "godwit.run_id": id,
    "godwit.verb": verb,
    "godwit.plugin": plugin,
    ...(address.tenant === null ? {} : { "godwit.tenant": address.tenant }),
    "godwit.dry_run": dryRun,
  });
  let outcome: EndedRun["outcome"] = "INTERNAL_ERROR";
  let figures = NOTHING_DONE;
  const note = (noted: RunFigures): void => {
    figures = noted;
  };
  try {
    const signal = AbortSignal.any([context.signal, lock.cancelled]);
    const reply = await work({ id, lock, signal, span, note });
    outcome = reply.success ? "success" : reply.error_code;
    return reply.success ? reply : { ...reply, run_id: id };
  } finally {
    lock.release(outcome === "CANCELLED" ? "cancelled" : "ended");
    const ms = context.elapsedMs() - startedMs;
    const ended: EndedRun = { id, verb, ...address, dryRun, outcome, ms, ...figures };
    span.end(outcome === "success" ? null : outcome);
    context.observer.onRunEnded(ended);
    logRun(ended, span, context);
  }
}

// Counts alone: a log must not have what is in the rows.
function logRun(run: EndedRun, span: Span, { log }: HandlerContext): void {
  log(run.outcome === "success" ? "info" : "warn", "Run ended", {
    verb: run.verb,
    plugin: run.plugin,
    ...(run.tenant === null ? {} : { tenant: run.tenant }),
    run_id: run.id,
    dry_run: run.dryRun,
    outcome: run.outcome,
    ms: Math.round(run.ms),
    migrations: run.migrations,
    rows_lost: run.rowsLost,
    values_lost: run.valuesLost,
    ...(run.backup === null ? {} : { backup: run.backup }),
    ...traceFields(span),
  });
}

/** The failure of work on a database that SQLite may have interrupted; `late` ends the sentence. */
export function interruptedFailure(
  failed: Failed,
  address: DatabaseAddress,
  signal: AbortSignal,
  { what, cancelled, late }: {
    readonly what: string;
    readonly cancelled: string;
    readonly late: string;
  },
): Failure {
  if (failed.sqliteCode !== "SQLITE_INTERRUPT") return databaseFailure(failed, address.plugin);
  if (signal.aborted) return cancelledFailure(address, cancelled);
  const message =
    `${what} was stopped, because ${OVERDUE_WORDS.timeout}, which timeout_ms sets; ${late}`;
  return databaseFailure({ ...failed, message }, address.plugin);
}

/** The failure of a run that was cancelled; `undone` says what that means for the database. */
export function cancelledFailure({ plugin }: DatabaseAddress, undone: string): Failure {
  return failureReply("CANCELLED", plugin, `The run was cancelled: ${undone}`);
}
