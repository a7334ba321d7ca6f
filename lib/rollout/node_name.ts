// Keeps the name of a node: one process has it, and shows by it that the node is online.

import { sleep } from "../deadline.ts";
import { type Claim, type FleetStore, FleetStoreError } from "../fleet/fleet_store.ts";
import type { Log } from "../handler/context.ts";

/** A name that is kept. */
export interface KeptName {
  /** Aborted when another process has taken the name. */
  readonly lost: AbortSignal;
  /** Gives the name back, so that others need not wait until it ends. */
  release(): Promise<void>;
}

/** The name, or why this process cannot have it. */
export type NameClaim =
  | { readonly kind: "kept"; readonly name: KeptName }
  /** A process with another data directory is online under this name. */
  | { readonly kind: "taken"; readonly message: string };

const AGAIN_MS = 1_000;
const CONFLICT_MS = 100;

/**
 * Claims a name. A process with the same data directory takes it over at once, because it is the same
 * node after a restart; one with another data directory is refused while the other is online.
 */
export async function claimName(
  name: string,
  claim: Claim,
  { presence }: FleetStore,
  log: Log,
): Promise<NameClaim> {
  for (;;) {
    const held = await presence.get(name);
    if (held !== null && held.value.home !== claim.home) {
      const message =
        `Another node is online under the name ${name}, with other databases; give this one ` +
        `another --node, or stop that one and wait ${presence.ttlMs} ms`;
      return { kind: "taken", message };
    }
    const revision = await presence.put(name, claim, held?.revision ?? 0);
    if (revision === null) {
      await sleep(CONFLICT_MS);
      continue;
    }
    return { kind: "kept", name: new Keeper(name, claim, presence, revision, log) };
  }
}

class Keeper implements KeptName {
  readonly #name: string;
  readonly #claim: Claim;
  readonly #presence: FleetStore["presence"];
  readonly #log: Log;
  readonly #lost = new AbortController();
  readonly #end = new AbortController();
  readonly #renewing: Promise<void>;
  #revision: number;

  constructor(
    name: string,
    claim: Claim,
    presence: FleetStore["presence"],
    revision: number,
    log: Log,
  ) {
    this.#name = name;
    this.#claim = claim;
    this.#presence = presence;
    this.#revision = revision;
    this.#log = log;
    this.#renewing = this.#renew();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    this.#end.abort();
    await this.#renewing;
    if (this.#lost.signal.aborted) return;
    try {
      await this.#presence.remove(this.#name, this.#revision);
    } catch (error) {
      // It ends by itself.
      if (!(error instanceof FleetStoreError)) throw error;
    }
  }

  async #renew(): Promise<void> {
    const { signal } = this.#end;
    let waitMs = this.#presence.ttlMs / 3;
    for (;;) {
      await sleep(waitMs, signal);
      if (signal.aborted || this.#lost.signal.aborted) return;
      try {
        await this.#renewOnce();
        waitMs = this.#presence.ttlMs / 3;
      } catch (error) {
        if (!(error instanceof FleetStoreError)) throw error;
        waitMs = AGAIN_MS;
      }
    }
  }

  async #renewOnce(): Promise<void> {
    const revision = await this.#presence.put(this.#name, this.#claim, this.#revision);
    if (revision !== null) {
      this.#revision = revision;
      return;
    }
    // It ended while the server could not be reached, or an acknowledgement was lost.
    const held = await this.#presence.get(this.#name);
    if (held !== null && held.value.process !== this.#claim.process) {
      this.#log("warn", "Another process has taken the name of this node", { node: this.#name });
      this.#lost.abort();
      return;
    }
    this.#revision = await this.#presence.put(this.#name, this.#claim, held?.revision ?? 0) ??
      this.#revision;
  }
}
