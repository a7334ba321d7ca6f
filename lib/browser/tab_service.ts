// Answers `db.migrate.*` over NATS from a tab: one more instance of the micro-service. For browsers.

import type { HandlerContext } from "../handler/context.ts";
import type { RunEvent } from "../message/event.ts";
import type { Credentials, NatsSettings } from "../nats/connection.ts";
import { EventPublisher } from "../nats/event_publisher.ts";
import { serveConnections } from "../nats/serve.ts";
import { VERSION } from "../version.ts";
import type { NatsChoice, NatsLogin, NatsState, WireMessage } from "./sandbox.ts";

/** What a service works with, and whom it tells. */
export interface TabServiceOptions {
  readonly context: HandlerContext;
  /** Gives every run event to the service; returns how to end it. */
  readonly addPublisher: (publish: (event: RunEvent) => void) => () => void;
  readonly onState: (state: NatsState) => void;
  readonly onMessage: (message: Omit<WireMessage, "at">) => void;
}

/** A service that is connected, or tries to be. */
export interface TabService {
  /** Finishes what was taken, and disconnects. */
  stop(): Promise<void>;
}

/** Connects, and answers until it is stopped. Lost connections come back by themselves. */
export function startTabService(choice: NatsChoice, options: TabServiceOptions): TabService {
  const { url, prefix, login } = choice;
  const settings: NatsSettings = { url, credentials: credentialsOf(login) };
  const stop = new AbortController();
  const events = new EventPublisher(prefix, options.context.log);
  const removePublisher = options.addPublisher((event) => events.publish(event));
  const tell = (state: NatsState): void => {
    if (!stop.signal.aborted) options.onState(state);
  };
  let isUp = false;
  const up = (): void => {
    isUp = true;
    tell({ kind: "online", url, prefix });
  };
  const down = (reason: string): void => {
    isUp = false;
    tell({ kind: "offline", url, reason: `the server cannot be reached: ${reason}` });
  };
  // A connection without a network is noticed late by itself, and may survive a short outage.
  const onNetwork = (): void => {
    if (!isUp || isLoopback(url)) return;
    if (navigator.onLine) tell({ kind: "online", url, prefix });
    else tell({ kind: "offline", url, reason: "the browser has no network" });
  };
  globalThis.addEventListener("offline", onNetwork);
  globalThis.addEventListener("online", onNetwork);
  tell({ kind: "connecting", url, reason: null });
  const decoder = new TextDecoder();
  const ended = serveConnections({
    settings,
    context: options.context,
    events,
    prefix,
    version: VERSION,
    stop: stop.signal,
    onServing: up,
    onStopping() {},
    observer: {
      onOutage: down,
      onReturn: up,
      onMessage: (direction, subject, payload) =>
        options.onMessage({ via: "nats", direction, subject, payload: decoder.decode(payload) }),
    },
  }).then((end) => {
    if (end.kind === "stopped") return;
    const reason = end.what === "login"
      ? "the server does not accept this login; check it and connect again"
      : `the server does not let this login serve the subjects: ${end.reason}`;
    tell({ kind: "refused", url, reason });
  }, (error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    options.context.log("error", "The NATS service ended", { reason });
    tell({ kind: "refused", url, reason });
  });
  return {
    async stop() {
      stop.abort();
      globalThis.removeEventListener("offline", onNetwork);
      globalThis.removeEventListener("online", onNetwork);
      await ended;
      removePublisher();
    },
  };
}

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function credentialsOf(login: NatsLogin): Credentials {
  return login.kind === "creds"
    ? { kind: "creds", creds: new TextEncoder().encode(login.creds) }
    : login;
}
