// The lock that one apply or rollback holds on its database, as handlers see it.

import type { DatabaseAddress } from "../plan/database_address.ts";
import type { RunChange, RunSnapshot } from "./run_snapshot.ts";

/** A lock that is held. */
export interface RunLock {
  readonly kind: "acquired";
  /** Lets `status` requests see the history and how far the run is, in every process. */
  publish(snapshot: RunSnapshot): void;
  /** Adds to what was published; its cost does not depend on the length of the history. */
  advance(change: RunChange): void;
  release(): void;
}

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

/** The locks of every database in a data directory. No method waits. */
export interface RunLocks {
  /** Takes a database's lock, or returns at once why it cannot. */
  acquire(address: DatabaseAddress): RunLock | RunLockRefusal | RunLocksUnavailable;
  /** What the run that holds the database has published; `null` where none is running. */
  current(address: DatabaseAddress): RunSnapshot | null;
}
