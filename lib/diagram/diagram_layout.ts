// Lays out both drawings of a schema change, so that unchanged boxes have the same position. Pure.

import { type Detail, shownColumns, sizeOfBox } from "./box_size.ts";
import type { Diagram, DiagramBox, DiagramColumn, DiagramEdge, DiagramSide } from "./diagram.ts";
import { layoutInGrid } from "./grid_layout.ts";
import { layoutInLayers } from "./layered_layout.ts";
import { edgeKey, packSheets, type Point, type Sheet, type Size } from "./sheet.ts";

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

// Layers of more boxes are too wide to read.
const WIDEST_LAYER = 6;

/** Lays out both drawings. A box that is in both has one position. */
export function layoutDiagram(diagram: Diagram, detail: Detail): DiagramLayout {
  const sides = [diagram.before, diagram.after];
  const sizes = new Map<string, Size>();
  for (const box of sides.flatMap(({ boxes }) => boxes)) {
    const size = sizeOfBox(box, detail);
    const other = sizes.get(box.id) ?? size;
    sizes.set(box.id, {
      width: Math.max(size.width, other.width),
      height: Math.max(size.height, other.height),
    });
  }
  const edges = new Map(
    sides.flatMap((side) => side.edges).map((edge) => [edgeKey(edge), edge]),
  );
  const sheet = packSheets(
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
  const members = new Map(ids.map((id) => [id, sizes.get(id) ?? { width: 0, height: 0 }]));
  // A table that refers to itself has no line.
  const inside = edges.filter(({ from, to }) => from !== to && members.has(from));
  return isWide(ids, inside) ? layoutInGrid(members, inside) : layoutInLayers(members, inside);
}

/** Whether more boxes than a layer may have would be in one. */
function isWide(ids: readonly string[], edges: readonly DiagramEdge[]): boolean {
  const degrees = new Map<string, number>();
  for (const { from, to } of edges) {
    for (const id of [from, to]) degrees.set(id, (degrees.get(id) ?? 0) + 1);
  }
  return ids.length > 2 * WIDEST_LAYER || Math.max(0, ...degrees.values()) > WIDEST_LAYER;
}

function placeBox(
  box: DiagramBox,
  sheet: Sheet,
  sizes: ReadonlyMap<string, Size>,
  detail: Detail,
): PlacedBox {
  const columns = shownColumns(box, detail);
  const corner = sheet.corners.get(box.id) ?? { x: 0, y: 0 };
  const own = sizeOfBox(box, detail);
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
