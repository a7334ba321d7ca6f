// Keeps rehearsals in the thread that made them: one serves all tenants with the same schema and
// history, and the apply that follows a status.

import type { DatabaseBase } from "../history/database_base.ts";
import type { MigrationPlan } from "../plan/migration_plan.ts";
import type { Rehearsal } from "../rehearsal/rehearsal.ts";

// The facts of a step take about a kilobyte.
const MAX_STEPS = 5_000;

/** Rehearsals that came to their end, by what they follow from. */
export class KeptRehearsals {
  // In the order of their last use.
  readonly #kept = new Map<string, Rehearsal>();
  #steps = 0;

  /** The rehearsal of a plan on a base; `null` if it is not kept. */
  get(plan: MigrationPlan, base: DatabaseBase): Rehearsal | null {
    const key = keyOf(plan, base);
    const rehearsal = this.#kept.get(key);
    if (rehearsal === undefined) return null;
    this.#kept.delete(key);
    this.#kept.set(key, rehearsal);
    return rehearsal;
  }

  /** Keeps a rehearsal, unless it was interrupted. Those unused for longest make room. */
  keep(plan: MigrationPlan, base: DatabaseBase, rehearsal: Rehearsal): void {
    const key = keyOf(plan, base);
    const isWhole = rehearsal.stopped.length === 0 && rehearsal.steps.length <= MAX_STEPS;
    if (!isWhole || this.#kept.has(key)) return;
    this.#kept.set(key, rehearsal);
    this.#steps += rehearsal.steps.length;
    for (const [oldest, { steps }] of this.#kept) {
      if (this.#steps <= MAX_STEPS) break;
      this.#kept.delete(oldest);
      this.#steps -= steps.length;
    }
  }
}

// A plan's hash covers its steps and the schema; of the rows only this is seen.
function keyOf({ hash }: MigrationPlan, { tablesWithRows }: DatabaseBase): string {
  return `${hash} ${JSON.stringify(tablesWithRows)}`;
}
