// Serves a migrator from a Deno process.

import { promptSockets } from "./prompt_socket.ts";
import { serve, type Served, type ServeEnd, type ServeOptions } from "./serve.ts";

/**
 * Answers requests and publishes events until `signal` is aborted. Waits for a server that cannot
 * be reached, and comes back after outages. When it resolves, no request that was taken is still
 * running, and each has its reply.
 */
export async function serveInDeno(
  served: Served,
  options: Omit<ServeOptions, "openSocket">,
): Promise<ServeEnd> {
  const openSocket = await promptSockets(served.context.log);
  return await serve(served, openSocket === null ? options : { ...options, openSocket });
}
