// Finds or starts a NATS server for a `serve` that names none.

import type { Log } from "../../handler/context.ts";
import {
  connectOnce,
  isRefusedCredentials,
  type NatsSettings,
  redactUrl,
} from "../../nats/connection.ts";
import { type ServerProcess, startServerProcess } from "../../nats/server_process.ts";
import { sleep } from "../../sleep.ts";

const FIRST_LOOK_MS = 50;

/**
 * Starts nats-server where none answers at `settings.url`; `null` where one does. "unavailable" where
 * there can be none; the log says why.
 */
export async function ensureServer(
  settings: NatsSettings,
  log: Log,
  stop: AbortSignal,
): Promise<ServerProcess | null | "unavailable"> {
  if (await isThere(settings)) return null;
  const url = redactUrl(settings.url);
  const server = startServerProcess();
  if (server === null) {
    log(
      "error",
      `No NATS server answers at ${url}, and there is no nats-server on the PATH. Install one ` +
        `(Debian: apt-get install nats-server; others: https://nats.io/download) and run this ` +
        `again, or name a running one with --nats URL`,
    );
    return "unavailable";
  }
  let lastWords: string | null = null;
  server.ended.then((last) => lastWords = last);
  while (lastWords === null) {
    if (await isThere(settings)) {
      log("info", "Started nats-server", { url });
      return server;
    }
    if (stop.aborted) return server;
    await sleep(FIRST_LOOK_MS);
  }
  log(
    "error",
    `No NATS server answers at ${url}, and the one that was started ended: ` +
      `${lastWords}. If a port is in use by a NATS server, give that one a WebSocket listener and ` +
      `name it with --nats URL`,
  );
  return "unavailable";
}

/** A server that refuses who we are is there all the same. */
async function isThere(settings: NatsSettings): Promise<boolean> {
  try {
    await (await connectOnce(settings)).close();
    return true;
  } catch (error) {
    return isRefusedCredentials(error);
  }
}
