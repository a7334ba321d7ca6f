// The node that a person makes of a tab, as it is typed. Pure; runs anywhere.

import type { FleetNodeChoice } from "../../browser/sandbox.ts";
import { EXPECTED_LABEL, parseLabel } from "../../fleet/labels.ts";
import type { Outcome } from "../../outcome.ts";

/** The texts of the fields. */
export interface NodeFields {
  /** Empty where the tab takes no part in rollouts. */
  readonly name: string;
  /** Separated by commas or spaces: `region=eu, kind=till`. */
  readonly labels: string;
  /** The keys of publishers, separated by commas or spaces. */
  readonly trust: string;
}

/** A tab that takes no part in rollouts. */
export const NO_NODE: NodeFields = { name: "", labels: "", trust: "" };

/** Reads the fields; `null` where the tab is no node. */
export function readNodeFields(fields: NodeFields): Outcome<FleetNodeChoice | null> {
  const node = fields.name.trim();
  const labels: Record<string, string> = {};
  for (const text of wordsOf(fields.labels)) {
    const label = parseLabel(text);
    if (label === null) {
      return { ok: false, code: "no-label", message: `The label ${text}: ${EXPECTED_LABEL}` };
    }
    labels[label[0]] = label[1];
  }
  const trust = wordsOf(fields.trust);
  return { ok: true, value: node === "" ? null : { node, labels, trust } };
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
