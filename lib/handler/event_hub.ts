// Passes the events of runs to their listeners. Runs anywhere.

import type { RunEvent, RunStartedEvent } from "../message/event.ts";

/**
 * Receives events during a run, and the header `traceparent` of the trace that the run belongs to;
 * `null` where it belongs to none. It must neither wait nor throw.
 */
export type EventListener = (event: RunEvent, traceparent: string | null) => void;

/**
 * Called with the event `run_requested`. The run locks the database once the promise is settled, so
 * the listener can close connections of its own first. It must not reject.
 */
export type BeforeRunListener = (event: RunStartedEvent) => Promise<void>;

/** One source of events with any number of listeners. */
export interface EventHub {
  /** Passes an event to every listener, in the order in which they subscribed. */
  publish(event: RunEvent, traceparent?: string | null): void;
  /** Calls `listener` with every event from now on; returns a function that ends this. */
  subscribe(listener: EventListener): () => void;
  /** Calls the listeners that a run waits for; resolves when all have settled. */
  beforeRun(event: RunStartedEvent): Promise<void>;
  /** Lets every run from now on wait for `listener`; returns a function that ends this. */
  onBeforeRun(listener: BeforeRunListener): () => void;
}

/** Makes a hub without listeners. */
export function eventHub(): EventHub {
  const listeners = new Set<EventListener>();
  const awaited = new Set<BeforeRunListener>();
  return {
    publish(event, traceparent = null) {
      for (const listener of listeners) listener(event, traceparent);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async beforeRun(event) {
      await Promise.all([...awaited].map((listener) => listener(event)));
    },
    onBeforeRun(listener) {
      awaited.add(listener);
      return () => awaited.delete(listener);
    },
  };
}
