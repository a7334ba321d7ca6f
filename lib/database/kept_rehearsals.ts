// Keeps rehearsals in the thread that made them: one serves all tenants with the same schema and
// history, and the apply that follows a status.

import type { MigrationPlan } from "../plan/migration_plan.ts";
import { RecentlyUsed } from "../recently_used.ts";
import type { Rehearsal } from "../rehearsal/rehearsal.ts";
import type { RehearsalBase } from "../rehearsal/rehearse.ts";
import type { Suggestions } from "../suggestion/suggestions.ts";

// The facts of a step take about a kilobyte, and a suggestion, which few files have, at most 64.
const MAX_STEPS = 5_000;
const STEPS_PER_SUGGESTION = 64;

/** A rehearsal, and what cures its findings; `null` where there was no time for that. */
export interface KeptRehearsal {
  readonly rehearsal: Rehearsal;
  readonly suggestions: Suggestions | null;
}

/** Rehearsals that came to their end, by what they follow from. */
export class KeptRehearsals {
  readonly #kept = new RecentlyUsed<KeptRehearsal>(MAX_STEPS);

  /** The rehearsal of a plan on a base; `null` if it is not kept. */
  get(plan: MigrationPlan, base: RehearsalBase): KeptRehearsal | null {
    return this.#kept.get(keyOf(plan, base));
  }

  /** Keeps a rehearsal, unless it was interrupted or takes all the room. */
  keep(plan: MigrationPlan, base: RehearsalBase, kept: KeptRehearsal): void {
    const { steps, stopped } = kept.rehearsal;
    const isWhole = stopped.length === 0 && steps.length <= MAX_STEPS;
    const weight = steps.length + STEPS_PER_SUGGESTION * (kept.suggestions?.size ?? 0);
    if (isWhole) this.#kept.keep(keyOf(plan, base), kept, weight);
  }
}

// A plan's hash covers its steps and the schema; of the rows and the code only this is seen.
function keyOf({ hash }: MigrationPlan, { tablesWithRows, queries }: RehearsalBase): string {
  const code = queries?.files.map(({ file, checksum }) => [file, checksum]) ?? [];
  return `${hash} ${JSON.stringify([tablesWithRows, code])}`;
}
