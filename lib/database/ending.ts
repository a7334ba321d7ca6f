// An end that many calls wait for beside their answers, such as that of a thread. Runs anywhere.

type Waiter<End> = Pick<PromiseWithResolvers<End>, "resolve" | "reject">;

/**
 * Ends once, with a value or an error. `Promise.race()` against a promise that lives as long would
 * keep every answer in memory until it settles; this drops a call once it is answered.
 */
export class Ending<End = never> {
  #settle: ((waiter: Waiter<End>) => void) | null = null;
  readonly #waiting = new Set<Waiter<End>>();

  /** Resolves every call, pending or later, with `value`. Later ends are ignored. */
  end(value: End): void {
    this.#finish((waiter) => waiter.resolve(value));
  }

  /** Rejects every call, pending or later. */
  fail(error: Error): void {
    this.#finish((waiter) => waiter.reject(error));
  }

  /** Waits for an answer, or for the end where that comes first. */
  async before<T>(answer: T): Promise<Awaited<T> | End> {
    const waiter = Promise.withResolvers<End>();
    if (this.#settle === null) this.#waiting.add(waiter);
    else this.#settle(waiter);
    try {
      return await Promise.race([answer, waiter.promise]);
    } finally {
      this.#waiting.delete(waiter);
    }
  }

  #finish(settle: (waiter: Waiter<End>) => void): void {
    if (this.#settle !== null) return;
    this.#settle = settle;
    for (const waiter of this.#waiting) settle(waiter);
  }
}
