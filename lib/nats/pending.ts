// Promises that somebody will wait for, once there are no new ones.

/** A set of unfinished work. */
export class Pending {
  readonly #work = new Set<Promise<void>>();

  /** How much is unfinished. */
  get size(): number {
    return this.#work.size;
  }

  /** Keeps an eye on a promise until it settles. */
  add(work: Promise<void>): void {
    this.#work.add(work);
    const forget = (): void => {
      this.#work.delete(work);
    };
    work.then(forget, forget);
  }

  /** Resolves when nothing is left, what is added meanwhile included. */
  async settled(): Promise<void> {
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }
}
