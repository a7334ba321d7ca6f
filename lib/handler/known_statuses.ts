// Keeps what a status found out, for as long as nothing has changed. Runs wherever handlers run.

import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";

// A migration or a finding takes some hundred bytes.
const MAX_WEIGHT = 100_000;

interface Known<T> {
  readonly state: string;
  readonly value: T;
  readonly weight: number;
}

/** Values by database, each with the state of the files that it was found in. */
export class KnownStatuses<T> {
  // In the order of their last use.
  readonly #known = new Map<string, Known<T>>();
  #weight = 0;

  /** What was found in this very state; `null` if that is not kept. */
  get(address: DatabaseAddress, state: string): T | null {
    const name = databaseName(address);
    const known = this.#known.get(name);
    if (known?.state !== state) return null;
    this.#known.delete(name);
    this.#known.set(name, known);
    return known.value;
  }

  /** Keeps a value; `weight` is the number of its parts. Those unused for longest make room. */
  keep(address: DatabaseAddress, state: string, value: T, weight: number): void {
    this.#drop(databaseName(address));
    this.#known.set(databaseName(address), { state, value, weight });
    this.#weight += weight;
    for (const name of this.#known.keys()) {
      if (this.#weight <= MAX_WEIGHT) break;
      this.#drop(name);
    }
  }

  #drop(name: string): void {
    this.#weight -= this.#known.get(name)?.weight ?? 0;
    this.#known.delete(name);
  }
}
