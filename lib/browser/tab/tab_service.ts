// Serves `db.migrate.*` over NATS from a tab, as one more instance of the micro-service. For
// browsers.

import { reasonOf } from "../../outcome.ts";
import { nodePrefix } from "../../message/subject.ts";
import { serve, type Served } from "../../nats/serve.ts";
import { isLoopback } from "../nats_choice.ts";
import type { NatsChoice, NatsState, WireMessage } from "../sandbox.ts";
import { settingsOf } from "./nats_settings.ts";

/** What a service needs, and its callbacks. */
export interface TabServiceOptions {
  readonly served: Served;
  readonly onState: (state: NatsState) => void;
  readonly onMessage: (message: Omit<WireMessage, "at">) => void;
}

/** A service that is connected or connecting. */
export interface TabService {
  /** Answers the requests received so far, and disconnects. */
  stop(): Promise<void>;
}

/** Connects, and serves until it is stopped. Reconnects by itself. */
export function startTabService(choice: NatsChoice, options: TabServiceOptions): TabService {
  const { url, fleet } = choice;
  const prefix = fleet === undefined ? choice.prefix : nodePrefix(choice.prefix, fleet.node);
  const stop = new AbortController();
  const report = (state: NatsState): void => {
    if (!stop.signal.aborted) options.onState(state);
  };
  let isUp = false;
  const up = (): void => {
    isUp = true;
    report({ kind: "online", url, prefix });
  };
  const down = (reason: string): void => {
    isUp = false;
    report({ kind: "offline", url, reason: `the server cannot be reached: ${reason}` });
  };
  // Without this, a lost network is noticed late. The connection may survive a short outage.
  const onNetwork = (): void => {
    if (!isUp || isLoopback(url)) return;
    if (navigator.onLine) report({ kind: "online", url, prefix });
    else report({ kind: "offline", url, reason: "the browser has no network" });
  };
  globalThis.addEventListener("offline", onNetwork);
  globalThis.addEventListener("online", onNetwork);
  report({ kind: "connecting", url, reason: null });
  const decoder = new TextDecoder();
  const ended = serve(options.served, {
    ...settingsOf(choice),
    prefix,
    signal: stop.signal,
    observer: {
      onServing: up,
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
    report({ kind: "refused", url, reason });
  }, (error: unknown) => {
    const reason = reasonOf(error);
    options.served.context.log("error", "The NATS service ended", { reason });
    report({ kind: "refused", url, reason });
  });
  return {
    async stop() {
      stop.abort();
      globalThis.removeEventListener("offline", onNetwork);
      globalThis.removeEventListener("online", onNetwork);
      await ended;
    },
  };
}
