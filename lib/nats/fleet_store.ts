// The state of a fleet on JetStream. Runs in Deno and in browsers.

import { Events, type KV, type NatsConnection } from "nats.ws";
import * as v from "valibot";
import { type Bucket, type FleetStore, FleetStoreError } from "../fleet/fleet_store.ts";
import { ClaimSchema, NodeReportSchema, RolloutRecordSchema } from "../fleet/record_schema.ts";
import {
  type BucketSettings,
  findBuckets,
  type FleetBuckets,
  fleetEventSubject,
  type OpenBucket,
  openBuckets,
} from "./fleet_buckets.ts";
import { hasNoResponder, isConflict, storeError } from "./fleet_store_error.ts";
import { followKeys } from "./follow_keys.ts";

/**
 * Opens the state of a fleet on a connection, which ends with it, and where it cannot be opened.
 * Throws `FleetStoreError`.
 */
export async function openFleetStore(
  connection: NatsConnection,
  settings: BucketSettings = {},
): Promise<FleetStore> {
  const buckets = await orClose(connection, () => openBuckets(connection, settings));
  const watched = watchReturns(connection);
  return {
    ...view(buckets, watched),
    leases: kvBucket(buckets.leases, ClaimSchema, watched.onReturn),
    ...bundles(buckets),
    async announce(event, id) {
      try {
        await buckets.client.publish(fleetEventSubject(event.plugin), JSON.stringify(event), {
          msgID: id,
        });
      } catch (error) {
        throw storeError(error);
      }
    },
  };
}

/** What an onlooker reads of a fleet. */
export type FleetView =
  & Pick<FleetStore, "rollouts" | "reports" | "presence">
  & AsyncDisposable;

/**
 * Opens the state of a fleet to read it, on a connection, which ends with it, and where it cannot be
 * opened. Makes nothing. Throws `FleetStoreError`.
 */
export async function viewFleet(connection: NatsConnection): Promise<FleetView> {
  const buckets = await orClose(connection, () => findBuckets(connection));
  return view(buckets, watchReturns(connection));
}

function view(
  { rollouts, nodes, presence }: Pick<FleetBuckets, "rollouts" | "nodes" | "presence">,
  { onReturn, dispose }: Returns,
): FleetView {
  return {
    rollouts: kvBucket(rollouts, RolloutRecordSchema, onReturn),
    reports: kvBucket(nodes, NodeReportSchema, onReturn),
    presence: kvBucket(presence, ClaimSchema, onReturn),
    [Symbol.asyncDispose]: dispose,
  };
}

async function orClose<T>(connection: NatsConnection, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The returns of a connection after outages. */
interface Returns {
  /** Calls `listener` at each; returns a function that ends this. */
  readonly onReturn: (listener: () => void) => () => void;
  /** Ends the connection. */
  readonly dispose: () => Promise<void>;
}

function watchReturns(connection: NatsConnection): Returns {
  const listeners = new Set<() => void>();
  const watch = async (): Promise<void> => {
    for await (const { type } of connection.status()) {
      if (type === Events.Reconnect) { for (const listener of listeners) listener(); }
    }
  };
  watch();
  return {
    onReturn(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async dispose() {
      listeners.clear();
      await connection.close();
    },
  };
}

function bundles(
  { bundles: store }: FleetBuckets,
): Pick<FleetStore, "bundle" | "putBundle"> {
  return {
    async bundle(digest) {
      try {
        return await store.getBlob(digest);
      } catch (error) {
        throw storeError(error);
      }
    },
    async putBundle(digest, bytes) {
      try {
        const info = await store.info(digest);
        // One that was damaged is stored again.
        if (info !== null && !info.deleted && info.digest === objectDigest(digest)) return;
        await store.putBlob({ name: digest }, bytes);
      } catch (error) {
        throw storeError(error);
      }
    },
  };
}

/** A SHA-256 in hex digits as the object store writes it. */
function objectDigest(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const text = btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
  return `SHA-256=${text}`;
}

function kvBucket<T>(
  { kv, ttlMs }: OpenBucket,
  schema: v.GenericSchema<unknown, T>,
  onReturn: Returns["onReturn"],
): Bucket<T> {
  return {
    ttlMs,
    async get(key) {
      try {
        const entry = await kv.get(key);
        if (entry === null || entry.operation !== "PUT") return null;
        return {
          value: readValue(schema, key, entry.string()),
          revision: entry.revision,
          storedMs: entry.created.getTime(),
        };
      } catch (error) {
        throw storeError(error);
      }
    },
    async revision(key) {
      try {
        const entry = await kv.get(key);
        return entry?.operation === "PUT" ? entry.revision : 0;
      } catch (error) {
        throw storeError(error);
      }
    },
    async put(key, value, revision) {
      const text = JSON.stringify(value);
      const problem = whyUnreadable(schema, value);
      if (problem !== null) {
        const message = `The entry ${key} is not stored, because it could not be read: ${problem}`;
        throw new FleetStoreError("unreadable", message);
      }
      try {
        return revision === 0 ? await kv.create(key, text) : await kv.update(key, text, revision);
      } catch (error) {
        if (isConflict(error)) return null;
        throw await whyNotStored(error, kv);
      }
    },
    async remove(key, revision) {
      try {
        await kv.delete(key, { previousSeq: revision });
      } catch (error) {
        if (!isConflict(error)) throw storeError(error);
      }
    },
    follow: (filter, onChange) =>
      followKeys({
        kv,
        filter,
        read: (key, text) => readValue(schema, key, text),
        onReturn,
        onChange,
      }),
  };
}

/** A value is published to a subject on which nothing listens where its bucket is gone. */
async function whyNotStored(error: unknown, kv: KV): Promise<FleetStoreError> {
  if (!hasNoResponder(error)) return storeError(error);
  try {
    await kv.status();
    return storeError(error);
  } catch (reason) {
    return storeError(reason);
  }
}

/** Reads a value by its schema. */
function readValue<T>(schema: v.GenericSchema<unknown, T>, key: string, text: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FleetStoreError("unreadable", `The entry ${key} is not JSON`);
  }
  const parsed = v.safeParse(schema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  throw new FleetStoreError(
    "unreadable",
    `The entry ${key} cannot be read: ${describeIssue(parsed.issues)}; use the same version of ` +
      `godwit everywhere`,
  );
}

function whyUnreadable(schema: v.GenericSchema, value: unknown): string | null {
  const { success, issues } = v.safeParse(schema, value, { abortEarly: true });
  return success ? null : describeIssue(issues);
}

function describeIssue(
  [{ message, path }]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
): string {
  const where = path?.map(({ key }) => String(key)).join(".") ?? "the whole";
  return `${where}: ${message}`;
}
