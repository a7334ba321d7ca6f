// Keeps what a plugin's files would do to a database, for as long as neither has changed. Runs
// wherever handlers run.

import type { PlanOutline } from "../database/prepare.ts";
import type { MigrationFile } from "../migration/migration.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { RecentlyUsed } from "../recently_used.ts";
import type { HandlerContext } from "./context.ts";

/** The files of a plugin, and the plan that applies all of them, rehearsed to its end. */
export interface KnownPlan {
  readonly files: readonly MigrationFile[];
  readonly plan: PlanOutline;
}

// A migration or a finding takes some hundred bytes, and a suggestion those of its text.
const MAX_WEIGHT = 100_000;
const SUGGESTED_PER_WEIGHT = 400;

/** Plans by database, each with the state of the files that it was made in. */
export class KnownPlans {
  readonly #known = new RecentlyUsed<KnownPlan & { readonly state: string }>(MAX_WEIGHT);

  /** The plan of this very state; `null` if that is not kept. */
  get(address: DatabaseAddress, state: string): KnownPlan | null {
    const known = this.#known.get(databaseName(address));
    return known?.state === state ? known : null;
  }

  /** Keeps the plan of a state. */
  keep(address: DatabaseAddress, state: string, { files, plan }: KnownPlan): void {
    const suggested = plan.findings.reduce(
      (sum, { suggestion }) =>
        suggestion === null ? sum : sum + suggestion.up.length + suggestion.down.length,
      0,
    );
    const weight = files.length + plan.history.length + plan.findings.length +
      Math.ceil(suggested / SUGGESTED_PER_WEIGHT);
    this.#known.keep(databaseName(address), { state, files, plan }, weight);
  }
}

/**
 * One text for a plugin's files and its database; `null` where one of them may have changed unseen.
 */
export function stateOf(
  address: DatabaseAddress,
  { source, databases }: Pick<HandlerContext, "source" | "databases">,
): string | null {
  const database = databases.stateOf?.(address) ?? null;
  const files = database === null ? null : source.stateOf?.(address.plugin) ?? null;
  return files === null ? null : `${database}\n${files}`;
}
