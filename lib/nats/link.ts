// Follows a connection through outages: what is to be logged, and when a reply can be sent.

import { Events, type NatsConnection } from "nats.ws";
import type { Log } from "../handler/context.ts";
import { redactUrl } from "./connection.ts";
import type { ServiceObserver } from "./service_observer.ts";

/** Whether a connection is up at the moment. */
export interface Link {
  /** Whether it is up now. */
  isUp(): boolean;
  /** Resolves at once while the connection is up; otherwise once it is back, or closed for good. */
  whenUp(): Promise<void>;
}

/**
 * Whoever asked lost the same server and needs a moment to come back; official clients try again
 * after two seconds. A reply that is sent before finds nobody, and is lost.
 */
const SETTLE_MS = 2_500;

/**
 * Watches a connection. nats.ws forgets what is published while it reconnects, so a reply must wait
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
  // The statuses of nats.ws do not end with their connection.
  connection.closed().then(() => {
    clearTimeout(settling);
    comeBack();
  });
  return {
    isUp: () => isUp,
    async whenUp() {
      // It may go down again while somebody waits.
      for (let seen: Promise<void> | null = null; seen !== up;) {
        seen = up;
        await seen;
      }
    },
  };
}
