// Keeps rehearsals in the thread that made them: one serves all tenants with the same schema and
// history, and the apply that follows a status.

import type { MigrationPlan } from "../plan/migration_plan.ts";
import { RecentlyUsed } from "../recently_used.ts";
import type { Rehearsal } from "../rehearsal/rehearsal.ts";
import type { RehearsalBase } from "../rehearsal/rehearse.ts";

// The facts of a step take about a kilobyte.
const MAX_STEPS = 5_000;

/** Rehearsals that came to their end, by what they follow from. */
export class KeptRehearsals {
  readonly #kept = new RecentlyUsed<Rehearsal>(MAX_STEPS);

  /** The rehearsal of a plan on a base; `null` if it is not kept. */
  get(plan: MigrationPlan, base: RehearsalBase): Rehearsal | null {
    return this.#kept.get(keyOf(plan, base));
  }

  /** Keeps a rehearsal, unless it was interrupted or takes all the room. */
  keep(plan: MigrationPlan, base: RehearsalBase, rehearsal: Rehearsal): void {
    const isWhole = rehearsal.stopped.length === 0 && rehearsal.steps.length <= MAX_STEPS;
    if (isWhole) this.#kept.keep(keyOf(plan, base), rehearsal, rehearsal.steps.length);
  }
}

// A plan's hash covers its steps and the schema; of the rows and the code only this is seen.
function keyOf({ hash }: MigrationPlan, { tablesWithRows, queries }: RehearsalBase): string {
  const code = queries?.files.map(({ file, checksum }) => [file, checksum]) ?? [];
  return `${hash} ${JSON.stringify([tablesWithRows, code])}`;
}
