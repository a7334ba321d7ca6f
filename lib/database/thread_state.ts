// What the thread of a database shares with other threads while it cannot answer. Runs anywhere.

/** Shared memory: whether the database is open, and how many steps of a plan were rehearsed. */
export type ThreadState = Int32Array;

/** The elements of a `ThreadState`. */
export const STATE: { readonly isOpen: 0; readonly rehearsed: 1 } = { isOpen: 0, rehearsed: 1 };
