// `fleet`: a table of nodes and the versions of their databases.

import { reportKey } from "../../fleet/fleet_store.ts";
import type { NodeReport } from "../../fleet/node_report.ts";
import { describeFleetVersions, type FleetRow, fleetRows } from "../../fleet/fleet_table.ts";
import { describeLabels } from "../../fleet/labels.ts";
import { seenNodes } from "../../fleet/seen_nodes.ts";
import { left, right, tableLines } from "../render/text_table.ts";
import { EXIT, type ExitStatus } from "./exit_status.ts";
import type { Session } from "./fleet_session.ts";

/** Prints the nodes that have a plugin, or every node with each of its plugins. */
export async function showNodes(
  plugin: string | undefined,
  { store, options, console }: Session,
): Promise<ExitStatus> {
  await using reports = await store.reports.follow(`*.${plugin ?? "*"}`, () => {});
  await using presence = await store.presence.follow("*", () => {});
  await using rollouts = await store.rollouts.follow(plugin ?? ">", () => {});
  const nodes = seenNodes(reports, presence, null, store);
  const rows = fleetRows(nodes, [...rollouts.entries.values()].map(({ value }) => value));
  if (options.json) {
    const stored = (row: FleetRow): NodeReport | undefined =>
      reports.entries.get(reportKey(row.node, row.plugin))?.value;
    const listed = rows.map((row) => ({ ...stored(row), ...row }));
    console.out(JSON.stringify({ success: true, nodes: listed }));
    return EXIT.success;
  }
  if (rows.length === 0) {
    const what = plugin === undefined ? "a database" : `a database of "${plugin}"`;
    console.out(`No node has ${what}; start nodes with: godwit serve --fleet --node NAME`);
    return EXIT.success;
  }
  const columns = [
    left("node"),
    left("plugin"),
    left("online"),
    right("databases"),
    left("versions"),
    right("behind"),
    right("drifted"),
    left("rollout"),
    left("labels"),
  ];
  const lines = rows.map((row) => [
    row.node,
    row.plugin,
    row.online ? "yes" : "no",
    row.databases,
    describeFleetVersions(row.versions),
    row.behind,
    row.drifted ?? "",
    row.stage === null ? "" : `${row.stage}${row.trouble === null ? "" : " !"}`,
    describeLabels(row.labels),
  ]);
  console.out(tableLines(columns, lines).join("\n"));
  return EXIT.success;
}
