// What a frame shows of a drawing: zoom and position. Pure; runs anywhere.

import type { Point, Size } from "./sheet.ts";

/** The part of a drawing that a frame shows. */
export interface View {
  /** The point of the drawing in the middle of the frame. */
  readonly x: number;
  readonly y: number;
  /** Pixels for each unit of the drawing. */
  readonly scale: number;
}

/** A rectangle of a drawing. */
export interface Area extends Point, Size {}

/** What is drawn of a drawing while a frame shows some of it. */
export interface DrawnPart {
  readonly area: Area;
  /** Whether rows are drawn as lines. */
  readonly isFar: boolean;
}

// Below it, text is too small to read.
const LEGIBLE = 0.72;

// Below it, names and colours cannot be made out.
const RECOGNISABLE = 0.42;

const SCALE = { least: 0.05, most: 3 } as const;
const PADDING = 12;

// In widths and heights of the frame, on each side of it.
const DRAWN_AROUND = 0.5;

/** Shows an area whole, at most at its natural size. */
export function fitView(area: Area, frame: Size): View {
  const across = (frame.width - 2 * PADDING) / Math.max(area.width, 1);
  const down = (frame.height - 2 * PADDING) / Math.max(area.height, 1);
  return { ...middleOf(area), scale: limited(Math.min(across, down, 1)) };
}

/** Shows these areas whole while what they are can be made out, else the first of them. */
export function overview(areas: readonly Area[], frame: Size): View | null {
  const [first] = areas;
  const all = areaOf(areas);
  if (first === undefined || all === null) return null;
  const whole = fitView(all, frame);
  return whole.scale >= RECOGNISABLE ? whole : centredView(first, whole);
}

/** Shows an area in the middle, with legible text. */
export function centredView(area: Area, { scale }: View): View {
  return { ...middleOf(area), scale: Math.max(scale, LEGIBLE) };
}

/** Whether text can be read. */
export function isLegible({ scale }: View): boolean {
  return scale >= LEGIBLE;
}

/** Whether boxes can be told apart at most by their colours. */
export function isFar({ scale }: View): boolean {
  return scale < RECOGNISABLE;
}

/** Zooms; `fixed`, in pixels from the middle of the frame, stays where it is. */
export function zoomedView({ x, y, scale }: View, factor: number, fixed: Point): View {
  const next = limited(scale * factor);
  return {
    x: x + fixed.x / scale - fixed.x / next,
    y: y + fixed.y / scale - fixed.y / next,
    scale: next,
  };
}

/** Moves the drawing by pixels; its middle stays in the frame's reach. */
export function movedView(view: View, by: Point, drawing: Size): View {
  return {
    ...view,
    x: Math.min(Math.max(view.x - by.x / view.scale, 0), drawing.width),
    y: Math.min(Math.max(view.y - by.y / view.scale, 0), drawing.height),
  };
}

/** The `viewBox` of an SVG that fills the frame. */
export function viewBoxOf(view: View, frame: Size): string {
  const { x, y, width, height } = shownArea(view, frame);
  return [x, y, width, height].map((each) => each.toFixed(2)).join(" ");
}

/**
 * What to draw for a view. It is more than the frame shows, so that a short movement stays within the
 * `last` part, which is then returned itself.
 */
export function drawnPart(view: View, frame: Size, last: DrawnPart | null): DrawnPart {
  const shown = shownArea(view, frame);
  const part = { area: enlarged(shown, DRAWN_AROUND), isFar: isFar(view) };
  return last !== null && last.isFar === part.isFar && contains(last.area, shown) ? last : part;
}

/** Whether two areas share more than an edge. */
export function overlaps(one: Area, other: Area): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width &&
    one.y < other.y + other.height && other.y < one.y + one.height;
}

function shownArea({ x, y, scale }: View, frame: Size): Area {
  const [width, height] = [frame.width / scale, frame.height / scale];
  return { x: x - width / 2, y: y - height / 2, width, height };
}

function enlarged({ x, y, width, height }: Area, share: number): Area {
  return {
    x: x - width * share,
    y: y - height * share,
    width: width * (1 + 2 * share),
    height: height * (1 + 2 * share),
  };
}

function contains(outer: Area, inner: Area): boolean {
  return outer.x <= inner.x && inner.x + inner.width <= outer.x + outer.width &&
    outer.y <= inner.y && inner.y + inner.height <= outer.y + outer.height;
}

function middleOf({ x, y, width, height }: Area): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function limited(scale: number): number {
  return Math.min(Math.max(scale, SCALE.least), SCALE.most);
}

/** The smallest area that has all of these in it; `null` if there are none. */
export function areaOf(areas: readonly Area[]): Area | null {
  if (areas.length === 0) return null;
  const x = Math.min(...areas.map((each) => each.x));
  const y = Math.min(...areas.map((each) => each.y));
  return {
    x,
    y,
    width: Math.max(...areas.map((each) => each.x + each.width)) - x,
    height: Math.max(...areas.map((each) => each.y + each.height)) - y,
  };
}
