// A small seeded generator for property tests: the same seed gives the same cases everywhere.

/** Draws values; every draw follows from the seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to 1, by the algorithm mulberry32. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  /** True in about `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.fraction() * 100 < percent;
  }

  /** One of the choices. */
  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.integer(0, choices.length - 1)] ?? choices[0];
  }

  /** One of a list that may be empty. */
  pickFrom<T>(choices: readonly T[]): T | undefined {
    return choices[this.integer(0, choices.length - 1)];
  }

  /** A list of `least` to `most` values. */
  list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.integer(least, most) }, (_, index) => make(index));
  }

  /** The same values in another order. */
  shuffled<T>(values: readonly T[]): T[] {
    return values.map((value) => ({ value, key: this.fraction() }))
      .sort((one, other) => one.key - other.key).map(({ value }) => value);
  }
}

/**
 * Checks a property for `count` cases. A failure names the seed of its case; GODWIT_SEED runs that
 * case alone, and GODWIT_SEEDS runs so many cases as it says.
 */
export async function forAll(
  count: number,
  property: (random: Random) => void | Promise<void>,
): Promise<void> {
  const only = Deno.env.get("GODWIT_SEED");
  const first = only === undefined ? 1 : Number(only);
  const cases = only === undefined ? Number(Deno.env.get("GODWIT_SEEDS") ?? count) : 1;
  for (let seed = first; seed < first + cases; seed++) {
    try {
      await property(new Random(seed));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`fails for GODWIT_SEED=${seed}: ${reason}`, { cause: error });
    }
  }
}
