// A node of a fleet: follows the rollouts of its plugins, and does what their records allow.

import { sleep } from "../deadline.ts";
import { type Claim, type FleetStore, FleetStoreError, type Stored } from "../fleet/fleet_store.ts";
import type { Labels } from "../fleet/labels.ts";
import { type Progress, progressIn } from "../fleet/node_report.ts";
import { nodeStep } from "../fleet/node_step.ts";
import type { RolloutRecord } from "../fleet/rollout_record.ts";
import type { HandlerContext } from "../handler/context.ts";
import type { BundleTrust } from "../source/bundle_signature.ts";
import { claimName, type KeptName } from "./node_name.ts";
import { NodePlugin } from "./node_plugin.ts";
import { pluginsOf } from "./node_databases.ts";

/** What a node is. */
export interface FleetNodeOptions {
  readonly name: string;
  readonly labels: Labels;
  readonly store: FleetStore;
  readonly context: HandlerContext;
  readonly trust: BundleTrust;
  /** How many databases are migrated at the same time. */
  readonly parallel: number;
  readonly claim: Claim;
  /** Abort it to stop between two databases. */
  readonly signal: AbortSignal;
  /** Called when the node has reported all of its plugins. */
  readonly onReady?: () => void;
  /** Called while the fleet cannot be reached, which is tried again. */
  readonly onOutage?: (reason: string) => void;
  /** How often it looks for new databases, and for its reports; each 20 s by default. */
  readonly lookAgainMs?: number;
  /**
   * Calls `look` after databases or files of the node have changed, and returns a function that ends
   * this; by default they are found by looking again.
   */
  readonly followChanges?: FollowChanges;
}

/** Calls a function after changes until the function that it returns is called. */
export type FollowChanges = (look: () => void) => () => void;

/** Why a node ended. */
export type NodeEnd =
  | { readonly kind: "stopped" }
  | { readonly kind: "refused"; readonly message: string };

const AGAIN_MS = 1_000;
// New plugins and tenants are reported after this time, and records are read again.
const LOOK_AGAIN_MS = 20_000;

/**
 * Serves as a node until `signal` is aborted. Nothing here is lost with the process: a new one goes
 * on from the record, the stored report and the histories of the databases.
 */
export async function runNode(options: FleetNodeOptions): Promise<NodeEnd> {
  const { name, claim, store, context, signal } = options;
  let reason = "";
  const onReady = (): void => {
    reason = "";
    options.onReady?.();
  };
  while (!signal.aborted) {
    try {
      const claimed = await claimName(name, claim, store, context.log);
      if (claimed.kind === "taken") return { kind: "refused", message: claimed.message };
      await new FleetNode({ ...options, onReady }, claimed.name).run();
    } catch (error) {
      if (!(error instanceof FleetStoreError)) throw error;
      if (error.code === "forbidden") return { kind: "refused", message: error.message };
      options.onOutage?.(error.message);
      if (error.message !== reason) {
        context.log("warn", "The fleet cannot be reached; trying again", { reason: error.message });
      }
      reason = error.message;
      await sleep(AGAIN_MS, signal);
    }
  }
  return { kind: "stopped" };
}

/** Returns whether a step has led to another stage; one that could not be done waits for a change. */
function isFurther(before: Progress | null, after: Progress | null): boolean {
  return after !== null &&
    (before?.rollout !== after.rollout || before.stage !== after.stage ||
      before.attempt !== after.attempt);
}

/** A node while it has its name. */
class FleetNode {
  readonly #options: FleetNodeOptions;
  readonly #name: KeptName;
  readonly #signal: AbortSignal;
  readonly #plugins = new Map<string, NodePlugin>();
  #isChanged = false;
  #wake: () => void = () => {};
  #isWoken = false;
  #lookAgainAtMs = 0;

  constructor(options: FleetNodeOptions, name: KeptName) {
    this.#options = options;
    this.#name = name;
    this.#signal = AbortSignal.any([options.signal, name.lost]);
  }

  async run(): Promise<void> {
    const { store, followChanges } = this.#options;
    const endChanges = followChanges?.(() => {
      this.#isChanged = true;
      this.#wakeUp();
    });
    try {
      await using followed = await store.rollouts.follow(">", () => this.#wakeUp());
      await this.#register();
      this.#options.onReady?.();
      const rollout = (plugin: string): Stored<RolloutRecord> | undefined =>
        followed.entries.get(plugin);
      while (!this.#signal.aborted) {
        if (followed.problem !== null) throw followed.problem;
        this.#isWoken = false;
        let hasMoved = false;
        for (const [name, plugin] of this.#plugins) {
          const stored = rollout(name);
          if (stored === undefined || this.#signal.aborted) continue;
          const before = plugin.report.progress;
          await this.#act(plugin, stored.value, () => rollout(name)?.value ?? stored.value);
          hasMoved ||= isFurther(before, plugin.report.progress);
        }
        // What was measured may be applied at once, where the record allows it already.
        if (!hasMoved) await this.#waitForChange();
        // Records of other plugins may change all the time.
        const isDue = performance.now() >= this.#lookAgainAtMs;
        if (isDue || this.#isChanged) await this.#register();
      }
    } finally {
      endChanges?.();
      await this.#name.release();
    }
  }

  /** Reports the plugins that this node has, and those that it did not have before. */
  async #register(): Promise<void> {
    this.#isChanged = false;
    const { name: node, labels, store, context } = this.#options;
    for (const plugin of await pluginsOf(context)) {
      const known = this.#plugins.get(plugin) ??
        new NodePlugin({ ...this.#options, node, labels, plugin, store, signal: this.#signal });
      this.#plugins.set(plugin, known);
      await known.register();
    }
    this.#lookAgainAtMs = performance.now() + (this.#options.lookAgainMs ?? LOOK_AGAIN_MS);
  }

  async #act(
    plugin: NodePlugin,
    rollout: RolloutRecord,
    present: () => RolloutRecord,
  ): Promise<void> {
    const { name, labels } = this.#options;
    const progress: Progress | null = progressIn(plugin.report, rollout);
    const step = nodeStep(rollout, { name, labels }, progress);
    switch (step.kind) {
      case "measure":
        return await plugin.measure(rollout);
      case "apply":
        return await plugin.apply(rollout, present);
      case "undo":
        return await plugin.undo(rollout);
      case "wait":
        return;
    }
    step satisfies never;
  }

  /** Waits for a change of any record, or until databases are to be looked at again. */
  async #waitForChange(): Promise<void> {
    if (this.#isWoken) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const over = new AbortController();
    this.#wake = resolve;
    const signal = AbortSignal.any([this.#signal, over.signal]);
    const leftMs = Math.max(this.#lookAgainAtMs - performance.now(), 0);
    await Promise.race([promise, sleep(leftMs, signal)]);
    over.abort();
  }

  #wakeUp(): void {
    this.#isWoken = true;
    this.#wake();
  }
}
