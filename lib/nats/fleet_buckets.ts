// The buckets and the stream of a fleet: their names, sizes and retention, and how they are made.

import {
  type JetStreamClient,
  type JetStreamManager,
  type KV,
  type KvOptions,
  type NatsConnection,
  type ObjectStore,
  StorageType,
} from "nats.ws";
import { FleetStoreError } from "../fleet/fleet_store.ts";
import { storeError } from "./fleet_store_error.ts";

/** What a fleet stores, as JetStream names it. */
export const FLEET_NAMES = {
  rollouts: "godwit_rollouts",
  nodes: "godwit_nodes",
  presence: "godwit_presence",
  leases: "godwit_leases",
  bundles: "godwit_bundles",
  events: "godwit_events",
} as const;

/** The subject of the events of a plugin's rollouts. */
export function fleetEventSubject(plugin: string): string {
  return `godwit.events.${plugin}`;
}

/** How buckets are made where they are missing; those that exist stay as they are. */
export interface BucketSettings {
  /** On how many servers everything is stored; by default 3 in a cluster, else 1. */
  readonly replicas?: number;
  /** After how long a node that is not heard of is offline; 60,000 ms by default. */
  readonly presenceMs?: number;
  /** After how long another coordinator takes over; 10,000 ms by default. */
  readonly leaseMs?: number;
}

/** The open buckets. */
export interface FleetBuckets {
  readonly client: JetStreamClient;
  readonly rollouts: OpenBucket;
  readonly nodes: OpenBucket;
  readonly presence: OpenBucket;
  readonly leases: OpenBucket;
  readonly bundles: ObjectStore;
}

/** A bucket and how long it keeps an entry; 0 for ever. */
export interface OpenBucket {
  readonly kv: KV;
  readonly ttlMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const EVENTS_DAYS = 30;
const DAY_NS = 24 * 60 * 60 * 1_000_000_000;
// As long as a coordinator may be away that has stored a state and not announced it.
const DUPLICATES_NS = 60 * 60 * 1_000_000_000;
const TIMEOUT_MS = 5_000;

/** Opens every bucket, and makes those that are missing. Throws `FleetStoreError`. */
export async function openBuckets(
  connection: NatsConnection,
  settings: BucketSettings = {},
): Promise<FleetBuckets> {
  const { presenceMs = 60_000, leaseMs = 10_000 } = settings;
  // A server outside of a cluster has no name of one.
  const replicas = settings.replicas ?? (connection.info?.cluster === undefined ? 1 : 3);
  try {
    const manager = await connection.jetstreamManager({ timeout: TIMEOUT_MS });
    const client = connection.jetstream({ timeout: TIMEOUT_MS });
    const open = async (name: string, options: Partial<KvOptions>): Promise<OpenBucket> => {
      const kv = await client.views.kv(name, { replicas, ...options });
      return { kv, ttlMs: (await kv.status()).ttl };
    };
    // A copy that is read from another server may be an old one, and what follows from it is stored
    // by its revision. Only a report, of which the node is the only writer, is read from any server.
    const fromLeader = { allow_direct: false };
    const rollouts = await open(FLEET_NAMES.rollouts, {
      ...fromLeader,
      history: 16,
      maxValueSize: 256 * KIB,
      max_bytes: 256 * MIB,
    });
    const nodes = await open(FLEET_NAMES.nodes, {
      history: 1,
      maxValueSize: 128 * KIB,
      max_bytes: 1_024 * MIB,
    });
    // Lost with the servers' memory, and renewed by the nodes that live.
    const inMemory = { history: 1, maxValueSize: KIB, storage: StorageType.Memory };
    const presence = await open(FLEET_NAMES.presence, {
      ...inMemory,
      ...fromLeader,
      ttl: presenceMs,
      max_bytes: 64 * MIB,
    });
    const leases = await open(FLEET_NAMES.leases, {
      ...inMemory,
      ...fromLeader,
      ttl: leaseMs,
      max_bytes: MIB,
    });
    const bundles = await client.views.os(FLEET_NAMES.bundles, {
      replicas,
      max_bytes: 1_024 * MIB,
    });
    // nats.ws ignores every other failure to make an object store.
    await manager.streams.info(`OBJ_${FLEET_NAMES.bundles}`);
    await openEvents(manager, replicas);
    return { client, rollouts, nodes, presence, leases, bundles };
  } catch (error) {
    throw error instanceof FleetStoreError ? error : storeError(error);
  }
}

/** Opens the buckets that an onlooker reads, and makes none. Throws `FleetStoreError`. */
export async function findBuckets(
  connection: NatsConnection,
): Promise<Pick<FleetBuckets, "rollouts" | "nodes" | "presence">> {
  try {
    const client = connection.jetstream({ timeout: TIMEOUT_MS });
    const find = async (name: string): Promise<OpenBucket> => {
      const kv = await client.views.kv(name, { bindOnly: true });
      // It is the first request that needs the bucket.
      return { kv, ttlMs: (await kv.status()).ttl };
    };
    const [rollouts, nodes, presence] = await Promise.all([
      find(FLEET_NAMES.rollouts),
      find(FLEET_NAMES.nodes),
      find(FLEET_NAMES.presence),
    ]);
    return { rollouts, nodes, presence };
  } catch (error) {
    throw storeError(error);
  }
}

async function openEvents(manager: JetStreamManager, replicas: number): Promise<void> {
  const { events: name } = FLEET_NAMES;
  const names: string[] = [];
  for await (const each of manager.streams.names(fleetEventSubject("*"))) names.push(each);
  if (names.includes(name)) return;
  await manager.streams.add({
    name,
    subjects: [fleetEventSubject("*")],
    num_replicas: replicas,
    max_age: EVENTS_DAYS * DAY_NS,
    max_bytes: 64 * MIB,
    max_msg_size: 64 * KIB,
    duplicate_window: DUPLICATES_NS,
  });
}
