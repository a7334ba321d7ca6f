// The fleet of the drill: node processes with databases of their own, three nats-servers, and what
// an operator sees of them.

import { join } from "node:path";
import { connect } from "nats.ws";
import { type FleetStore, FleetStoreError } from "../../lib/fleet/fleet_store.ts";
import { type OrderedNode, waveOf } from "../../lib/fleet/node_order.ts";
import type { NodeReport } from "../../lib/fleet/node_report.ts";
import type { RolloutRecord } from "../../lib/fleet/rollout_record.ts";
import { FLEET_NAMES } from "../../lib/nats/fleet_buckets.ts";
import { openFleetStore } from "../../lib/nats/fleet_store.ts";
import { type NatsCluster, startCluster } from "../support/nats_cluster.ts";
import type { NatsServer } from "../support/nats_server.ts";
import { type Finished, GodwitProcess } from "../support/service_process.ts";
import { sqliteShell } from "../support/sqlite_shell.ts";
import { type Files, Workspace } from "../support/workspace.ts";

export const PLUGIN = "game";

// What takes longer does not end.
const STUCK_MS = 900_000;

/** How often a version was applied to a database, by its own log, and when the last time. */
export interface AppliedDatabase {
  readonly node: OrderedNode;
  readonly times: number;
  readonly atMs: number;
  readonly rows: number;
}

/** A fleet of processes. Dispose of it to end them all. */
export class DrillFleet implements AsyncDisposable {
  readonly nodes: readonly OrderedNode[];
  readonly tenants: readonly string[];
  readonly cluster: NatsCluster;
  readonly #workspace = new Workspace();
  readonly #store: FleetStore;
  readonly #running = new Map<string, GodwitProcess>();
  #coordinator: GodwitProcess | null = null;
  #messages = 0;

  private constructor(nodes: number, tenants: number, cluster: NatsCluster, store: FleetStore) {
    this.nodes = Array.from({ length: nodes }, (_, index) => ({
      name: `node-${index}`,
      labels: { canary: index === 0 ? "yes" : "no" },
    }));
    this.tenants = Array.from({ length: tenants }, (_, index) => `tenant-${index}`);
    this.cluster = cluster;
    this.#store = store;
  }

  /** Starts the servers and the nodes; every database is at version 1. */
  static async start(nodes: number, tenants: number, first: Files): Promise<DrillFleet> {
    const cluster = await startCluster("", { monitored: true });
    const fleet = new DrillFleet(nodes, tenants, cluster, await openWhenLed(cluster));
    await fleet.#makeDatabases(first);
    for (const { name } of fleet.nodes) await fleet.startNode(name);
    return fleet;
  }

  /** Adds files of the plugin, for the next rollout. */
  write(files: Files): void {
    this.#workspace.write(PLUGIN, files);
  }

  /** The database of a tenant of a node. */
  databaseOf(node: string, tenant = this.tenants[0] ?? ""): string {
    return join(this.#workspace.root, node, PLUGIN, `${tenant}.sqlite3`);
  }

  /** Starts a node, and waits until it has reported its databases. */
  async startNode(node: string): Promise<void> {
    await this.launchNode(node).logs("Serving as a node", 1, STUCK_MS);
  }

  /** Starts a node. */
  launchNode(node: string): GodwitProcess {
    const labels = this.nodes.find(({ name }) => name === node)?.labels ?? {};
    const process = new GodwitProcess([
      ...["serve", "--fleet", "--node", node, "--nats", this.cluster.url],
      ...Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
      ...["--data", join(this.#workspace.root, node)],
      ...["--plugins", join(this.#workspace.root, "none")],
    ]);
    this.#running.set(node, process);
    return process;
  }

  /** The end of a node's log. */
  lastWordsOf(node: string): string {
    const lines = this.#running.get(node)?.stderr.trim().split("\n") ?? [];
    return `${node} said:\n${lines.slice(-12).join("\n")}`;
  }

  /** Stops a node as its supervisor would. */
  async stopNode(node: string): Promise<void> {
    this.#running.get(node)?.signal("SIGTERM");
    await this.#running.get(node)?.finished(STUCK_MS);
  }

  /** Kills a node and starts it again. */
  killNode(node: string): void {
    this.#running.get(node)?.signal("SIGKILL");
    this.launchNode(node);
  }

  /** Kills a server and starts it again. */
  async killServer(server: NatsServer): Promise<void> {
    this.#messages += await messagesOf(server);
    await server.stop();
    await server.start();
  }

  /** Kills the coordinator; returns false where none runs. */
  killCoordinator(): boolean {
    const coordinator = this.#coordinator;
    this.#coordinator = null;
    coordinator?.signal("SIGKILL");
    return coordinator !== null;
  }

  /** Runs a command of an operator to its end. */
  async rollout(verb: string, ...args: readonly string[]): Promise<Finished> {
    await using process = new GodwitProcess([
      ...["rollout", verb, PLUGIN, ...args, "--nats", this.cluster.url],
      ...(verb === "start" ? ["--plugins", this.#workspace.pluginsDir] : []),
    ]);
    if (verb === "lead") this.#coordinator = process;
    const finished = await process.finished(STUCK_MS);
    if (verb === "lead") this.#coordinator = null;
    return finished;
  }

  /** The record of the rollout. */
  async record(): Promise<RolloutRecord> {
    const stored = await untilDone(() => this.#store.rollouts.get(PLUGIN));
    if (stored === null) throw new Error("the record is gone");
    return stored.value;
  }

  /** The wave of each node in the present rollout. */
  async waves(): Promise<ReadonlyMap<string, number>> {
    const record = await this.record();
    return new Map(this.nodes.map((node) => [node.name, waveOf(record, node)]));
  }

  /** When each wave was opened, by the revisions of the record. */
  async #openings(id: string): Promise<readonly number[]> {
    const connection = await connect({ servers: this.cluster.url.split(",") });
    const opened: number[] = [];
    try {
      const kv = await connection.jetstream().views.kv(FLEET_NAMES.rollouts);
      for await (const entry of await kv.history({ key: PLUGIN })) {
        const record: RolloutRecord = entry.json();
        if (record.id !== id) continue;
        for (let wave = opened.length; wave < record.state.open; wave++) {
          opened.push(entry.created.getTime());
        }
        if (entry.delta === 0) break;
      }
    } finally {
      await connection.close();
    }
    return opened;
  }

  /** Waits until the report of each node of a rollout holds; returns those that do not. */
  async untilReported(holds: (report: NodeReport) => boolean): Promise<readonly NodeReport[]> {
    const startedMs = performance.now();
    let wake = (): void => {};
    await using reports = await untilDone(() =>
      this.#store.reports.follow(`*.${PLUGIN}`, () => wake())
    );
    for (;;) {
      const changed = Promise.withResolvers<void>();
      wake = changed.resolve;
      const listed = [...reports.entries.values()].map(({ value }) => value);
      const others = listed.filter((report) => !holds(report));
      if (listed.length === this.nodes.length && others.length === 0) return [];
      if (performance.now() - startedMs > STUCK_MS) return others;
      await Promise.race([changed.promise, pause(1_000)]);
    }
  }

  /** What each database says of a version. */
  applied(version: number): readonly AppliedDatabase[] {
    return this.nodes.flatMap((node) =>
      this.tenants.map((tenant) => {
        const text = sqliteShell(
          this.databaseOf(node.name, tenant),
          `SELECT (SELECT count(*) || ' ' || coalesce(max(logged_at), '1970-01-01T00:00:00Z')
             FROM plugin_schema_migration_log WHERE version = ${version} AND outcome = 'applied')
             || ' ' || (SELECT count(*) FROM scores)`,
        );
        const [times = "", at = "", rows = ""] = text.split(" ");
        return { node, times: Number(times), atMs: Date.parse(at), rows: Number(rows) };
      })
    );
  }

  /** The databases that were migrated before their wave was opened. */
  async early(version: number): Promise<readonly AppliedDatabase[]> {
    const record = await this.record();
    const openings = await this.#openings(record.id);
    return this.applied(version).filter(({ node, atMs }) =>
      atMs < (openings[waveOf(record, node)] ?? Infinity)
    );
  }

  /** How many messages clients and servers have exchanged so far. */
  async messages(): Promise<number> {
    const counted = await Promise.all(this.cluster.servers.map(messagesOf));
    return counted.reduce((sum, each) => sum + each, this.#messages);
  }

  /** The memory of each node's process. */
  residentMiB(): readonly number[] {
    return [...this.#running.values()].map(({ pid }) => {
      const status = Deno.readTextFileSync(`/proc/${pid}/status`);
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of this.#running.values()) await process[Symbol.asyncDispose]();
    await this.#store[Symbol.asyncDispose]();
    await this.cluster[Symbol.asyncDispose]();
    await this.#workspace[Symbol.asyncDispose]();
  }

  async #makeDatabases(first: Files): Promise<void> {
    this.write(first);
    await this.#workspace.apply(PLUGIN, { tenant: "template" });
    for (const { name } of this.nodes) {
      Deno.mkdirSync(join(this.#workspace.root, name, PLUGIN), { recursive: true });
      for (const tenant of this.tenants) {
        Deno.copyFileSync(
          this.#workspace.database(PLUGIN, "template"),
          this.databaseOf(name, tenant),
        );
      }
    }
  }
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The servers have to agree on a leader first. */
async function openWhenLed(cluster: NatsCluster): Promise<FleetStore> {
  return await untilDone(async () =>
    await openFleetStore(
      await connect({
        servers: cluster.url.split(","),
        maxReconnectAttempts: -1,
        reconnectTimeWait: 100,
      }),
    )
  );
}

/** Tries again where servers that have just been killed do not answer. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0;; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FleetStoreError) || tries > 100) throw error;
      await pause(200);
    }
  }
}

/** Messages from and to clients, those that are gone included. */
async function messagesOf({ monitorUrl }: NatsServer): Promise<number> {
  const url = `${monitorUrl}/connz?state=all&limit=10000`;
  try {
    const { connections } = await (await fetch(url)).json();
    return connections.reduce(
      (sum: number, { in_msgs, out_msgs }: { in_msgs: number; out_msgs: number }) =>
        sum + in_msgs + out_msgs,
      0,
    );
  } catch {
    return 0;
  }
}
