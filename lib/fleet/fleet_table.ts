// The nodes of a fleet as a table: for each plugin on each node its versions, and what is behind.
// Pure; runs anywhere.

import { counted } from "../finding/counted.ts";
import { hasLabels, type Labels } from "./labels.ts";
import { type NodeReport, progressIn, type SeenNode, type Stage } from "./node_report.ts";
import type { RolloutRecord } from "./rollout_record.ts";

/** One plugin on one node. */
export interface FleetRow {
  /** The name of the node. */
  readonly node: string;
  /** The name of the plugin. */
  readonly plugin: string;
  /** The labels of the node. */
  readonly labels: Labels;
  /** Whether the node has renewed its presence. */
  readonly online: boolean;
  /** How many databases of the plugin the node has. */
  readonly databases: number;
  /** How many databases are at which version; `?` is one that cannot be read. */
  readonly versions: Readonly<Record<string, number>>;
  /**
   * The version at which they should be: that of the plugin's rollout, or where it has none for this
   * node, the highest one that a database of the plugin has.
   */
  readonly target: number;
  /** How many databases are at a lower version, or cannot be read. */
  readonly behind: number;
  /** How many have other migrations than the node's own files; `null` where it has no files. */
  readonly drifted: number | null;
  /** When a database was last changed, ISO 8601, by the node's clock; `null` where none was. */
  readonly last_run: string | null;
  /** How far the node is with the plugin's last rollout; `null` where it has no part in it. */
  readonly stage: Stage | null;
  /** What went wrong in that rollout; `null` where nothing did. */
  readonly trouble: string | null;
}

/** The rows, by plugin and node. Nodes without a database of a plugin have no row for it. */
export function fleetRows(
  nodes: readonly SeenNode[],
  rollouts: readonly RolloutRecord[],
): readonly FleetRow[] {
  const byPlugin = new Map(rollouts.map((rollout) => [rollout.plugin, rollout]));
  const highest = new Map<string, number>();
  for (const { report: { plugin, versions } } of nodes) {
    highest.set(plugin, Math.max(highest.get(plugin) ?? 0, ...versionsIn(versions)));
  }
  return nodes.filter(({ report }) => report.databases > 0)
    .map(({ report, present }) =>
      rowOf(report, present, byPlugin.get(report.plugin) ?? null, highest.get(report.plugin) ?? 0)
    )
    .sort((one, other) => keyOf(one) < keyOf(other) ? -1 : 1);
}

function rowOf(
  report: NodeReport,
  online: boolean,
  rollout: RolloutRecord | null,
  highest: number,
): FleetRow {
  const { node, plugin, labels, databases, versions, drifted, last_run } = report;
  const target = rollout === null ? null : wantedBy(rollout, labels);
  const progress = rollout === null ? null : progressIn(report, rollout);
  return {
    node,
    plugin,
    labels,
    online,
    databases,
    versions,
    target: target ?? highest,
    behind: behindIn(versions, target ?? highest),
    drifted,
    last_run,
    stage: progress?.stage ?? null,
    trouble: progress === null ? null : progress.refused ??
      (progress.counts.failed > 0 ? `${counted(progress.counts.failed, "database")} failed` : null),
  };
}

/** The version that a rollout leads a node to; `null` where it leads nowhere any more. */
function wantedBy({ state, select, target_version }: RolloutRecord, labels: Labels): number | null {
  if (!hasLabels(labels, select)) return null;
  switch (state.phase) {
    case "running":
    case "awaiting":
    case "paused":
    case "halted":
    case "done":
      return target_version;
    case "aborted":
    case "undoing":
    case "undone":
      return null;
  }
  state.phase satisfies never;
}

function versionsIn(versions: FleetRow["versions"]): readonly number[] {
  return Object.keys(versions).map(Number).filter((version) => !Number.isNaN(version));
}

function behindIn(versions: FleetRow["versions"], target: number): number {
  return Object.entries(versions).reduce(
    (sum, [version, count]) => Number(version) >= target ? sum : sum + count,
    0,
  );
}

function keyOf({ plugin, node }: Pick<FleetRow, "plugin" | "node">): string {
  return `${plugin} ${node}`;
}

/** Writes versions as `4: 2, 5: 1`: two databases are at 4 and one is at 5. */
export function describeFleetVersions(versions: FleetRow["versions"]): string {
  return Object.entries(versions).map(([version, count]) => `${version}: ${count}`).join(", ");
}
