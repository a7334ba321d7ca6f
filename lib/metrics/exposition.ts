// Writes metrics in the text format of Prometheus. Pure; runs anywhere.
// https://prometheus.io/docs/instrumenting/exposition_formats/

import type { Family, Sample } from "./family.ts";

/** The media type of `expositionText()`. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Writes families; one without a sample is left out. */
export function expositionText(families: readonly Family[]): string {
  return families.filter(({ samples }) => samples.length > 0).map(familyText).join("");
}

/** The name and the labels of a sample, as in the text: `godwit_runs_total{verb="apply"}`. */
export function seriesName({ name, labels }: Sample): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`;
}

function familyText({ name, help, type, samples }: Family): string {
  return [
    `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
    `# TYPE ${name} ${type}`,
    ...samples.map((sample) => `${seriesName(sample)} ${numberText(sample.value)}`),
    "",
  ].join("\n");
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
