// Lays out a few boxes in layers, with lines around the boxes. Pure.

import { Graph, layout } from "@dagrejs/dagre";
import type { DiagramEdge } from "./diagram.ts";
import { edgeKey, GAP, type Sheet, type Size } from "./sheet.ts";

/** Parents are above their children. A table that refers to itself has no line. */
export function layoutInLayers(
  sizes: ReadonlyMap<string, Size>,
  edges: readonly DiagramEdge[],
): Sheet {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: GAP.x, ranksep: GAP.y, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, size] of sizes) graph.setNode(id, { ...size });
  for (const edge of edges) graph.setEdge(edge.to, edge.from, {}, edgeKey(edge));
  layout(graph);
  const corners = new Map([...sizes.keys()].map((id) => {
    const { x = 0, y = 0, width, height } = graph.node(id);
    return [id, { x: x - width / 2, y: y - height / 2 }];
  }));
  const lines = new Map(
    edges.map((edge) => [
      edgeKey(edge),
      [...graph.edge(edge.to, edge.from, edgeKey(edge)).points ?? []].reverse(),
    ]),
  );
  const { width = 0, height = 0 } = graph.graph();
  return { corners, lines, width, height };
}
