// Serves on one connection after another, until it is told to stop or NATS refuses.

import type { NatsConnection } from "nats.ws";
import type { HandlerContext } from "../handler/context.ts";
import {
  connectPatiently,
  describeNatsError,
  isRefusedCredentials,
  type NatsSettings,
} from "./connection.ts";
import { type ServiceCounts, serviceCounts } from "./endpoint_counts.ts";
import type { EventPublisher } from "./event_publisher.ts";
import { watchLink } from "./link.ts";
import { type MigrationService, startMigrationService } from "./migration_service.ts";
import type { ServiceObserver } from "./service_observer.ts";
import { endsWithin } from "../sleep.ts";

/** What to serve, where, and until when. */
export interface ServeOptions {
  readonly settings: NatsSettings;
  readonly context: HandlerContext;
  readonly events: EventPublisher;
  readonly prefix: string;
  readonly version: string;
  /** Aborted when no more requests shall be taken. */
  readonly stop: AbortSignal;
  readonly observer: ServiceObserver;
  /** Called when serving begins on a connection. */
  readonly onServing: () => void;
  /** Called when requests are taken no longer, and what was taken is being finished. */
  readonly onStopping: () => void;
}

/** Why serving ended. */
export type ServeEnd =
  | { readonly kind: "stopped" }
  /** NATS does not let this service do its work; trying again would not help. */
  | { readonly kind: "refused"; readonly reason: string; readonly what: "login" | "subjects" };

const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Answers requests until `stop` is aborted. When it returns, nothing that was taken is still running.
 */
export async function serveConnections(options: ServeOptions): Promise<ServeEnd> {
  const { settings, context: { log }, stop, observer } = options;
  const earlier: MigrationService[] = [];
  const countsOf = serviceCounts();
  let refusal: Extract<ServeEnd, { kind: "refused" }> | null = null;
  // nats.ws reconnects by itself; it gives up only where credentials are refused twice.
  while (!stop.aborted && refusal === null) {
    try {
      const connection = await connectPatiently(settings, log, stop, observer);
      if (connection === null) break;
      const reason = await serveOne(connection, options, countsOf, earlier);
      if (reason !== null) refusal = { kind: "refused", reason, what: "subjects" };
    } catch (error) {
      if (!isRefusedCredentials(error)) throw error;
      refusal = { kind: "refused", reason: describeNatsError(error), what: "login" };
    }
  }
  if (earlier.length > 0) {
    options.onStopping();
    await Promise.all(earlier.map((service) => service.drain()));
  }
  return refusal ?? { kind: "stopped" };
}

/** Serves until the connection ends or serving must end; returns why NATS refuses, if it does. */
async function serveOne(
  connection: NatsConnection,
  options: ServeOptions,
  countsOf: ServiceCounts,
  earlier: MigrationService[],
): Promise<string | null> {
  const { context, events, prefix, version, stop, settings, observer } = options;
  const link = watchLink(connection, settings.url, context.log, observer);
  events.attach(connection);
  const service = await startMigrationService({
    connection,
    link,
    context,
    prefix,
    version,
    countsOf,
    observer,
  });
  // What the server forbids is known once it has seen every subscription.
  const refused = service.failed.then((reason) => ({ reason }));
  const first = await Promise.race([connection.flush().then(() => null, () => null), refused]);
  if (first === null) options.onServing();
  const end = first ?? await Promise.race([
    refused,
    connection.closed().then((error) => ({ closed: error ?? null })),
    new Promise<null>((resolve) => {
      if (stop.aborted) resolve(null);
      stop.addEventListener("abort", () => resolve(null), { once: true });
    }),
  ]);
  if (end !== null && "closed" in end) {
    const reason = end.closed === null ? "closed" : describeNatsError(end.closed);
    context.log("error", "The NATS connection ended", { reason });
    earlier.push(service);
    return null;
  }
  options.onStopping();
  await service.drain();
  if (link.isUp()) await endsWithin(CLOSE_TIMEOUT_MS, connection.drain());
  await connection.close();
  return end === null ? null : end.reason;
}
