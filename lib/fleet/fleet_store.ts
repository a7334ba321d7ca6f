// Where the state of a fleet is stored, as nodes and coordinators see it. Types, and the one error
// that a store throws; JetStream implements it in the room `nats`.

import type { NodeReport } from "./node_report.ts";
import type { Phase, RECORD_FORMAT, RolloutRecord } from "./rollout_record.ts";

/** A value, its revision, and when the server stored it. */
export interface Stored<T> {
  readonly value: T;
  readonly revision: number;
  /** By the server's clock. */
  readonly storedMs: number;
}

/** Why a store failed. */
export type StoreCode =
  /** No server answers, or none has the stream at the moment: try again. */
  | "unavailable"
  /** JetStream is not enabled. */
  | "no-jetstream"
  /** A bucket is missing, and may not be made. */
  | "no-bucket"
  | "forbidden"
  | "too-large"
  /** A value that this godwit cannot read, or that it does not store because it could not. */
  | "unreadable";

/** The only error that a store throws. The message has a remedy. */
export class FleetStoreError extends Error {
  override readonly name = "FleetStoreError";
  readonly code: StoreCode;

  constructor(code: StoreCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A bucket of keys and values. */
export interface Bucket<T> {
  /** After how long an entry that is not stored again is gone; 0 where it stays. */
  readonly ttlMs: number;
  get(key: string): Promise<Stored<T> | null>;
  /** The revision of a key, of a value that cannot be read too; 0 where the key does not exist. */
  revision(key: string): Promise<number>;
  /**
   * Stores a value where the key still has `revision`, 0 where it must not exist, and returns its
   * new revision; `null` where another program was faster.
   */
  put(key: string, value: T, revision: number): Promise<number | null>;
  /** Removes a key that still has `revision`. */
  remove(key: string, revision: number): Promise<void>;
  /**
   * Keeps a copy of the keys that match `filter`, in which `*` is one part, and calls `onChange`
   * when it has changed. Resolves when the copy is complete. It comes back by itself after outages.
   */
  follow(filter: string, onChange: () => void): Promise<FollowedKeys<T>>;
}

/** A copy of keys that follows its bucket. Dispose of it to end that. */
export interface FollowedKeys<T> extends AsyncDisposable {
  readonly entries: ReadonlyMap<string, Stored<T>>;
  /**
   * Why the copy does not follow its bucket any more, such as one that was deleted; `null` while it
   * does, and during an outage.
   */
  readonly problem: FleetStoreError | null;
}

/** Who holds a lease, or is online under a name. */
export interface Claim {
  readonly format: typeof RECORD_FORMAT;
  /** A process; another one after a restart. */
  readonly process: string;
  /** A data directory, which a node keeps when it is restarted. */
  readonly home: string;
}

/** What happened to a rollout, in the stream `godwit_events`. */
export interface RolloutEvent {
  readonly event: "rollout_state";
  readonly rollout: string;
  readonly plugin: string;
  readonly phase: Phase;
  readonly open: number;
  readonly attempt: number;
  readonly why: readonly string[];
}

/** The state of a fleet. Every method may throw `FleetStoreError` and nothing else. */
export interface FleetStore extends AsyncDisposable {
  /** Rollouts, by plugin. */
  readonly rollouts: Bucket<RolloutRecord>;
  /** Reports, by `<node>.<plugin>`. */
  readonly reports: Bucket<NodeReport>;
  /** The nodes that are online, by name; entries end by themselves. */
  readonly presence: Bucket<Claim>;
  /** Who coordinates, by plugin; entries end by themselves. */
  readonly leases: Bucket<Claim>;
  /** Reads a bundle; `null` where there is none with this digest. */
  bundle(digest: string): Promise<Uint8Array | null>;
  /** Stores a bundle under its digest; does nothing where it is stored. */
  putBundle(digest: string, bytes: Uint8Array): Promise<void>;
  /** Adds an event to the stream, once for each `id`. */
  announce(event: RolloutEvent, id: string): Promise<void>;
}

/** The key of a node's report. */
export function reportKey(node: string, plugin: string): string {
  return `${node}.${plugin}`;
}
