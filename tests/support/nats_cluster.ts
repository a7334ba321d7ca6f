// Three real nats-servers in a cluster with JetStream on loopback, for one test.

import { NatsServer, type NatsServerOptions } from "./nats_server.ts";

/** A cluster. Dispose of it to end it. */
export interface NatsCluster extends AsyncDisposable {
  readonly servers: readonly NatsServer[];
  /** The URLs of all servers, separated by commas. */
  readonly url: string;
}

/** A server with JetStream and a store of its own. */
export function withJetStream({ config = "", ...options }: NatsServerOptions = {}): NatsServer {
  return NatsServer.prepare({
    ...options,
    config: `jetstream { store_dir: "$DIRECTORY/jetstream" }\n${config}`,
  });
}

/** Starts three servers, and waits until they take connections. */
export async function startCluster(
  config = "",
  options: Pick<NatsServerOptions, "monitored"> = {},
): Promise<NatsCluster> {
  const ports = freePorts(3);
  const routes = ports.map((port) => `nats-route://127.0.0.1:${port}`).join(", ");
  const servers = ports.map((port, index) =>
    withJetStream({
      ...options,
      config: `server_name: n${index}
cluster { name: godwit, listen: "127.0.0.1:${port}", routes: [${routes}] }
${config}`,
    })
  );
  await Promise.all(servers.map((server) => server.start()));
  return {
    servers,
    url: servers.map(({ url }) => url).join(","),
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}

function freePorts(count: number): readonly number[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  const ports = listeners.map(({ addr }) => addr.transport === "tcp" ? addr.port : 0);
  for (const listener of listeners) listener.close();
  return ports;
}
