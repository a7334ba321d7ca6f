// The history of migrations in a plugin's database. Pure; runs anywhere.

/** The state of one version: `failed` and `rolled_back` count as pending again. */
export type HistoryStatus = "applied" | "rolled_back" | "failed";

/** One row of `plugin_schema_migrations`: the present state of one version. */
export interface HistoryEntry {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  /** ISO 8601, UTC. */
  readonly appliedAt: string;
  readonly appliedBy: string;
  readonly status: HistoryStatus;
  readonly errorMessage: string | null;
  readonly executionTimeMs: number | null;
}

/** Every version that was ever tried, in ascending order. */
export type History = readonly HistoryEntry[];

/** The entries whose migration is in the database now, in ascending order. */
export function appliedEntries(history: History): History {
  return history.filter((entry) => entry.status === "applied");
}

/** The highest applied version; 0 if none is applied. */
export function currentVersion(history: History): number {
  return appliedEntries(history).at(-1)?.version ?? 0;
}

/**
 * When a version was last applied, rolled back or tried, ISO 8601; `null` if none ever was. A time
 * that another program has written and that is none does not count.
 */
export function lastRunIn(history: History): string | null {
  const times = history.map(({ appliedAt }) => Date.parse(appliedAt))
    .filter((ms) => !Number.isNaN(ms));
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}

/** Those of `migrations` that are not in the database now. */
export function notApplied<M extends Pick<HistoryEntry, "version">>(
  migrations: readonly M[],
  history: History,
): readonly M[] {
  const applied = new Set(appliedEntries(history).map(({ version }) => version));
  return migrations.filter(({ version }) => !applied.has(version));
}
