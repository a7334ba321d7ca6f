// Lays out both drawings of a schema change, so that unchanged boxes have the same position. Pure.

import { Graph, layout } from "@dagrejs/dagre";
import type { Diagram, DiagramBox, DiagramColumn, DiagramEdge, DiagramSide } from "./diagram.ts";

/** A box with its position, in user units of SVG, about a pixel each. */
export interface PlacedBox {
  readonly box: DiagramBox;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The columns that are shown. An unchanged table may show none. */
  readonly columns: readonly DiagramColumn[];
  /** How many columns are hidden. */
  readonly hidden: number;
}

/** A foreign key's line, as points from the child to the parent. */
export interface PlacedEdge {
  readonly edge: DiagramEdge;
  readonly points: readonly Point[];
}

/** A point in a drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A drawing with all positions. */
export interface PlacedSide {
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly PlacedEdge[];
}

/** Both drawings, of the same size. */
export interface DiagramLayout {
  readonly width: number;
  readonly height: number;
  readonly before: PlacedSide;
  readonly after: PlacedSide;
}

/** Whether unchanged tables show their columns. */
export type Detail = "all" | "changed";

/** The heights of a box's parts, which the drawing shares. */
export const ROW = { header: 30, column: 20, attachment: 19, padding: 7 } as const;

// The width of a character of the monospaced font at 12 px, and the space around the text.
const CHARACTER = 7.3;
const GUTTER = 74;
const WIDTH = { least: 150, most: 300 };
const GAP = { x: 36, y: 44 };
const MARGIN = 6;

/** Chooses the detail. Beyond this many boxes, only changed tables show their columns. */
export function defaultDetail({ before, after }: Diagram): Detail {
  return Math.max(before.boxes.length, after.boxes.length) > 14 ? "changed" : "all";
}

/** Lays out both drawings. A box that is in both has one position. */
export function layoutDiagram(diagram: Diagram, detail: Detail): DiagramLayout {
  const sides = [diagram.before, diagram.after];
  const sizes = new Map<string, Size>();
  for (const box of sides.flatMap(({ boxes }) => boxes)) {
    const size = sizeOf(box, detail);
    const other = sizes.get(box.id) ?? size;
    sizes.set(box.id, {
      width: Math.max(size.width, other.width),
      height: Math.max(size.height, other.height),
    });
  }
  const edges = new Map(
    sides.flatMap((side) => side.edges).map((edge) => [edgeKey(edge), edge]),
  );
  const sheet = pack(
    components([...sizes.keys()], [...edges.values()]).map((ids) =>
      layoutComponent(ids, sizes, [...edges.values()])
    ),
  );
  const place = (side: DiagramSide): PlacedSide => {
    const boxes = side.boxes.map((box) => placeBox(box, sheet, sizes, detail));
    const byId = new Map(boxes.map((placed) => [placed.box.id, placed]));
    return { boxes, edges: side.edges.map((edge) => placeEdge(edge, sheet, byId)) };
  };
  return {
    width: sheet.width,
    height: sheet.height,
    before: place(diagram.before),
    after: place(diagram.after),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Boxes and lines that are laid out together. */
interface Sheet extends Size {
  readonly corners: ReadonlyMap<string, Point>;
  readonly lines: ReadonlyMap<string, readonly Point[]>;
}

function shownColumns(box: DiagramBox, detail: Detail): readonly DiagramColumn[] {
  if (detail === "all" || box.mark === "added" || box.mark === "removed") return box.columns;
  return box.mark === "same"
    ? []
    : box.columns.filter(({ mark, isPrimaryKey }) => mark !== "same" || isPrimaryKey);
}

function sizeOf(box: DiagramBox, detail: Detail): Size {
  const columns = shownColumns(box, detail);
  const hidden = box.columns.length - columns.length;
  const attachments = detail === "all" || box.mark !== "same" ? box.attachments : [];
  const texts = [
    box.name.length + Math.max(box.kind.length, 10),
    ...columns.map(({ name, type, mark }) => name.length + type.length + (mark === "same" ? 1 : 8)),
    ...attachments.map(({ name, mark }) => name.length + (mark === "same" ? 2 : 9)),
  ];
  // A box without rows shows the number of its columns in its head.
  const rows = columns.length + (hidden > 0 && columns.length > 0 ? 1 : 0);
  const body = rows * ROW.column + attachments.length * ROW.attachment;
  return {
    width: Math.min(Math.max(Math.max(...texts) * CHARACTER + GUTTER, WIDTH.least), WIDTH.most),
    height: ROW.header + body + (body > 0 ? ROW.padding * 2 : 0),
  };
}

function components(
  ids: readonly string[],
  edges: readonly DiagramEdge[],
): readonly (readonly string[])[] {
  const neighbours = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges) {
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  const seen = new Set<string>();
  return ids.flatMap((start) => {
    if (seen.has(start)) return [];
    seen.add(start);
    const found = [start];
    for (const id of found) {
      for (const next of neighbours.get(id) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        found.push(next);
      }
    }
    return [found];
  });
}

function layoutComponent(
  ids: readonly string[],
  sizes: ReadonlyMap<string, Size>,
  edges: readonly DiagramEdge[],
): Sheet {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: GAP.x, ranksep: GAP.y, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const members = new Set(ids);
  for (const id of ids) graph.setNode(id, { ...sizes.get(id) });
  // Parents are above their children. A table that refers to itself has no line.
  const inside = edges.filter(({ from, to }) => from !== to && members.has(from));
  for (const edge of inside) graph.setEdge(edge.to, edge.from, {}, edgeKey(edge));
  layout(graph);
  const corners = new Map(ids.map((id) => {
    const { x = 0, y = 0, width, height } = graph.node(id);
    return [id, { x: x - width / 2, y: y - height / 2 }];
  }));
  const lines = new Map(
    inside.map((edge) => [
      edgeKey(edge),
      [...graph.edge(edge.to, edge.from, edgeKey(edge)).points ?? []].reverse(),
    ]),
  );
  const { width = 0, height = 0 } = graph.graph();
  return { corners, lines, width, height };
}

// In rows of limited width, so that forty tables without keys do not form one row.
function pack(sheets: readonly Sheet[]): Sheet {
  const area = sheets.reduce(
    (sum, { width, height }) => sum + (width + GAP.x) * (height + GAP.y),
    0,
  );
  const shelf = Math.max(Math.sqrt(area * 1.3), ...sheets.map(({ width }) => width));
  const corners = new Map<string, Point>();
  const lines = new Map<string, readonly Point[]>();
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  let widest = 0;
  for (const sheet of [...sheets].sort((one, other) => other.height - one.height)) {
    if (x > 0 && x + sheet.width > shelf) {
      x = 0;
      y += rowHeight + GAP.y;
      rowHeight = 0;
    }
    const move = (point: Point): Point => ({ x: point.x + x + MARGIN, y: point.y + y + MARGIN });
    for (const [id, corner] of sheet.corners) corners.set(id, move(corner));
    for (const [key, points] of sheet.lines) lines.set(key, points.map(move));
    widest = Math.max(widest, x + sheet.width);
    rowHeight = Math.max(rowHeight, sheet.height);
    x += sheet.width + GAP.x;
  }
  return {
    corners,
    lines,
    width: Math.ceil(widest + 2 * MARGIN),
    height: Math.ceil(y + rowHeight + 2 * MARGIN),
  };
}

function placeBox(
  box: DiagramBox,
  sheet: Sheet,
  sizes: ReadonlyMap<string, Size>,
  detail: Detail,
): PlacedBox {
  const columns = shownColumns(box, detail);
  const corner = sheet.corners.get(box.id) ?? { x: 0, y: 0 };
  const own = sizeOf(box, detail);
  return {
    box,
    ...corner,
    width: sizes.get(box.id)?.width ?? own.width,
    height: own.height,
    columns,
    hidden: box.columns.length - columns.length,
  };
}

// The position is that of the taller box, so a line to the shorter one is extended to its edge.
function placeEdge(
  edge: DiagramEdge,
  sheet: Sheet,
  boxes: ReadonlyMap<string, PlacedBox>,
): PlacedEdge {
  const points = sheet.lines.get(edgeKey(edge)) ?? [];
  const parent = boxes.get(edge.to);
  const end = points.at(-1);
  const bottom = parent === undefined ? Infinity : parent.y + parent.height;
  return end === undefined || end.y <= bottom
    ? { edge, points }
    : { edge, points: [...points, { x: end.x, y: bottom }] };
}

function edgeKey({ from, to, columns }: DiagramEdge): string {
  return JSON.stringify([from, to, columns]);
}
