// Finds or starts a NATS server for a `serve` without a URL.

import type { Log } from "../../handler/context.ts";
import {
  connectOnce,
  isRefusedCredentials,
  type NatsSettings,
  redactUrl,
} from "../../nats/connection.ts";
import { type ServerProcess, startServerProcess } from "../../nats/server_process.ts";
import { sleep } from "../../deadline.ts";

/** Where NATS is unless another place is named. */
export const DEFAULT_URL = "ws://127.0.0.1:8080";

const FIRST_LOOK_MS = 50;

const WHY_NOT_STARTED = {
  missing: "there is no nats-server on the PATH. Install one (Debian: apt-get install " +
    "nats-server; others: https://nats.io/download) and run this again, or name a running one " +
    "with --nats URL",
  forbidden: "this process may not start one. Name a running one with --nats URL, or allow Deno " +
    "to start it: --allow-run=nats-server",
};

/**
 * Starts nats-server if no server replies at `settings.url`; returns `null` if one does. If none
 * can be started, returns "unavailable" and logs the reason.
 */
export async function ensureServer(
  settings: NatsSettings,
  log: Log,
  stop: AbortSignal,
): Promise<ServerProcess | null | "unavailable"> {
  if (await isRunning(settings)) return null;
  const url = redactUrl(settings.url);
  const server = startServerProcess();
  if (typeof server === "string") {
    log("error", `No NATS server answers at ${url}, and ${WHY_NOT_STARTED[server]}`);
    return "unavailable";
  }
  let lastWords: string | null = null;
  server.ended.then((last) => lastWords = last);
  while (lastWords === null) {
    if (await isRunning(settings)) {
      log("info", "Started nats-server", { url });
      return server;
    }
    if (stop.aborted) return server;
    await sleep(FIRST_LOOK_MS);
  }
  log(
    "error",
    `No NATS server answers at ${url}, and the one that was started ended: ` +
      `${lastWords}. If a NATS server uses one of its ports, give that server a WebSocket ` +
      `listener and name it with --nats URL`,
  );
  return "unavailable";
}

/** A server that refuses the credentials is running. */
async function isRunning(settings: NatsSettings): Promise<boolean> {
  try {
    await (await connectOnce(settings)).close();
    return true;
  } catch (error) {
    return isRefusedCredentials(error);
  }
}
