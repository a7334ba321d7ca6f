// Leads a rollout from wave to wave. All it knows is in the store, so it may die at any moment and
// another one goes on.

import { sleep } from "../deadline.ts";
import { decide } from "../fleet/decide.ts";
import { type Claim, type FleetStore, FleetStoreError, type Stored } from "../fleet/fleet_store.ts";
import type { SeenNode } from "../fleet/node_report.ts";
import type { RolloutRecord } from "../fleet/rollout_record.ts";
import { seenNodes } from "../fleet/seen_nodes.ts";
import type { Log } from "../handler/context.ts";
import { Lease } from "./lease.ts";

/** What a coordinator works with. */
export interface CoordinatorOptions {
  readonly plugin: string;
  readonly store: FleetStore;
  readonly claim: Claim;
  readonly log: Log;
  /** Abort it to leave the rollout to others. */
  readonly signal: AbortSignal;
  /** Called with what is known after each change. */
  readonly onLook?: (rollout: RolloutRecord, nodes: readonly SeenNode[]) => void;
}

/** Phases that only an operator ends. */
const RESTING: readonly RolloutRecord["state"]["phase"][] = [
  "awaiting",
  "paused",
  "halted",
  "done",
  "aborted",
  "undone",
];

const TICK_MS = 1_000;
// Reports of many nodes come together; one look serves all of them.
const GATHER_MS = 100;

/**
 * Coordinates the rollout of a plugin until it rests: it is done, or waits for an operator. Returns
 * the record then; `null` where there is none, or `signal` is aborted first. While another process
 * coordinates, it only looks. Throws `FleetStoreError` where the fleet cannot be reached before it
 * was seen once; later it tries again.
 */
export async function coordinate(options: CoordinatorOptions): Promise<RolloutRecord | null> {
  const { signal, log, plugin } = options;
  let hasLooked = false;
  let reason = "";
  const onLook: CoordinatorOptions["onLook"] = (rollout, nodes) => {
    hasLooked = true;
    reason = "";
    options.onLook?.(rollout, nodes);
  };
  while (!signal.aborted) {
    try {
      return await new Coordinator({ ...options, onLook }).run();
    } catch (error) {
      if (!(error instanceof FleetStoreError)) throw error;
      if (!hasLooked || error.code === "forbidden") throw error;
      if (error.message !== reason) {
        log("warn", "The fleet cannot be reached; trying again", { plugin, reason: error.message });
      }
      reason = error.message;
      await sleep(TICK_MS, signal);
    }
  }
  return null;
}

class Coordinator {
  readonly #options: CoordinatorOptions;
  readonly #lease: Lease;
  #wake: () => void = () => {};

  constructor(options: CoordinatorOptions) {
    this.#options = options;
    this.#lease = new Lease(options.plugin, options.claim, options.store);
  }

  async run(): Promise<RolloutRecord | null> {
    const { plugin, store, signal, onLook } = this.#options;
    const wake = (): void => this.#wake();
    await using reports = await store.reports.follow(`*.${plugin}`, wake);
    await using presence = await store.presence.follow("*", wake);
    await using rollouts = await store.rollouts.follow(plugin, wake);
    let announced = 0;
    try {
      while (!signal.aborted) {
        const problem = rollouts.problem ?? reports.problem ?? presence.problem;
        if (problem !== null) throw problem;
        const stored = rollouts.entries.get(plugin);
        if (stored === undefined) return null;
        const isLeader = await this.#lease.hold();
        const nowMs = this.#lease.nowMs();
        const nodes = seenNodes(reports, presence, isLeader ? nowMs : null, store);
        onLook?.(stored.value, nodes);
        if (isLeader && announced !== stored.revision) {
          await this.#announce(stored);
          announced = stored.revision;
        }
        if (RESTING.includes(stored.value.state.phase)) return stored.value;
        if (!isLeader || !await this.#lead(stored, nodes, nowMs)) await this.#wait();
      }
      return null;
    } finally {
      await this.#lease.release();
    }
  }

  /** Stores the next state; returns whether there is one. */
  async #lead(
    { value, revision }: Stored<RolloutRecord>,
    nodes: readonly SeenNode[],
    nowMs: number,
  ): Promise<boolean> {
    const { plugin, store } = this.#options;
    const state = decide(value, nodes, nowMs);
    if (state === null) return false;
    const stored = await store.rollouts.put(plugin, { ...value, state }, revision);
    // The copy has it soon, whoever has stored it.
    await sleep(stored === null ? TICK_MS : GATHER_MS, this.#options.signal);
    return true;
  }

  /** A coordinator that died before this has left it to the next; the stream drops a second copy. */
  async #announce({ value, revision }: Stored<RolloutRecord>): Promise<void> {
    const { id, plugin, state: { phase, open, attempt, why } } = value;
    await this.#options.store.announce({
      event: "rollout_state",
      rollout: id,
      plugin,
      phase,
      open,
      attempt,
      why: why.map(({ message }) => message),
    }, `${id}.${revision}`);
  }

  async #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = new AbortController();
    this.#wake = resolve;
    const signal = AbortSignal.any([this.#options.signal, over.signal]);
    await Promise.race([promise, sleep(TICK_MS, signal)]);
    over.abort();
    await sleep(GATHER_MS, this.#options.signal);
  }
}
