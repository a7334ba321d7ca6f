// `fleet`: a table of nodes and the versions of their databases.

import { hasFailed } from "../../fleet/node_report.ts";
import { describeLabels } from "../../fleet/labels.ts";
import { seenNodes } from "../../rollout/coordinator.ts";
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
  const nodes = seenNodes(reports, presence, null, store).filter(({ report }) =>
    report.databases > 0
  ).toSorted((one, other) => keyOf(one.report) < keyOf(other.report) ? -1 : 1);
  if (options.json) {
    const listed = nodes.map(({ report, present }) => ({ ...report, online: present }));
    console.out(JSON.stringify({ success: true, nodes: listed }));
    return EXIT.success;
  }
  if (nodes.length === 0) {
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
    left("rollout"),
    left("labels"),
  ];
  const rows = nodes.map(({ report, present }) => [
    report.node,
    report.plugin,
    present ? "yes" : "no",
    report.databases,
    Object.entries(report.versions).map(([version, count]) => `${version}: ${count}`).join(", "),
    report.progress === null
      ? ""
      : `${report.progress.stage}${hasFailed(report.progress) ? " !" : ""}`,
    describeLabels(report.labels),
  ]);
  console.out(tableLines(columns, rows).join("\n"));
  return EXIT.success;
}

function keyOf({ node, plugin }: { readonly node: string; readonly plugin: string }): string {
  return `${plugin} ${node}`;
}
