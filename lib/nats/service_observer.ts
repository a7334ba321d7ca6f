// Whoever watches a service: a page that shows how it stands, or nobody. Runs anywhere.

/** What a service tells while it goes on. No method may throw or wait. */
export interface ServiceObserver {
  /** The server cannot be reached, or was lost; it is tried again. */
  onOutage(reason: string): void;
  /** A lost connection is back. */
  onReturn(): void;
  /** A message as it went over the wire. */
  onMessage(direction: "request" | "reply", subject: string, payload: Uint8Array): void;
}

/** Watches nothing. */
export const UNOBSERVED: ServiceObserver = { onOutage() {}, onReturn() {}, onMessage() {} };
