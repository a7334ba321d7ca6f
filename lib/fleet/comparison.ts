// What the nodes of a rollout are compared with: the plans and findings that its record has. Pure; runs
// anywhere.

import { RECORD_LIMITS, type RolloutState } from "./rollout_record.ts";

/** The plans and findings that a rollout takes. */
export type Comparison = Pick<RolloutState, "plans" | "findings">;

/** Why plans and findings do not fit into a record, and the way out; `null` where they do. */
export function whyTooMuch(
  comparison: Comparison,
): { readonly kind: "plans" | "findings"; readonly message: string } | null {
  for (const kind of ["plans", "findings"] as const) {
    const { length } = comparison[kind];
    if (length <= RECORD_LIMITS[kind]) continue;
    const message = `There are ${length} different ${kind}, and a rollout takes ` +
      `${RECORD_LIMITS[kind]}; bring the databases to one version first`;
    return { kind, message };
  }
  return null;
}

/** All values of both lists, each once, sorted. */
export function union(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])].sort();
}
