// Starts a nats-server from the PATH as a child, for a machine that has none running.

import { fileURLToPath } from "node:url";

/** The configuration that the child is started with; examples and README use it too. */
export const SERVER_CONFIG: string = fileURLToPath(
  new URL("../../examples/nats/nats-server.conf", import.meta.url),
);

/** A nats-server that this process started, and ends. */
export interface ServerProcess {
  /** Resolves when it has ended, with its last words. */
  readonly ended: Promise<string>;
  /** Ends it, and returns when it is gone. */
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
      // Ctrl-C goes to the whole process group; the server must live until the replies are sent.
      detached: true,
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const lastWords = lastLine(child.stderr);
  return {
    ended: child.status.then(() => lastWords),
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
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    last = lines.findLast((line) => line.trim() !== "") ?? last;
  }
  return (rest.trim() === "" ? last : rest).trim();
}
