// Reads the text format of Prometheus, strictly.
// https://prometheus.io/docs/instrumenting/exposition_formats/

/** What a scrape has. */
export interface Scrape {
  readonly text: string;
  readonly families: readonly { readonly name: string; readonly type: string }[];
  /** Names with labels, as written. */
  readonly series: readonly string[];
  value(series: string): number | undefined;
  /** The labels that samples of this name have; `null` where there is none. */
  labelsOf(name: string): readonly string[] | null;
}

const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (-?[0-9.e+-]+|\+Inf|-Inf|NaN)$/;
const LABEL = /([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/gy;

/** Reads a scrape; throws where it is not in the format. */
export function parseExposition(text: string): Scrape {
  const families: { name: string; type: string }[] = [];
  const values = new Map<string, number>();
  const labels = new Map<string, Set<string>>();
  let helped = "";
  if (!text.endsWith("\n")) throw new Error("The last line has no end");
  for (const line of text.slice(0, -1).split("\n")) {
    const [, help] = /^# HELP ([a-z_]+) \S/.exec(line) ?? [];
    const [, name, type] = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (help !== undefined) helped = help;
    else if (name !== undefined && type !== undefined) {
      if (name !== helped || families.some((each) => each.name === name)) throw new Error(line);
      if ((type === "counter") !== name.endsWith("_total")) throw new Error(`${line}: its name`);
      families.push({ name, type });
    } else {
      const [, sample = "", pairs = "", value = ""] = SAMPLE.exec(line) ?? [];
      const family = families.at(-1);
      const suffix = family === undefined ? null : sample.slice(family.name.length);
      const suffixes = family?.type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      if (suffix === null || !sample.startsWith(family?.name ?? "") || !suffixes.includes(suffix)) {
        throw new Error(`Not a sample of ${family?.name}: ${line}`);
      }
      const found = [...pairs.matchAll(LABEL)];
      if (found.map(([pair]) => pair).join("") !== pairs) throw new Error(`Labels: ${line}`);
      const series = line.slice(0, -value.length - 1);
      if (values.has(series)) throw new Error(`Twice: ${line}`);
      values.set(series, Number(value.replace("Inf", "Infinity")));
      const known = labels.get(sample) ?? new Set();
      labels.set(sample, known);
      for (const [, label = ""] of found) known.add(label);
    }
  }
  return {
    text,
    families,
    series: [...values.keys()],
    value: (series) => values.get(series),
    labelsOf: (name) => labels.has(name) ? [...labels.get(name) ?? []] : null,
  };
}
