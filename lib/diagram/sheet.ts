// Boxes and lines that are laid out together, and how several of them share a drawing. Pure.

import type { DiagramEdge } from "./diagram.ts";

/** A width and a height, in user units of SVG. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A point in a drawing. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The upper left corner of each box by id, and the points of each line by `edgeKey()`. */
export interface Sheet extends Size {
  readonly corners: ReadonlyMap<string, Point>;
  readonly lines: ReadonlyMap<string, readonly Point[]>;
}

/** The space between boxes. */
export const GAP = { x: 36, y: 44 } as const;

const MARGIN = 6;

/** The same for a foreign key in both drawings. */
export function edgeKey({ from, to, columns }: DiagramEdge): string {
  return JSON.stringify([from, to, columns]);
}

/**
 * Puts sheets into rows of limited width, so that forty tables without keys do not form one row.
 */
export function packSheets(sheets: readonly Sheet[]): Sheet {
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
