// What the parts of `deno task bench` share: how a part is called and what it returns.

/** How a part measures. */
export interface BenchOptions {
  /** How often each thing is measured, after a round that is not counted. */
  readonly rounds: number;
  /** Also measures what takes more than a minute. */
  readonly long: boolean;
}

/** A table of results; the first column is text, the others are numbers. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Bars that share a scale. */
export interface BarGroup {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly ms: number }[];
}

/** What a part has measured. */
export interface Section {
  readonly table: Table;
  /** Sentences that belong under the table. */
  readonly notes: readonly string[];
  readonly chart: readonly BarGroup[];
}

/** A part, by the name that the command line takes. */
export interface Part {
  readonly name: string;
  readonly title: string;
  measure(options: BenchOptions): Promise<Section>;
}
