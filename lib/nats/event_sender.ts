// Publishes the events of runs on a connection.

import type { NatsConnection } from "nats.ws";
import type { Log } from "../handler/context.ts";
import type { EventListener } from "../handler/event_hub.ts";
import { eventSubject } from "../message/subject.ts";
import { describeNatsError } from "./connection.ts";
import { traceHeaders } from "./trace_headers.ts";

/**
 * Makes a function that publishes events. It never throws, because a run must not fail for its
 * events: one that cannot be sent is dropped.
 */
export function eventSender(connection: NatsConnection, prefix: string, log: Log): EventListener {
  return (event, traceparent) => {
    if (connection.isClosed()) return;
    const { event: name, plugin_name: plugin } = event;
    try {
      connection.publish(
        eventSubject(prefix, plugin),
        JSON.stringify(event),
        traceHeaders(traceparent),
      );
      // Nagle's algorithm holds the reply back until the server has acknowledged this event, and
      // the server delays that by 40 ms unless it has to answer. flush() makes it answer a PING.
      connection.flush().catch(() => {});
    } catch (error) {
      const reason = describeNatsError(error);
      log("warn", "An event could not be published", { event: name, plugin, reason });
    }
  };
}
