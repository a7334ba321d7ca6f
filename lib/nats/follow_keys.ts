// A copy of the keys of a bucket that follows it through outages.

import type { KV, KvEntry, QueuedIterator } from "nats.ws";
import { sleep } from "../deadline.ts";
import { FleetStoreError, type FollowedKeys, type Stored } from "../fleet/fleet_store.ts";
import { storeError } from "./fleet_store_error.ts";

/** What is followed. */
export interface KeysToFollow<T> {
  readonly kv: KV;
  readonly filter: string;
  /** Throws `FleetStoreError`. */
  readonly read: (key: string, text: string) => T;
  readonly onReturn: (listener: () => void) => () => void;
  readonly onChange: () => void;
}

const AGAIN_MS = 1_000;
// A consumer of a server that is gone says nothing any more.
const RENEW_MS = 60_000;

/** Follows keys; resolves when the copy is complete, and throws where that fails the first time. */
export async function followKeys<T>(keys: KeysToFollow<T>): Promise<FollowedKeys<T>> {
  const copy = new Copy(keys);
  await copy.begin();
  return copy;
}

class Copy<T> implements FollowedKeys<T> {
  entries: ReadonlyMap<string, Stored<T>> = new Map();
  problem: FleetStoreError | null = null;
  readonly #keys: KeysToFollow<T>;
  readonly #end = new AbortController();
  readonly #endReturns: () => void;
  #watched: QueuedIterator<KvEntry> | null = null;
  #following: Promise<void> = Promise.resolve();

  constructor(keys: KeysToFollow<T>) {
    this.#keys = keys;
    this.#endReturns = keys.onReturn(() => this.#watched?.stop());
  }

  async begin(): Promise<void> {
    const complete = Promise.withResolvers<void>();
    this.#following = this.#follow(complete);
    await complete.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endReturns();
    this.#end.abort();
    this.#watched?.stop();
    await this.#following;
  }

  async #follow(complete: PromiseWithResolvers<void>): Promise<void> {
    const { signal } = this.#end;
    let isFirst = true;
    while (!signal.aborted) {
      try {
        await this.#watch(() => {
          isFirst = false;
          complete.resolve();
        });
      } catch (error) {
        if (isFirst) {
          complete.reject(storeError(error));
          return;
        }
        this.#note(storeError(error));
        await sleep(AGAIN_MS, signal);
      }
    }
    complete.resolve();
  }

  #note(problem: FleetStoreError): void {
    if (problem.code === "unavailable" || this.problem !== null) return;
    this.problem = problem;
    this.#keys.onChange();
  }

  /** Watches until the watch ends. What is new replaces the copy once it is complete. */
  async #watch(onComplete: () => void): Promise<void> {
    const { kv, filter, onChange } = this.#keys;
    const entries = new Map<string, Stored<T>>();
    let isComplete = false;
    const completed = (): void => {
      if (isComplete) return;
      isComplete = true;
      this.entries = entries;
      this.problem = null;
      onComplete();
      onChange();
    };
    const watched = await kv.watch({ key: filter, initializedFn: completed });
    this.#watched = watched;
    if (this.#end.signal.aborted) watched.stop();
    const renewal = setTimeout(() => watched.stop(), RENEW_MS);
    try {
      for await (const entry of watched) {
        this.#take(entries, entry);
        if (isComplete) onChange();
      }
    } finally {
      clearTimeout(renewal);
      this.#watched = null;
    }
  }

  #take(entries: Map<string, Stored<T>>, entry: KvEntry): void {
    const { key, revision, created } = entry;
    if (entry.operation !== "PUT") {
      entries.delete(key);
      return;
    }
    try {
      const value = this.#keys.read(key, entry.string());
      entries.set(key, { value, revision, storedMs: created.getTime() });
    } catch (error) {
      if (!(error instanceof FleetStoreError)) throw error;
      // What cannot be read does not count; reading it by its key says why.
      entries.delete(key);
    }
  }
}
