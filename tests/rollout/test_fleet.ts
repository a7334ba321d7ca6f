// A fleet in this process: nodes with databases of their own, on a real nats-server.

import { VERIFY } from "../../lib/nats/publisher_key.ts";
import { openFleetStore } from "../../lib/nats/fleet_store.ts";
import type { FleetStore } from "../../lib/fleet/fleet_store.ts";
import type { Labels } from "../../lib/fleet/labels.ts";
import { RECORD_FORMAT, type RolloutRecord } from "../../lib/fleet/rollout_record.ts";
import { command, type OperatorCommand } from "../../lib/fleet/commands.ts";
import { sha256Hex } from "../../lib/migration/sha256_hex.ts";
import { coordinate, type CoordinatorOptions } from "../../lib/rollout/coordinator.ts";
import { type NodeEnd, runNode } from "../../lib/rollout/fleet_node.ts";
import { type RolloutStart, startRollout } from "../../lib/rollout/start_rollout.ts";
import type { Bundle } from "../../lib/source/plugin_manifest.ts";
import { type Files, Workspace } from "../support/workspace.ts";
import type { NatsServer } from "../support/nats_server.ts";

/** A node that runs. */
export interface TestNode extends AsyncDisposable {
  readonly workspace: Workspace;
  readonly ended: Promise<NodeEnd>;
  /** Why it could not reach the fleet, each time. */
  readonly outages: readonly string[];
  /** Stops it and leaves its databases; `start()` brings it back. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Names a node, and says what it has. */
export interface NodeSetting {
  readonly labels?: Labels;
  readonly trust?: readonly string[];
  readonly workspace?: Workspace;
  readonly lookAgainMs?: number;
}

/** Opens the state of a fleet as an operator does. */
export async function openStore(server: NatsServer): Promise<FleetStore> {
  return await openFleetStore(await server.connect(), { presenceMs: 3_000, leaseMs: 3_000 });
}

/** Starts a node, and waits until it has reported what it has. */
export async function startNode(
  name: string,
  server: NatsServer,
  { labels = {}, trust = [], workspace = new Workspace(), lookAgainMs = 20_000 }: NodeSetting = {},
): Promise<TestNode> {
  const home = crypto.randomUUID();
  let stop = new AbortController();
  let ended: Promise<NodeEnd> = Promise.resolve({ kind: "stopped" });
  let store: FleetStore | null = null;
  const outages: string[] = [];
  const start = async (): Promise<void> => {
    stop = new AbortController();
    store = await openStore(server);
    const ready = Promise.withResolvers<void>();
    ended = runNode({
      name,
      labels,
      store,
      context: (await workspace.migrator()).context,
      trust: { keys: trust, verify: VERIFY },
      parallel: 2,
      claim: { format: RECORD_FORMAT, process: crypto.randomUUID(), home },
      signal: stop.signal,
      onReady: () => ready.resolve(),
      onOutage: (reason) => outages.push(reason),
      lookAgainMs,
    });
    await Promise.race([ready.promise, ended]);
  };
  await start();
  return {
    workspace,
    outages,
    get ended() {
      return ended;
    },
    start,
    async stop() {
      stop.abort();
      await ended;
      await store?.[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
      await workspace[Symbol.asyncDispose]();
    },
  };
}

/** A bundle of files. */
export async function bundleOf(name: string, files: Files): Promise<Bundle> {
  const listed = await Promise.all(
    Object.entries(files).map(async ([file, text]) => {
      if (typeof text !== "string") throw new Error("a bundle has texts");
      return { file, checksum: await sha256Hex(text), text };
    }),
  );
  return { format: 1, name, page: null, files: listed };
}

/** Starts a rollout, and fails the test where it is refused. */
export async function begin(
  bundle: Bundle,
  store: FleetStore,
  given: Partial<RolloutStart> = {},
): Promise<RolloutRecord> {
  const started = await startRollout({ ...DEFAULTS, ...given, bundle }, store);
  if (!started.ok) throw new Error(started.message);
  return started.value;
}

/** Coordinates until the rollout rests. */
export async function settle(plugin: string, store: FleetStore): Promise<RolloutRecord> {
  const record = await lead(plugin, store);
  if (record === null) throw new Error("the rollout does not rest");
  return record;
}

/** Coordinates until the rollout rests; `null` where its record is gone. */
export async function lead(
  plugin: string,
  store: FleetStore,
  options: Partial<CoordinatorOptions> = {},
): Promise<RolloutRecord | null> {
  return await coordinate({
    plugin,
    store,
    claim: { format: RECORD_FORMAT, process: crypto.randomUUID(), home: "operator" },
    log: () => {},
    signal: AbortSignal.timeout(30_000),
    ...options,
  });
}

/** Gives a command. */
export async function give(
  plugin: string,
  store: FleetStore,
  given: OperatorCommand,
): Promise<void> {
  const stored = await store.rollouts.get(plugin);
  if (stored === null) throw new Error("no rollout");
  const after = command(stored.value, given);
  if (!after.ok) throw new Error(after.message);
  await store.rollouts.put(plugin, after.value, stored.revision);
}

export const DEFAULTS: Omit<RolloutStart, "bundle"> = {
  target: "latest",
  waves: "100%",
  select: {},
  canary: null,
  approval: "none",
  limits: { max_failures: 0, max_rows_lost: null, answer_within_ms: 20_000 },
  startedBy: "ann",
};
