// Nodes as an onlooker sees them: their reports, and whether they are online. Pure; runs anywhere.

import type { Claim, FleetStore, FollowedKeys } from "./fleet_store.ts";
import type { NodeReport, SeenNode } from "./node_report.ts";

/**
 * The nodes with a report, and which of them are online at `nowMs`, by the server's clock. With `null`
 * every node whose presence is in the copy is online, which holds for a copy that was just made: the
 * server removes presence that was not renewed, and says nothing of it to a copy that follows.
 */
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
