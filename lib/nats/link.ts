// Follows a connection through outages: logs them, and says when a reply can be sent.

import { Events, type NatsConnection } from "nats.ws";
import type { Log } from "../handler/context.ts";
import { redactUrl } from "./connection.ts";
import type { ServiceObserver } from "./service_observer.ts";

/** The state of a connection. */
export interface Link {
  /** Reports whether the connection is up. */
  isUp(): boolean;
  /** Resolves at once where the connection is up, or else when it is up again or closed. */
  whenUp(): Promise<void>;
}

/**
 * Clients lost the same server, and official ones reconnect after two seconds. A reply that is sent
 * before its client is back has no subscriber and is lost.
 */
const SETTLE_MS = 2_500;

/**
 * Watches a connection. nats.ws drops what is published while it reconnects, so a reply must wait
 * for `whenUp()`.
 */
export function watchLink(
  connection: NatsConnection,
  url: string,
  log: Log,
  observer: ServiceObserver,
): Link {
  const server = redactUrl(url);
  let up = Promise.resolve();
  let comeBack = (): void => {};
  let isUp = true;
  let settling: ReturnType<typeof setTimeout> | undefined;

  async function watch(): Promise<void> {
    for await (const { type, data } of connection.status()) {
      if (type === Events.Disconnect) {
        isUp = false;
        clearTimeout(settling);
        comeBack();
        const { promise, resolve } = Promise.withResolvers<void>();
        up = promise;
        comeBack = resolve;
        observer.onOutage("the connection was lost");
        log("warn", "Lost the NATS server; reconnecting", { server });
      }
      if (type === Events.Reconnect) {
        isUp = true;
        settling = setTimeout(comeBack, SETTLE_MS);
        observer.onReturn();
        log("info", "Reconnected to NATS", { server });
      }
      if (type === Events.LDM) log("warn", "The NATS server is about to stop", { server });
      if (type === Events.Error) log("error", "NATS reports an error", { reason: String(data) });
    }
  }

  watch();
  // The iterator of statuses does not end when the connection is closed.
  connection.closed().then(() => {
    clearTimeout(settling);
    comeBack();
  });
  return {
    isUp: () => isUp,
    async whenUp() {
      // The connection may be lost again while a reply waits.
      for (let seen: Promise<void> | null = null; seen !== up;) {
        seen = up;
        await seen;
      }
    },
  };
}
