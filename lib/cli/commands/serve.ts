// `serve`: the NATS service, until it is told to stop.

import { startEdge } from "../../edge.ts";
import type { RunEvent } from "../../message/event.ts";
import {
  connectOnce,
  connectPatiently,
  describeNatsError,
  type NatsSettings,
  redactUrl,
} from "../../nats/connection.ts";
import {
  logConnection,
  publishEvent,
  startMigrationService,
} from "../../nats/migration_service.ts";
import { type ServerProcess, startServerProcess } from "../../nats/server_process.ts";
import { VERSION } from "../../version.ts";
import type { CommonOptions, Environment } from "../arguments.ts";
import type { Console } from "../console.ts";
import { credentialsFrom } from "../credentials.ts";
import { processLog } from "../process_log.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";

const DEFAULT_URL = "ws://127.0.0.1:8080";

// How long a migration may go on after the service was told to stop, before it is rolled back.
const GRACE_MS = 10_000;

/** Serves until SIGINT or SIGTERM; then what runs is finished or rolled back, and answered. */
export async function runServe(
  options: CommonOptions,
  console: Console,
  environment: Environment,
): Promise<ExitStatus> {
  const log = processLog(console, options.json);
  const credentials = await credentialsFrom(environment);
  if (!credentials.ok) {
    log("error", credentials.message);
    return EXIT.noReply;
  }
  const givenUrl = options.nats ?? environment("NATS_URL");
  const settings = { url: givenUrl ?? DEFAULT_URL, credentials: credentials.credentials };
  using stop = stopSignals();
  const server = givenUrl === undefined ? await ensureServer(settings, log) : null;
  if (server === "missing") return EXIT.noReply;
  try {
    return await serveUntilStopped(settings, options, log, stop);
  } finally {
    await server?.stop();
  }
}

async function serveUntilStopped(
  settings: NatsSettings,
  options: CommonOptions,
  log: ReturnType<typeof processLog>,
  stop: StopSignals,
): Promise<ExitStatus> {
  const { pluginsDir, dataDir, prefix } = options;
  const interrupt = new AbortController();
  let publish: (event: RunEvent) => void = () => {};
  await using edge = await startEdge({
    pluginsDir,
    dataDir,
    log,
    signal: interrupt.signal,
    publish: (event) => publish(event),
  });
  // nats.ws reconnects by itself; it gives up only where credentials are refused twice.
  while (!stop.signal.aborted) {
    let connection: Awaited<ReturnType<typeof connectPatiently>>;
    try {
      connection = await connectPatiently(settings, log, stop.signal);
    } catch (error) {
      log("error", "NATS refuses this service", { reason: describeNatsError(error) });
      return EXIT.noReply;
    }
    if (connection === null) break;
    const open = connection;
    publish = (event) => publishEvent(open, prefix, event);
    const watching = logConnection(open, log);
    const service = await startMigrationService(open, edge.context, prefix, VERSION);
    log("info", "Serving", {
      url: redactUrl(settings.url),
      subjects: `${prefix}.*.{apply,rollback,status}`,
      plugins: pluginsDir,
      data: dataDir,
    });
    const end = await Promise.race([open.closed(), stop.requested]);
    if (stop.signal.aborted) {
      log("info", "Stopping: no new requests are taken");
      const grace = setTimeout(() => {
        log("warn", "Rolling back what still runs", { grace_ms: GRACE_MS });
        interrupt.abort();
      }, GRACE_MS);
      await service.drain();
      clearTimeout(grace);
      await open.drain();
    } else {
      log("error", "The NATS connection ended", {
        reason: end instanceof Error ? end.message : "closed",
      });
    }
    await watching;
  }
  log("info", "Stopped");
  return EXIT.success;
}

/** Finds or starts a server for a command line that names none. */
async function ensureServer(
  settings: NatsSettings,
  log: ReturnType<typeof processLog>,
): Promise<ServerProcess | null | "missing"> {
  try {
    await (await connectOnce(settings)).close();
    return null;
  } catch {
    // None there: start one.
  }
  const server = startServerProcess();
  if (server === null) {
    log(
      "error",
      `No NATS server at ${settings.url}, and no nats-server on the PATH. Install one ` +
        `(Debian: apt-get install nats-server) and run this again, or name a server with --nats URL`,
    );
    return "missing";
  }
  log("info", "Started nats-server", { url: settings.url });
  server.ended.then((last) => log("warn", "nats-server ended", { last }));
  return server;
}

/** The signals that stop a service. */
interface StopSignals extends Disposable {
  readonly signal: AbortSignal;
  readonly requested: Promise<void>;
}

function stopSignals(): StopSignals {
  const controller = new AbortController();
  const requested = Promise.withResolvers<void>();
  const stop = (): void => {
    controller.abort();
    requested.resolve();
  };
  const names = ["SIGINT", "SIGTERM"] as const;
  for (const name of names) Deno.addSignalListener(name, stop);
  return {
    signal: controller.signal,
    requested: requested.promise,
    [Symbol.dispose]() {
      for (const name of names) Deno.removeSignalListener(name, stop);
    },
  };
}
