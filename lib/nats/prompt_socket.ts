// WebSockets that send each message at once. For Deno.

import type { Log } from "../handler/context.ts";
import type { OpenSocket } from "./connection.ts";

// The one setting that the package reads when it is loaded.
const SETTING = "WS_NO_BUFFER_UTIL";

/**
 * Opens WebSockets with TCP_NODELAY; `null` where the process may not read the package's setting.
 *
 * Deno's own WebSocket writes the head of a frame of more than 1 KiB by itself. Nagle's algorithm
 * then holds the rest back until the head is acknowledged, which takes the server 40 ms.
 */
export async function promptSockets(log: Log): Promise<OpenSocket | null> {
  const { state } = Deno.permissions.querySync({ name: "env", variable: SETTING });
  if (state !== "granted") {
    log("warn", "Replies of 1 to 64 KiB take 40 ms longer than they need", {
      remedy: `run Deno with --allow-env=${SETTING} too; the variable need not be set`,
    });
    return null;
  }
  // @ts-types="./ws.d.ts"
  const { WebSocket } = await import("ws");
  return (url) => new WebSocket(url, { perMessageDeflate: false });
}
