// The queries that run, by the ids under which they can be stopped. Runs anywhere.

/** A query that runs; dispose it when it has ended. */
export interface RunningQuery extends Disposable {
  /** Aborted when the query is stopped. */
  readonly signal: AbortSignal;
}

/** Queries of all tabs. */
export class RunningQueries {
  readonly #stops = new Map<string, AbortController>();

  /** Begins a query; without an id it cannot be stopped. */
  begin(id: string | null): RunningQuery {
    const stop = new AbortController();
    if (id !== null) this.#stops.set(id, stop);
    return {
      signal: stop.signal,
      [Symbol.dispose]: () => {
        if (id !== null && this.#stops.get(id) === stop) this.#stops.delete(id);
      },
    };
  }

  /** Stops a query, if it runs. */
  stop(id: string): void {
    this.#stops.get(id)?.abort();
  }
}
