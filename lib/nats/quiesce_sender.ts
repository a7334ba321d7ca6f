// Requests that a plugin closes its database before a run.

import { createInbox, ErrorCode, type NatsConnection, NatsError } from "nats.ws";
import type { Log } from "../handler/context.ts";
import type { BeforeRunListener } from "../handler/event_hub.ts";
import { quiesceSubject } from "../message/subject.ts";
import { describeNatsError } from "./connection.ts";
import { INBOX_PREFIX } from "./inboxes.ts";

// A plugin that answers has finished its transaction by then. One that does not is no obstacle to a
// run while it has no transaction open.
const TIMEOUT_MS = 2_000;

/**
 * Makes a function that requests `<prefix>.<plugin>.quiesce` and waits for any reply, 2 seconds at
 * most. Without a subscriber the server answers at once. It never rejects.
 */
export function quiesceSender(
  connection: NatsConnection,
  prefix: string,
  log: Log,
): BeforeRunListener {
  return async (event) => {
    if (connection.isClosed()) return;
    const { plugin_name: plugin } = event;
    const payload = new TextEncoder().encode(JSON.stringify(event));
    // The client subscribes to the reply before it refuses such a request, and the timeout of that
    // subscription would be an unhandled rejection, which ends the process.
    if (payload.length > (connection.info?.max_payload ?? Infinity)) {
      const bytes = payload.length;
      log("warn", "The request to close a database exceeds max_payload", { plugin, bytes });
      return;
    }
    try {
      await connection.request(quiesceSubject(prefix, plugin), payload, {
        timeout: TIMEOUT_MS,
        noMux: true,
        reply: createInbox(INBOX_PREFIX),
      });
    } catch (error) {
      if (error instanceof NatsError && error.code === ErrorCode.NoResponders) return;
      const reason = describeNatsError(error);
      log("warn", "A plugin did not answer that it has closed its database", { plugin, reason });
    }
  };
}
