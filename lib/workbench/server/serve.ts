// Serves the built sandbox on this machine alone. `deno task sandbox`; for Deno.

import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serveDirectory } from "./serve_directory.ts";

/** The port unless another is chosen. */
const DEFAULT_PORT = 8420;

/** A server of this machine. Disposing of it ends its connections too. */
export interface LocalServer extends AsyncDisposable {
  readonly port: number;
}

/** Listens on the loopback interface; port 0 takes a free one. Rejects if the port is taken. */
export async function listen(respond: RequestListener, port: number): Promise<LocalServer> {
  const server = createServer(respond).listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function main(args: readonly string[]): Promise<void> {
  const port = readPort(args);
  if (port === null) {
    return fail("Usage: deno task sandbox [--port N], with N from 0 to 65535; 0 takes a free one");
  }
  const directory = fileURLToPath(new URL("../../../dist", import.meta.url));
  try {
    const server = await listen(serveDirectory(directory), port);
    console.log(`The sandbox is at http://127.0.0.1:${server.port}`);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
    fail(`Port ${port} is taken; choose another with --port N`);
  }
}

function readPort(args: readonly string[]): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { port: { type: "string" } } });
    const port = Number(values.port ?? DEFAULT_PORT);
    return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : null;
  } catch {
    return null;
  }
}

function fail(message: string): void {
  console.error(message);
  Deno.exitCode = 2;
}

if (import.meta.main) await main(Deno.args);
