// Keeps what is known of databases for as long as neither they nor their files change. Runs wherever
// handlers run.

import type { PlanOutline } from "../database/prepare.ts";
import type { MigrationFile } from "../migration/migration.ts";
import { type DatabaseAddress, databaseName } from "../plan/database_address.ts";
import { RecentlyUsed } from "../recently_used.ts";
import type { ComparedDatabase } from "./compare_database.ts";
import type { HandlerContext } from "./context.ts";

/** The files of a plugin, and the plan that applies all of them, rehearsed to its end. */
export interface KnownPlan {
  readonly files: readonly MigrationFile[];
  readonly plan: PlanOutline;
}

/** Values by database, each with the state of the files that it was made in. */
export class KeptByState<T> {
  readonly #known: RecentlyUsed<{ readonly state: string; readonly value: T }>;
  readonly #weightOf: (value: T) => number;

  constructor(maxWeight: number, weightOf: (value: T) => number) {
    this.#known = new RecentlyUsed(maxWeight);
    this.#weightOf = weightOf;
  }

  /** The value of this very state; `null` if that is not kept. */
  get(address: DatabaseAddress, state: string): T | null {
    const known = this.#known.get(databaseName(address));
    return known?.state === state ? known.value : null;
  }

  /** Keeps the value of a state. */
  keep(address: DatabaseAddress, state: string, value: T): void {
    this.#known.keep(databaseName(address), { state, value }, this.#weightOf(value));
  }
}

/** What earlier requests found. */
export interface Known {
  readonly plans: KeptByState<KnownPlan>;
  readonly compared: KeptByState<ComparedDatabase>;
}

// A migration or a finding takes some hundred bytes, as a compared database does, and a suggestion those of its
// text.
const MAX_WEIGHT = 100_000;
const SUGGESTED_PER_WEIGHT = 400;

/** Nothing is known yet. */
export function nothingKnown(): Known {
  return {
    plans: new KeptByState(MAX_WEIGHT, weightOfPlan),
    compared: new KeptByState(MAX_WEIGHT, () => 1),
  };
}

function weightOfPlan({ files, plan }: KnownPlan): number {
  const suggested = plan.findings.reduce(
    (sum, { suggestion }) =>
      suggestion === null ? sum : sum + suggestion.up.length + suggestion.down.length,
    0,
  );
  return files.length + plan.history.length + plan.findings.length +
    Math.ceil(suggested / SUGGESTED_PER_WEIGHT);
}

/**
 * One text for a plugin's files and its database; `null` where one of them may have changed unseen.
 * `stateOfFiles` serves many databases of one plugin.
 */
export function stateOf(
  address: DatabaseAddress,
  { source, databases }: Pick<HandlerContext, "source" | "databases">,
  stateOfFiles = (): string | null => source.stateOf?.(address.plugin) ?? null,
): string | null {
  const database = databases.stateOf?.(address) ?? null;
  const files = database === null ? null : stateOfFiles();
  return files === null ? null : `${database}\n${files}`;
}
