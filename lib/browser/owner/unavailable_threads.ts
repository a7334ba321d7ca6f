// Why a thread of the sandbox gives no answer. Plain data; runs anywhere.

/** A run has the database. */
export const MIGRATING = {
  ok: false,
  code: "migrating",
  message: "A migration is using the database; wait until it has finished",
} as const;

/** The caller has stopped the call. */
export const STOPPED = {
  ok: false,
  code: "stopped",
  message: "Stopped; what a statement had not committed is undone",
} as const;

/** The deadline of the call was reached. */
export const LATE = { ok: false, code: "stopped", message: "Stopped: it took too long" } as const;

/** Ending the thread would lose the databases in it. */
export const KEPT_IN_MEMORY = {
  ok: false,
  code: "kept-in-memory",
  message:
    "The databases are in the memory of a thread, and this browser can stop what runs only " +
    "by ending the thread; wait until it has finished",
} as const;
