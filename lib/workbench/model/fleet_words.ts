// The words of the fleet view. Pure; runs anywhere.

import { describeFleetVersions, type FleetRow } from "../../fleet/fleet_table.ts";
import type { Stage } from "../../fleet/node_report.ts";
import type { Phase } from "../../fleet/rollout_record.ts";
import { count } from "./words.ts";

/** How far a node is with a rollout. */
export const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  measured: "planned",
  applying: "applying",
  applied: "applied",
  undoing: "undoing",
  undone: "undone",
};

/** Where a rollout is. */
export const PHASE_WORDS: Readonly<Record<Phase, string>> = {
  running: "Running",
  awaiting: "Waiting for an approval",
  paused: "Paused",
  halted: "Halted",
  done: "Done",
  aborted: "Aborted",
  undoing: "Being undone",
  undone: "Undone",
};

/** `6`, or where databases differ `5: 1, 6: 2`. */
export function describeRowVersions({ versions }: FleetRow): string {
  const [first, second] = Object.keys(versions);
  return first !== undefined && second === undefined ? first : describeFleetVersions(versions);
}

/** `3 nodes, 2 of them online`. */
export function describeNodes(rows: readonly FleetRow[]): string {
  const online = new Map(rows.map((row) => [row.node, row.online]));
  const up = [...online.values()].filter((isUp) => isUp).length;
  return online.size === up
    ? `${count(up, "node")}, ${up === 1 ? "online" : "all online"}`
    : `${count(online.size, "node")}, ${up} of them online`;
}
