// Starts a nats-server from the PATH as a child process, where no server is running. For Deno.

/**
 * The settings of the child, as in examples/nats/nats-server.conf: loopback, with a WebSocket port.
 */
export const SERVER_CONFIG = `listen: 127.0.0.1:4222

websocket {
  host: 127.0.0.1
  port: 8080
  no_tls: true
}
`;

/** A nats-server that this process has started. */
export interface ServerProcess {
  /** Resolves with the last line that it logged, when it has ended. */
  readonly ended: Promise<string>;
  /** Ends it, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts nats-server, unless the PATH has none or this process may not start one. */
export function startServerProcess(): ServerProcess | "missing" | "forbidden" {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("nats-server", {
      // Only a file can set the WebSocket port, and this one needs no permission to write.
      args: ["-c", "/dev/stdin"],
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
      // Ctrl-C goes to the whole process group; the server must live until the replies are sent.
      detached: true,
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    if (error instanceof Deno.errors.NotCapable) return "forbidden";
    throw error;
  }
  // A server that ends before it has read all reports why on standard error.
  new Blob([SERVER_CONFIG]).stream().pipeTo(child.stdin).catch(() => {});
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
