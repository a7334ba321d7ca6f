// The queries and comparisons that run, by the ids under which they can be stopped. Runs anywhere.

/** A call that runs; dispose it when it has ended. */
export interface RunningCall extends Disposable {
  /** Aborted when the call is stopped. */
  readonly signal: AbortSignal;
}

/** Calls of all tabs. */
export class RunningCalls {
  readonly #stops = new Map<string, AbortController>();

  /** Begins a call; without an id it cannot be stopped. */
  begin(id: string | null): RunningCall {
    const stop = new AbortController();
    if (id !== null) this.#stops.set(id, stop);
    return {
      signal: stop.signal,
      [Symbol.dispose]: () => {
        if (id !== null && this.#stops.get(id) === stop) this.#stops.delete(id);
      },
    };
  }

  /** Stops a call, if it runs. */
  stop(id: string): void {
    this.#stops.get(id)?.abort();
  }
}
