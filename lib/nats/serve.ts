// Serves a migrator over NATS, on one connection after another. Runs in Deno and in browsers.

import type { NatsConnection } from "nats.ws";
import type { HandlerContext } from "../handler/context.ts";
import type { BeforeRunListener, EventListener } from "../handler/event_hub.ts";
import { DEFAULT_PREFIX } from "../message/subject.ts";
import { beforeAbort, endsWithin } from "../deadline.ts";
import {
  connectWithRetries,
  type Credentials,
  describeNatsError,
  isRefusedCredentials,
  type NatsSettings,
  type OpenSocket,
} from "./connection.ts";
import { serviceCounts } from "./endpoint_counts.ts";
import { eventSender } from "./event_sender.ts";
import { watchLink } from "./link.ts";
import { quiesceSender } from "./quiesce_sender.ts";
import {
  type EndpointMetrics,
  type MigrationService,
  type MigrationServiceOptions,
  startMigrationService,
} from "./migration_service.ts";
import { type ServiceObserver, UNOBSERVED } from "./service_observer.ts";

/** What is served: a `Migrator`, or what else answers requests and has events. */
export interface Served {
  /** Answers requests. */
  readonly context: HandlerContext;
  /** Calls `listener` with the events of every run; returns a function that ends this. */
  subscribe(listener: EventListener): () => void;
  /** Lets every run that writes wait for `listener`; returns a function that ends this. */
  onBeforeRun(listener: BeforeRunListener): () => void;
}

/** Where to serve, as whom, and until when. */
export interface ServeOptions {
  /** The server: `ws://` or, with TLS, `wss://`. */
  readonly url: string;
  /** How to log in; by default with the user and password, or the token, in the URL. */
  readonly credentials?: Credentials;
  /** Opens connections; by default the WebSocket of the browser or of Deno does. */
  readonly openSocket?: OpenSocket;
  /** The prefix of all subjects, `db.migrate` by default. */
  readonly prefix?: string;
  /** Abort it to stop: no more requests are taken, and those that were taken are finished. */
  readonly signal: AbortSignal;
  /** Follows the service: its outages, its messages, its end. */
  readonly observer?: Partial<ServiceObserver>;
  /** More numbers of an endpoint in the reply to `$SRV.STATS`. */
  readonly metricsOf?: EndpointMetrics;
}

/** Why serving ended. */
export type ServeEnd =
  | { readonly kind: "stopped" }
  /** NATS refuses the login or the subjects; trying again would not help. */
  | { readonly kind: "refused"; readonly reason: string; readonly what: "login" | "subjects" };

/** What the connections of one service share. */
interface Serving extends Omit<MigrationServiceOptions, "connection" | "link"> {
  readonly settings: NatsSettings;
  readonly served: Served;
  readonly signal: AbortSignal;
  /** The services of connections that have ended, whose requests may still run. */
  readonly earlier: MigrationService[];
}

const CLOSE_TIMEOUT_MS = 2_000;

/**
 * Answers requests and publishes events until `signal` is aborted. Waits for a server that cannot
 * be reached, and comes back after outages. When it resolves, no request that was taken is still
 * running, and each has its reply.
 */
export async function serve(served: Served, options: ServeOptions): Promise<ServeEnd> {
  const { url, credentials = { kind: "none" }, prefix = DEFAULT_PREFIX, signal } = options;
  const { context } = served;
  const observer = { ...UNOBSERVED, ...options.observer };
  const { openSocket } = options;
  const settings = { url, credentials, ...(openSocket === undefined ? {} : { openSocket }) };
  const earlier: MigrationService[] = [];
  const countsOf = serviceCounts();
  const { metricsOf = null } = options;
  const shared = { settings, served, context, prefix, signal, observer, earlier };
  const serving = { ...shared, countsOf, metricsOf };
  let refusal: Extract<ServeEnd, { kind: "refused" }> | null = null;
  // nats.ws reconnects by itself; it gives up only where credentials are refused twice.
  while (!signal.aborted && refusal === null) {
    try {
      const connection = await connectWithRetries(settings, context.log, signal, observer);
      if (connection === null) break;
      const reason = await serveOne(connection, serving);
      if (reason !== null) refusal = { kind: "refused", reason, what: "subjects" };
    } catch (error) {
      if (!isRefusedCredentials(error)) throw error;
      refusal = { kind: "refused", reason: describeNatsError(error), what: "login" };
    }
  }
  if (earlier.length > 0) {
    observer.onStopping();
    await Promise.all(earlier.map((service) => service.drain()));
  }
  return refusal ?? { kind: "stopped" };
}

/** Serves until the connection ends or serving must end; returns why NATS refuses, if it does. */
async function serveOne(connection: NatsConnection, serving: Serving): Promise<string | null> {
  const { settings, served, context, prefix, observer, earlier } = serving;
  const link = watchLink(connection, settings.url, context.log, observer);
  const unsubscribe = served.subscribe(eventSender(connection, prefix, context.log));
  const endWaits = served.onBeforeRun(quiesceSender(connection, prefix, context.log));
  try {
    const service = await startMigrationService({ ...serving, connection, link });
    const end = await endOf(connection, service, serving);
    if (end.kind === "closed") {
      context.log("error", "The NATS connection ended", { reason: end.reason });
      earlier.push(service);
      return null;
    }
    observer.onStopping();
    await service.drain();
    if (link.isUp()) await endsWithin(CLOSE_TIMEOUT_MS, connection.drain());
    await connection.close();
    return end.kind === "refused" ? end.reason : null;
  } finally {
    unsubscribe();
    endWaits();
  }
}

type ConnectionEnd =
  | { readonly kind: "stopped" }
  | { readonly kind: "closed" | "refused"; readonly reason: string };

async function endOf(
  connection: NatsConnection,
  service: MigrationService,
  { signal, observer }: Serving,
): Promise<ConnectionEnd> {
  const refused = service.failed.then((reason) => ({ kind: "refused" as const, reason }));
  // What the server forbids is known once it has seen every subscription.
  const first = await Promise.race([connection.flush().then(() => null, () => null), refused]);
  if (first !== null) return first;
  observer.onServing();
  const closed = connection.closed().then((error) => ({
    kind: "closed" as const,
    reason: error === undefined ? "closed" : describeNatsError(error),
  }));
  return await beforeAbort(signal, Promise.race([refused, closed])) ?? { kind: "stopped" };
}
