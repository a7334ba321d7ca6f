// A real nats-server on free loopback ports, for one test.

import { join } from "node:path";
import { connect, type ConnectionOptions, type NatsConnection } from "nats.ws";

/** How a server is set up. */
export interface NatsServerOptions {
  /**
   * Lines of its configuration: `authorization { ... }`, `max_payload: 4096`, an operator. The text
   * $DIRECTORY becomes a directory that goes with the server.
   */
  readonly config?: string;
  /** Serves `wss:` with a certificate for 127.0.0.1 by an authority that only this server has. */
  readonly tls?: boolean;
  /** Answers under `monitorUrl`. */
  readonly monitored?: boolean;
}

/** A server; it can be stopped and started again on the same ports. Dispose of it to end it. */
export class NatsServer implements AsyncDisposable {
  /** The WebSocket URL. */
  readonly url: string;
  /** The port of clients that do not use WebSocket. */
  readonly clientPort: number;
  /** Where a monitored server says what it does. */
  readonly monitorUrl: string;
  /** The certificate authority's file, for a server with TLS. */
  readonly caFile: string;
  readonly #directory: string;
  readonly #connections: NatsConnection[] = [];
  #child: Deno.ChildProcess | null = null;
  #output: Promise<void> = Promise.resolve();

  private constructor(directory: string, url: string, clientPort: number, monitorPort: number) {
    this.#directory = directory;
    this.url = url;
    this.clientPort = clientPort;
    this.monitorUrl = `http://127.0.0.1:${monitorPort}`;
    this.caFile = join(directory, "ca.pem");
  }

  /** Starts a server and waits until it takes connections. */
  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const server = NatsServer.prepare(options);
    await server.start();
    return server;
  }

  /** Chooses ports and writes the configuration of a server that is not started yet. */
  static prepare(
    { config = "", tls = false, monitored = false }: NatsServerOptions = {},
  ): NatsServer {
    const directory = Deno.makeTempDirSync({ prefix: "godwit-nats-" });
    const [clientPort, webSocketPort, monitorPort] = freePorts();
    if (tls) makeCertificate(directory);
    Deno.writeTextFileSync(
      join(directory, "server.conf"),
      `listen: 127.0.0.1:${clientPort}
websocket {
  host: 127.0.0.1
  port: ${webSocketPort}
  ${
        tls
          ? `tls { cert_file: "${directory}/cert.pem", key_file: "${directory}/key.pem" }`
          : "no_tls: true"
      }
}
${monitored ? `http: 127.0.0.1:${monitorPort}` : ""}
${config.replaceAll("$DIRECTORY", directory)}
`,
    );
    return new NatsServer(
      directory,
      `${tls ? "wss" : "ws"}://127.0.0.1:${webSocketPort}`,
      clientPort,
      monitorPort,
    );
  }

  /** Starts it, or starts it again. */
  async start(): Promise<void> {
    const child = new Deno.Command("nats-server", {
      args: ["-c", join(this.#directory, "server.conf")],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    const ready = Promise.withResolvers<void>();
    this.#output = (async () => {
      let text = "";
      for await (const part of child.stderr.pipeThrough(new TextDecoderStream())) {
        text += part;
        if (text.includes("Server is ready")) ready.resolve();
      }
      ready.reject(new Error(`nats-server ended: ${text}`));
    })();
    await ready.promise;
  }

  /** Stops it at once, as a crash would. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    child.kill("SIGKILL");
    await child.status;
    await this.#output;
  }

  /** Connects a client, which is closed with the server. */
  async connect(options: ConnectionOptions = {}): Promise<NatsConnection> {
    const connection = await connect({
      servers: this.url,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      ...options,
    });
    this.#connections.push(connection);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection.close();
    await this.stop();
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

// All are held until all are known, so that they differ.
function freePorts(): [number, number, number] {
  const listeners = [0, 0, 0].map((port) => Deno.listen({ hostname: "127.0.0.1", port }));
  const ports = listeners.map(({ addr }) => addr.transport === "tcp" ? addr.port : 0);
  for (const listener of listeners) listener.close();
  const [first = 0, second = 0, third = 0] = ports;
  return [first, second, third];
}

/** Makes an authority and, signed by it, a certificate for 127.0.0.1. */
function makeCertificate(directory: string): void {
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(directory, [
    "req",
    "-x509",
    ...newKey,
    ...["-keyout", "ca-key.pem", "-out", "ca.pem", "-days", "2", "-subj", "/CN=godwit test CA"],
    ...["-addext", "basicConstraints=critical,CA:TRUE"],
  ]);
  openssl(directory, [
    "req",
    ...newKey,
    ...["-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=127.0.0.1"],
  ]);
  Deno.writeTextFileSync(join(directory, "names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
  openssl(directory, [
    ...["x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem"],
    ...["-CAcreateserial", "-out", "cert.pem", "-days", "2", "-extfile", "names"],
  ]);
}

function openssl(directory: string, args: readonly string[]): void {
  const { success, stderr } = new Deno.Command("openssl", {
    args: [...args],
    cwd: directory,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).outputSync();
  if (!success) throw new Error(`openssl: ${new TextDecoder().decode(stderr)}`);
}
