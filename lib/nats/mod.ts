/**
 * Serves a migrator over NATS, as an instance of the micro-service `godwit`.
 *
 * ```ts
 * import { openMigrator } from "@godwit/godwit";
 * import { serve } from "@godwit/godwit/nats";
 *
 * const data = await Deno.makeTempDir();
 * await using migrator = await openMigrator({ plugins: "./examples/plugins", data });
 *
 * const stop = new AbortController();
 * const end = await serve(migrator, {
 *   url: "ws://127.0.0.1:8080",
 *   signal: stop.signal,
 *   // A service would stop on SIGTERM; this one stops as soon as it takes requests.
 *   observer: { onServing: () => stop.abort() },
 * });
 * console.log(end.kind); // stopped
 * ```
 *
 * @module
 */

export type { HandlerContext, Log } from "../handler/context.ts";
export type { BeforeRunListener, EventListener } from "../handler/event_hub.ts";
export type {
  MigrationDoneEvent,
  MigrationFailedEvent,
  MigrationProgressEvent,
  MigrationStartedEvent,
  RolloutProgressEvent,
  RunEvent,
  RunEventBase,
  RunFinishedEvent,
  RunStartedEvent,
  StepEventBase,
} from "../message/event.ts";
export type { DataLossMessage, ErrorCode } from "../message/reply.ts";
export type { Credentials, OpenSocket } from "./connection.ts";
export type { EndpointMetrics } from "./migration_service.ts";
export type { Served, ServeEnd, ServeOptions } from "./serve.ts";
export { serveInDeno as serve } from "./serve_in_deno.ts";
export type { ServiceObserver } from "./service_observer.ts";
