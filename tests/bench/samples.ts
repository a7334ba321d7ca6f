// Measures several ways in turn, and summarises the samples. Runs anywhere.

/** One way to do something. */
export interface Way {
  readonly name: string;
  /** Does it once, and returns how long it took. */
  measure(): Promise<number>;
}

/** The samples of each way, in milliseconds. */
export type Samples = ReadonlyMap<string, readonly number[]>;

/**
 * Measures every way once in each round, so that what disturbs the machine disturbs all of them.
 * The first round is not counted: it fills caches.
 */
export async function alternate(ways: readonly Way[], rounds: number): Promise<Samples> {
  const samples = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, measure } of ways) {
      const ms = await measure();
      if (round > 0) samples.get(name)?.push(ms);
    }
  }
  return samples;
}

/** The median; of an even number of samples, the mean of the two in the middle. */
export function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

/** The smallest sample that at least this share of the samples do not exceed. */
export function percentileOf(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? NaN;
}

/** Median, minimum and maximum as cells of a table. */
export function spreadCells(samples: readonly number[]): readonly string[] {
  return [medianOf(samples), Math.min(...samples), Math.max(...samples)].map(formatNumber);
}

/** A number with as many digits as a reader compares. */
export function formatNumber(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/** An aim as a cell: the most that a number may be, and whether it is. */
export function aimCell(value: number, atMost: number): string {
  return `${atMost}, ${value <= atMost ? "met" : "missed"}`;
}
