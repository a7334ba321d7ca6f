// Starts a nats-server from the PATH as a child, for a machine that has none running.

import { fileURLToPath } from "node:url";

/** The configuration that the child is started with; examples and README use it too. */
export const SERVER_CONFIG = fileURLToPath(
  new URL("../../examples/nats/nats-server.conf", import.meta.url),
);

/** A nats-server that this process started, and ends. */
export interface ServerProcess {
  /** Resolves when it has ended, with its last words. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** Starts nats-server; `null` where there is none on the PATH. */
export function startServerProcess(): ServerProcess | null {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("nats-server", {
      args: ["-c", SERVER_CONFIG],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const ended = lastLine(child.stderr);
  return {
    ended,
    async stop() {
      try {
        child.kill("SIGTERM");
      } catch (error) {
        // It had ended already.
        if (!(error instanceof TypeError)) throw error;
      }
      await child.status;
    },
  };
}

async function lastLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let last = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    last = text.trim().split("\n").at(-1) ?? last;
  }
  return last;
}
