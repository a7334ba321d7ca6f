// A node that loses its connection: to a server that returns, and to one that refuses its login.

import * as assert from "uvu/assert";
import { RECORD_FORMAT } from "../../lib/fleet/rollout_record.ts";
import { serveNode } from "../../lib/nats/serve_node.ts";
import type { NodeEnd } from "../../lib/rollout/fleet_node.ts";
import { withJetStream } from "../support/nats_cluster.ts";
import { until } from "../support/service_process.ts";
import { suite } from "../support/suite.ts";
import { Workspace } from "../support/workspace.ts";

const PASSWORD = "GODWIT_TEST_NODE_PASSWORD";

const lost = suite("serveNode() after a lost connection");

// nats-server reads the password from the environment each time that it starts.
const server = withJetStream({ config: `authorization { user: a, password: $${PASSWORD} }` });
Deno.env.set(PASSWORD, "first");
await server.start();
const workspace = new Workspace();
const states: string[] = [];
let socket: WebSocket | null = null;
const stop = new AbortController();
let end: NodeEnd | null = null;
const { context } = await workspace.migrator();
const ended = serveNode({
  identity: { name: "a", labels: {}, trust: [] },
  settings: {
    url: server.url,
    credentials: { kind: "user", user: "a", password: "first" },
    openSocket(url) {
      socket = new WebSocket(url);
      return socket;
    },
  },
  context,
  claim: { format: RECORD_FORMAT, process: crypto.randomUUID(), home: "x" },
  parallel: 1,
  signal: stop.signal,
  onReady: () => states.push("ready"),
  onOutage: () => states.push("outage"),
}).then((reached) => {
  end = reached;
});

lost("it says that it is offline, and that it is back", async () => {
  await until("it is ready", () => states.includes("ready"));
  states.length = 0;
  socket?.close();
  await until("it is back", () => states.length > 1);
  assert.equal(states, ["outage", "ready"]);
});

lost("it ends where its login is refused from then on", async () => {
  await server.stop();
  Deno.env.set(PASSWORD, "second");
  await server.start();
  await until("it ends", () => end !== null);
  assert.is(end?.kind, "refused");
});

lost.after(async () => {
  stop.abort();
  await ended;
  await workspace[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});
lost.run();
