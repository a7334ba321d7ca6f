// The lock that one run holds on its database, as handlers see it.

import type { DatabaseAddress } from "../plan/database_address.ts";
import type { RunChange, RunSnapshot } from "./run_snapshot.ts";

/** A lock that is held. */
export interface RunLock {
  readonly kind: "acquired";
  /** Aborted when another caller, in any process, cancels the run. */
  readonly cancelled: AbortSignal;
  /** Lets `status` requests see the history and how far the run is, in every process. */
  publish(snapshot: RunSnapshot): void;
  /** Adds to what was published; its cost does not depend on the length of the history. */
  advance(change: RunChange): void;
  /** Gives the lock back; `cancelled` says that the run ended because it was cancelled. */
  release(end?: RunEnd): void;
}

/** How a run ended, for those who cancel it. */
export type RunEnd = "ended" | "cancelled";

/** Another run has the database; its snapshot, if it has published one already. */
export interface RunLockRefusal {
  readonly kind: "held";
  readonly snapshot: RunSnapshot | null;
}

/** No lock can be made where locks are kept. */
export interface RunLocksUnavailable {
  readonly kind: "unavailable";
  readonly message: string;
}

/** What became of an attempt to cancel a run. */
export type Cancelling =
  /** No run holds the database. */
  | { readonly kind: "idle" }
  /** The run that holds it has not written its id: the disk is full, or its godwit is older. */
  | { readonly kind: "unknown-run" }
  /** The run that holds it is not the one that was named. */
  | { readonly kind: "other-run"; readonly runId: string }
  /** The run has ended; `cancelled` only where that is why. */
  | { readonly kind: "over"; readonly runId: string; readonly end: RunEnd }
  /** The run is to end, and has not ended within the time that was waited. */
  | { readonly kind: "ending"; readonly runId: string }
  | RunLocksUnavailable;

/** The locks of every database in a data directory. */
export interface RunLocks {
  /** Takes a database's lock for a run, or returns at once why it cannot. */
  acquire(
    address: DatabaseAddress,
    runId: string,
  ): RunLock | RunLockRefusal | RunLocksUnavailable;
  /** What the run that holds the database has published; `null` where none is running. */
  current(address: DatabaseAddress): RunSnapshot | null;
  /**
   * Cancels the run that holds a database, whichever process has it, and waits until it has ended,
   * `waitMs` milliseconds at most. `runId` names the only run that is meant; `null` means any.
   */
  cancel(address: DatabaseAddress, runId: string | null, waitMs: number): Promise<Cancelling>;
}
