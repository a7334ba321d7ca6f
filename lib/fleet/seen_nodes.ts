// Nodes as an onlooker sees them: their reports, and whether they are online. Pure; runs anywhere.

import type { Claim, FleetStore, FollowedKeys } from "./fleet_store.ts";
import type { NodeReport, SeenNode } from "./node_report.ts";

/** The nodes with a report, and which of them are online at `nowMs`, by the server's clock. */
export function seenNodes(
  reports: Pick<FollowedKeys<NodeReport>, "entries">,
  presence: Pick<FollowedKeys<Claim>, "entries">,
  nowMs: number | null,
  { presence: { ttlMs } }: Pick<FleetStore, "presence">,
): readonly SeenNode[] {
  return [...reports.entries.values()].map(({ value, storedMs }) => {
    const seen = presence.entries.get(value.node);
    const present = seen !== undefined && (nowMs === null || nowMs - seen.storedMs < ttlMs);
    return { report: value, reportedMs: storedMs, present };
  });
}
