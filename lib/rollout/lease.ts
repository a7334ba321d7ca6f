// The lease of a coordinator: one process at a time opens waves. It spares messages; what keeps two
// coordinators apart is that a record is stored by its revision.

import { type Claim, type FleetStore, FleetStoreError } from "../fleet/fleet_store.ts";

/** A lease that this process tries to have. */
export class Lease {
  readonly #plugin: string;
  readonly #claim: Claim;
  readonly #leases: FleetStore["leases"];
  #revision = 0;
  #renewedMs = -Infinity;
  // The server's time when the lease was stored, and this process's own at that moment.
  #serverMs = 0;

  constructor(plugin: string, claim: Claim, { leases }: FleetStore) {
    this.#plugin = plugin;
    this.#claim = claim;
    this.#leases = leases;
  }

  /** Takes the lease, or renews it in time; returns whether this process has it. */
  async hold(): Promise<boolean> {
    if (performance.now() - this.#renewedMs < this.#leases.ttlMs / 3) return true;
    const revision = await this.#leases.put(this.#plugin, this.#claim, this.#revision) ??
      await this.#takeOver();
    if (revision === null) {
      this.#revision = 0;
      this.#renewedMs = -Infinity;
      return false;
    }
    const stored = await this.#leases.get(this.#plugin);
    if (stored?.value.process !== this.#claim.process) return false;
    this.#revision = stored.revision;
    this.#serverMs = stored.storedMs;
    this.#renewedMs = performance.now();
    return true;
  }

  /**
   * The server's time. The clock of this process is not looked at, but for how long ago the server
   * said it: a machine whose clock is an hour off decides the same.
   */
  nowMs(): number {
    return Math.round(this.#serverMs + performance.now() - this.#renewedMs);
  }

  /** Gives the lease back. */
  async release(): Promise<void> {
    if (this.#revision === 0) return;
    try {
      await this.#leases.remove(this.#plugin, this.#revision);
    } catch (error) {
      // It ends by itself.
      if (!(error instanceof FleetStoreError)) throw error;
    }
    this.#revision = 0;
    this.#renewedMs = -Infinity;
  }

  // It ended between two renewals, or an acknowledgement was lost.
  async #takeOver(): Promise<number | null> {
    const held = await this.#leases.get(this.#plugin);
    if (held !== null && held.value.process !== this.#claim.process) return null;
    return await this.#leases.put(this.#plugin, this.#claim, held?.revision ?? 0);
  }
}
