// `serve`: runs the NATS service until SIGINT or SIGTERM.

import { openMigrator } from "../../migrator.ts";
import type { Log } from "../../handler/context.ts";
import { type NatsSettings, redactUrl } from "../../nats/connection.ts";
import { serveInDeno } from "../../nats/serve_in_deno.ts";
import type { ServerProcess } from "../../nats/server_process.ts";
import { nodePrefix } from "../../message/subject.ts";
import { verbs } from "../../message/verbs.ts";
import { ServiceState } from "../../nats/service_state.ts";
import { WorkCounts } from "../../metrics/work_counts.ts";
import type { CommonOptions, Environment, ServeOptions } from "../command.ts";
import type { Console } from "../console.ts";
import { credentialsFrom } from "../credentials.ts";
import { processLog } from "../process_log.ts";
import { DEFAULT_URL, ensureServer } from "./ensure_server.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import { startServeNode } from "./serve_node.ts";
import { listen, nodeMetrics } from "./operations.ts";
import { type StopSignals, stopSignals } from "./stop_signals.ts";

/**
 * Serves until SIGINT or SIGTERM; then finishes or rolls back every run and sends its reply. After
 * the first signal a run may go on for `graceMs` before it is rolled back.
 */
export async function runServe(
  serve: ServeOptions,
  options: CommonOptions,
  console: Console,
  environment: Environment,
): Promise<ExitStatus> {
  const log = processLog(console, options.json, serve.logLevel);
  const credentials = await credentialsFrom(environment);
  if (!credentials.ok) {
    log("error", credentials.message);
    return EXIT.noReply;
  }
  const givenUrl = options.nats ?? environment("NATS_URL");
  const settings = { url: givenUrl ?? DEFAULT_URL, credentials: credentials.credentials };
  using signals = stopSignals();
  const serveOn = (server: ServerProcess | null): Promise<ExitStatus> =>
    serveUntilSignal({ settings, server, serve, options, log, signals });
  if (givenUrl !== undefined) return await serveOn(null);
  const server = await ensureServer(settings, log, signals.asked);
  if (server === "unavailable") return EXIT.noReply;
  try {
    return await serveOn(server);
  } finally {
    await server?.stop();
  }
}

interface Serving {
  readonly settings: NatsSettings;
  /** The server that this process has started. */
  readonly server: ServerProcess | null;
  readonly serve: ServeOptions;
  readonly options: CommonOptions;
  readonly log: Log;
  readonly signals: StopSignals;
}

async function serveUntilSignal(
  { settings, server, serve, options, log, signals }: Serving,
): Promise<ExitStatus> {
  const { graceMs } = serve;
  const { pluginsDir, dataDir } = options;
  const prefix = serve.node === null ? options.prefix : nodePrefix(options.prefix, serve.node.name);
  const serverEnded = new AbortController();
  server?.ended.then((lastWords) => serverEnded.abort(lastWords));
  const interrupt = new AbortController();
  const counts = new WorkCounts();
  const state = new ServiceState();
  await using migrator = await openMigrator({
    ...options.databases,
    plugins: pluginsDir,
    data: dataDir,
    log,
    observer: counts,
    signal: interrupt.signal,
  });
  const operations = { migrator, dataDir, counts, state };
  const metrics = nodeMetrics(operations);
  const listening = listen(operations, metrics, serve);
  if (!listening.ok) {
    log("error", listening.message);
    return EXIT.failure;
  }
  await using http = listening.value;
  if (http !== null) log("info", "Health and metrics are answered", { url: http.url });
  let grace: ReturnType<typeof setTimeout> | undefined;
  const rollBack = (): void => {
    log("warn", "Rolling back the runs that have not ended");
    interrupt.abort();
  };
  const stop = AbortSignal.any([signals.asked, serverEnded.signal]);
  const node = serve.node === null
    ? null
    : startServeNode(serve.node, { settings, migrator, dataDir, log, stop });
  const end = await serveInDeno(migrator, {
    ...settings,
    prefix,
    signal: node === null ? stop : AbortSignal.any([stop, node.refused]),
    metricsOf: (verb) => metrics.ofEndpoint(verb),
    observer: {
      onOutage: (reason) => state.onOutage(reason),
      onReturn: () => state.onReturn(),
      onServing() {
        state.onServing();
        log("info", "Serving", {
          url: redactUrl(settings.url),
          subjects: `${prefix}.*.{${verbs().join()}}`,
          plugins: pluginsDir,
          data: dataDir,
        });
      },
      onStopping() {
        state.onStopping();
        if (grace !== undefined) return;
        log("info", "Stopping; a second signal rolls back the runs that have not ended", {
          grace_ms: graceMs,
        });
        grace = setTimeout(rollBack, graceMs);
        signals.insisted.addEventListener("abort", rollBack, { once: true });
        if (signals.insisted.aborted) rollBack();
      },
    },
  });
  await node?.ended;
  clearTimeout(grace);
  if (node?.refused.aborted) return EXIT.noReply;
  if (end.kind === "refused") {
    log("error", "NATS refused this service", { reason: end.reason });
    return EXIT.noReply;
  }
  if (serverEnded.signal.aborted && !signals.asked.aborted) {
    log("error", "The nats-server that this service had started ended", {
      last: serverEnded.signal.reason,
    });
    return EXIT.noReply;
  }
  log("info", "Stopped");
  return EXIT.success;
}
