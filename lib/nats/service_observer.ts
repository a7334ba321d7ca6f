// What a service reports while it runs, for logs and for a page that shows its state. Runs
// anywhere.

/** Follows a service. No method may throw or wait. */
export interface ServiceObserver {
  /** Requests are taken on a connection from now on. */
  onServing(): void;
  /** The server cannot be reached, or the connection was lost; it is tried again. */
  onOutage(reason: string): void;
  /** A lost connection is back. */
  onReturn(): void;
  /** No more requests are taken; those that were taken are being finished. */
  onStopping(): void;
  /** A message as it went over the wire. */
  onMessage(direction: "request" | "reply", subject: string, payload: Uint8Array): void;
}

/** An observer that ignores everything. */
export const UNOBSERVED: ServiceObserver = {
  onServing() {},
  onOutage() {},
  onReturn() {},
  onStopping() {},
  onMessage() {},
};
