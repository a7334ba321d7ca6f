// Hands the events of runs to everything that follows them. Runs anywhere.

import type { RunEvent } from "../message/event.ts";

/** Takes events. It must neither wait nor throw, because a run is going on. */
export type EventListener = (event: RunEvent) => void;

/** One source of events with any number of listeners. */
export interface EventHub {
  /** Hands an event to every listener, in the order in which they subscribed. */
  publish(event: RunEvent): void;
  /** Calls `listener` with every event from now on; returns a function that ends this. */
  subscribe(listener: EventListener): () => void;
}

/** Makes a hub without listeners. */
export function eventHub(): EventHub {
  const listeners = new Set<EventListener>();
  return {
    publish(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
