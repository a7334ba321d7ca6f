// Counters, histograms and gauges, by the data model of Prometheus. Pure; runs anywhere.
// https://prometheus.io/docs/concepts/data_model/

/** The labels of a sample. Their values must come from short lists: each set is a series. */
export type Labels = Readonly<Record<string, string>>;

/** One number. */
export interface Sample {
  /** The name of its family; of a histogram with `_bucket`, `_sum` or `_count`. */
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** The samples of one metric. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly Sample[];
}

/** What only grows, by its labels. */
export class Counter {
  readonly #name: string;
  readonly #help: string;
  readonly #samples = new Map<string, Sample>();

  /** `name` ends in `_total`. A series of `first` begins at 0, so that its first event shows. */
  constructor(name: string, help: string, first: readonly Labels[] = []) {
    this.#name = name;
    this.#help = help;
    for (const labels of first) this.add(labels, 0);
  }

  /** Adds to a series. */
  add(labels: Labels, amount = 1): void {
    const key = keyOf(labels);
    const value = (this.#samples.get(key)?.value ?? 0) + amount;
    this.#samples.set(key, { name: this.#name, labels, value });
  }

  /** The family as it is now. */
  family(): Family {
    const samples = [...this.#samples.values()];
    return { name: this.#name, help: this.#help, type: "counter", samples };
  }
}

/** How long something takes, in buckets, by its labels. */
export class Histogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  /** `bounds` are the upper limits of the buckets, ascending; one more has the rest. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  /** Adds one observation. */
  observe(labels: Labels, value: number): void {
    const key = keyOf(labels);
    const known = this.#series.get(key);
    const series = known ?? { labels, counts: this.#bounds.map(() => 0), sum: 0, count: 0 };
    if (known === undefined) this.#series.set(key, series);
    const bucket = this.#bounds.findIndex((bound) => value <= bound);
    if (bucket !== -1) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
    series.count += 1;
  }

  /** The family as it is now; its buckets are cumulative. */
  family(): Family {
    const samples = [...this.#series.values()].flatMap((each) => this.#samplesOf(each));
    return { name: this.#name, help: this.#help, type: "histogram", samples };
  }

  #samplesOf({ labels, counts, sum, count }: Series): readonly Sample[] {
    const bucket = (le: string, value: number): Sample => ({
      name: `${this.#name}_bucket`,
      labels: { ...labels, le },
      value,
    });
    let total = 0;
    return [
      ...this.#bounds.map((bound, index) => bucket(String(bound), total += counts[index] ?? 0)),
      bucket("+Inf", count),
      { name: `${this.#name}_sum`, labels, value: sum },
      { name: `${this.#name}_count`, labels, value: count },
    ];
  }
}

interface Series {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** A family of numbers that go up and down, as they are now. */
export function gauge(
  name: string,
  help: string,
  samples: readonly (readonly [labels: Labels, value: number])[],
): Family {
  return {
    name,
    help,
    type: "gauge",
    samples: samples.map(([labels, value]) => ({ name, labels, value })),
  };
}

// The labels of a family have the same names in the same order, and no value has a line end.
function keyOf(labels: Labels): string {
  let key = "";
  for (const name in labels) key += `${labels[name]}\n`;
  return key;
}
