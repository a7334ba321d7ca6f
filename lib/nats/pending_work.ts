// Keeps the promises of work that has begun, so that shutdown can wait for it.

/** Unfinished work. */
export interface PendingWork {
  /** Keeps `work` until it settles. */
  add(work: Promise<void>): void;
  /** How much is unfinished. */
  size(): number;
  /** Resolves when nothing is left, work that is added meanwhile included. */
  settled(): Promise<void>;
}

/** Makes an empty set of work. */
export function pendingWork(): PendingWork {
  const pending = new Set<Promise<void>>();
  return {
    add(work) {
      pending.add(work);
      const remove = (): boolean => pending.delete(work);
      work.then(remove, remove);
    },
    size: () => pending.size,
    async settled() {
      while (pending.size > 0) await Promise.allSettled(pending);
    },
  };
}
