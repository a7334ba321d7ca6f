// Publishes the events of runs on whatever connection there is.

import type { NatsConnection } from "nats.ws";
import type { Log } from "../handler/context.ts";
import type { RunEvent } from "../message/event.ts";
import { eventSubject } from "../message/subject.ts";
import { describeNatsError } from "./connection.ts";

/** Sends events, and never throws: a run must not fail because nobody can be told of it. */
export class EventPublisher {
  readonly #prefix: string;
  readonly #log: Log;
  #connection: NatsConnection | null = null;

  constructor(prefix: string, log: Log) {
    this.#prefix = prefix;
    this.#log = log;
  }

  /** Sends events over `connection` from now on. */
  attach(connection: NatsConnection): void {
    this.#connection = connection;
  }

  /** Publishes an event. One that cannot be sent is dropped, for later it would come too late. */
  publish(event: RunEvent): void {
    const connection = this.#connection;
    if (connection === null || connection.isClosed()) return;
    const { event: name, plugin_name: plugin } = event;
    try {
      connection.publish(eventSubject(this.#prefix, plugin), JSON.stringify(event));
    } catch (error) {
      const reason = describeNatsError(error);
      this.#log("warn", "An event could not be published", { event: name, plugin, reason });
    }
  }
}
