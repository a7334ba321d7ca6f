// Labels of nodes, such as region=eu, and the choice of nodes by them. Pure; runs anywhere.

/** What an operator knows of a node: `{ region: "eu" }`. As a choice, every label must be there. */
export type Labels = Readonly<Record<string, string>>;

/** What a label has to be. */
export const EXPECTED_LABEL = "expected NAME=VALUE, each of 1 to 64 letters, digits, _, . and -";

const LABEL = /^([A-Za-z0-9][A-Za-z0-9_.-]{0,63})=([A-Za-z0-9_.-]{1,64})$/;

/** Reads `region=eu`; `null` if it is no label. */
export function parseLabel(text: string): readonly [name: string, value: string] | null {
  const [, name, value] = LABEL.exec(text) ?? [];
  return name === undefined || value === undefined ? null : [name, value];
}

/** Returns whether a node has every label of a choice. An empty choice is every node. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** Writes labels as they were given: `region=eu, tier=1`. */
export function describeLabels(labels: Labels): string {
  return Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(", ");
}
