// Lays out many boxes in rows and columns, so that a table with fifty children is not fifty boxes wide.
// Pure.

import type { DiagramEdge } from "./diagram.ts";
import { edgeKey, GAP, type Point, type Sheet, type Size } from "./sheet.ts";

/** Where a box is in the grid. */
interface Cell {
  readonly row: number;
  readonly column: number;
}

/** The sizes of the grid, in user units. */
interface Grid {
  readonly columnWidth: number;
  /** The upper edge of each row. */
  readonly tops: readonly number[];
}

const LEAST_COLUMNS = 3;

// Two square drawings beside each other fit most windows.
const ASPECT = 1;

// Lines to different parents run beside each other, as far as the gaps have room.
const LANES = 5;
const LANE = { x: 6, y: 7 } as const;

/**
 * Parents are above their children where keys form no circle. Lines run in the gaps between rows and
 * columns, so none of them is behind a box.
 */
export function layoutInGrid(
  sizes: ReadonlyMap<string, Size>,
  edges: readonly DiagramEdge[],
): Sheet {
  const ids = [...sizes.keys()];
  const columnWidth = Math.max(...ids.map((id) => sizeOf(sizes, id).width)) + GAP.x;
  const area = ids.reduce((sum, id) => sum + columnWidth * (sizeOf(sizes, id).height + GAP.y), 0);
  const most = Math.max(LEAST_COLUMNS, Math.ceil(Math.sqrt(area * ASPECT) / columnWidth));
  const parents = parentsOf(ids, edges);
  const rows = fillRows(ids, parents, most);
  const cells = placeInColumns(rows, parents, most);
  const tops = topsOf(rows, sizes);
  const grid = { columnWidth, tops };
  const corners = new Map(ids.map((id) => {
    const { row, column } = cellOf(cells, id);
    const indent = (columnWidth - GAP.x - sizeOf(sizes, id).width) / 2;
    return [id, { x: GAP.x / 2 + column * columnWidth + indent, y: tops[row] ?? 0 }];
  }));
  const lanes = new Map([...new Set(edges.map(({ to }) => to))].map((to, index) => [to, index]));
  const lines = new Map(edges.map((edge) => {
    const lane = (lanes.get(edge.to) ?? 0) % LANES - (LANES - 1) / 2;
    return [edgeKey(edge), route(edge, lane, { cells, corners, sizes, grid })];
  }));
  const columns = Math.max(...[...cells.values()].map(({ column }) => column)) + 1;
  return { corners, lines, width: columns * columnWidth, height: (tops.at(-1) ?? 0) - GAP.y };
}

function parentsOf(
  ids: readonly string[],
  edges: readonly DiagramEdge[],
): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to } of edges) parents.get(from)?.push(to);
  return parents;
}

/** Rows of limited width, each box in the first one below its parents that has room. */
function fillRows(
  ids: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
  most: number,
): readonly (readonly string[])[] {
  const rows: string[][] = [];
  const rowOf = new Map<string, number>();
  for (const id of parentsFirst(ids, parents)) {
    const above = (parents.get(id) ?? []).map((parent) => rowOf.get(parent) ?? -1);
    let row = Math.max(-1, ...above) + 1;
    while ((rows[row]?.length ?? 0) >= most) row += 1;
    rowOf.set(id, row);
    (rows[row] ??= []).push(id);
  }
  return rows;
}

/** Every box after its parents, and otherwise in breadth, so that rows fill from the top. */
function parentsFirst(
  ids: readonly string[],
  parents: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const waiting = new Map(ids.map((id) => [id, new Set(parents.get(id)).size]));
  const children = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const id of ids) {
    for (const parent of new Set(parents.get(id))) children.get(parent)?.push(id);
  }
  const ordered: string[] = [];
  const take = (id: string): void => {
    waiting.delete(id);
    ordered.push(id);
  };
  for (const id of ids) if (waiting.get(id) === 0) take(id);
  for (let next = 0; waiting.size > 0 || next < ordered.length; next += 1) {
    const id = ordered[next];
    if (id === undefined) {
      // What is left forms circles. Any box breaks one.
      const [first] = waiting.keys();
      if (first !== undefined) take(first);
      next -= 1;
      continue;
    }
    for (const child of children.get(id) ?? []) {
      const left = waiting.get(child);
      if (left === undefined) continue;
      waiting.set(child, left - 1);
      if (left === 1) take(child);
    }
  }
  return ordered;
}

/** Columns near those of the parents. */
function placeInColumns(
  rows: readonly (readonly string[])[],
  parents: ReadonlyMap<string, readonly string[]>,
  most: number,
): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  rows.forEach((ids, row) => {
    const spread = most / ids.length;
    const wanted = ids.map((id, index) => {
      const known = (parents.get(id) ?? []).flatMap((parent) => cells.get(parent)?.column ?? []);
      return {
        id,
        column: known.length === 0
          ? (index + 0.5) * spread - 0.5
          : known.reduce((sum, column) => sum + column, 0) / known.length,
      };
    }).sort((one, other) => one.column - other.column);
    let free = 0;
    wanted.forEach(({ id, column }, index) => {
      const last = most - (wanted.length - index);
      const taken = Math.min(Math.max(free, Math.round(column)), last);
      cells.set(id, { row, column: taken });
      free = taken + 1;
    });
  });
  return cells;
}

/** The upper edge of each row, and of the one that would follow. */
function topsOf(
  rows: readonly (readonly string[])[],
  sizes: ReadonlyMap<string, Size>,
): readonly number[] {
  const tops = [0];
  for (const ids of rows) {
    const height = Math.max(...ids.map((id) => sizeOf(sizes, id).height));
    tops.push((tops.at(-1) ?? 0) + height + GAP.y);
  }
  return tops;
}

/** From the child up between columns, and to the parent between rows. */
function route(
  { from, to }: DiagramEdge,
  lane: number,
  { cells, corners, sizes, grid }: {
    readonly cells: ReadonlyMap<string, Cell>;
    readonly corners: ReadonlyMap<string, Point>;
    readonly sizes: ReadonlyMap<string, Size>;
    readonly grid: Grid;
  },
): readonly Point[] {
  const child = cellOf(cells, from);
  const parent = cellOf(cells, to);
  const isBelow = child.row > parent.row;
  const start = middleOf(corners, sizes, from, lane);
  const end = middleOf(corners, sizes, to, lane);
  const shift = lane * LANE.y;
  const gapAbove = (row: number): number => (grid.tops[row] ?? 0) - GAP.y / 2 + shift;
  // Between the rows, beside the row of each of both.
  const startGap = gapAbove(isBelow ? child.row : child.row + 1);
  const endGap = gapAbove(isBelow ? parent.row + 1 : parent.row);
  const first = { x: start.x, y: isBelow ? start.top : start.bottom };
  const last = { x: end.x, y: isBelow ? end.bottom : end.top };
  if (startGap === endGap) {
    return straightened([first, { x: first.x, y: startGap }, { x: last.x, y: endGap }, last]);
  }
  const side = parent.column > child.column ? child.column + 1 : child.column;
  const channel = side * grid.columnWidth + lane * LANE.x;
  return straightened([
    first,
    { x: first.x, y: startGap },
    { x: channel, y: startGap },
    { x: channel, y: endGap },
    { x: last.x, y: endGap },
    last,
  ]);
}

function middleOf(
  corners: ReadonlyMap<string, Point>,
  sizes: ReadonlyMap<string, Size>,
  id: string,
  lane: number,
): { readonly x: number; readonly top: number; readonly bottom: number } {
  const { x, y } = corners.get(id) ?? { x: 0, y: 0 };
  const { width, height } = sizeOf(sizes, id);
  return { x: x + width / 2 + lane * LANE.x, top: y, bottom: y + height };
}

/** Without points at which a line does not turn. */
function straightened(points: readonly Point[]): readonly Point[] {
  return points.filter((point, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined || after === undefined) return true;
    const isFlat = before.y === point.y && point.y === after.y;
    const isUpright = before.x === point.x && point.x === after.x;
    return !isFlat && !isUpright;
  });
}

function sizeOf(sizes: ReadonlyMap<string, Size>, id: string): Size {
  return sizes.get(id) ?? { width: 0, height: 0 };
}

function cellOf(cells: ReadonlyMap<string, Cell>, id: string): Cell {
  return cells.get(id) ?? { row: 0, column: 0 };
}
