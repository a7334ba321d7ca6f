// Keeps what a status found out, for as long as nothing has changed. Runs wherever handlers run.

import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { RecentlyUsed } from "../recently_used.ts";

// A migration or a finding takes some hundred bytes.
const MAX_WEIGHT = 100_000;

/** Values by database, each with the state of the files that it was found in. */
export class KnownStatuses<T> {
  readonly #known = new RecentlyUsed<{ readonly state: string; readonly value: T }>(MAX_WEIGHT);

  /** What was found in this very state; `null` if that is not kept. */
  get(address: DatabaseAddress, state: string): T | null {
    const known = this.#known.get(databaseName(address));
    return known?.state === state ? known.value : null;
  }

  /** Keeps a value; `weight` is the number of its parts. */
  keep(address: DatabaseAddress, state: string, value: T, weight: number): void {
    this.#known.keep(databaseName(address), { state, value }, weight);
  }
}
