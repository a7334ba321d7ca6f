// What buttons, keys and gestures do to a diagram. Runs in the browser.

import type { ReadonlySignal, Signal } from "@preact/signals";
import type { DiagramLayout, PlacedBox } from "../../diagram/diagram_layout.ts";
import type { Point, Size } from "../../diagram/sheet.ts";
import {
  areaOf,
  centredView,
  fitView,
  isLegible,
  movedView,
  overview,
  type View,
  zoomedView,
} from "../../diagram/view.ts";

/** A box that is selected. */
export interface Selected {
  readonly id: string;
  /** Whether it is moved into the middle, because it was chosen elsewhere than in the drawing. */
  readonly isSought: boolean;
}

/** The state of a diagram on the page. Both drawings show the same part. */
export interface DiagramState {
  readonly view: Signal<View>;
  readonly selected: Signal<Selected | null>;
  /** The size of one frame, in pixels. */
  readonly frame: ReadonlySignal<Size>;
  /** Whether the user has zoomed or moved it, so that a new layout keeps the view. */
  readonly isMoved: Signal<boolean>;
  /** Whether it has more than can be read at once. */
  readonly isLarge: boolean;
}

/** What a control does. */
export interface DiagramControls {
  zoom(factor: number, fixed?: Point): void;
  move(by: Point): void;
  /** Shows everything. */
  fit(): void;
  /** Selects a box of the drawing, or nothing. */
  select(id: string | null): void;
  /** Selects a box, and moves it into the middle. */
  seek(id: string): void;
}

/** The step of a button or a key. */
export const ZOOM_STEP = 1.3;

/** The controls of a layout. */
export function controlsOf(state: DiagramState, layout: DiagramLayout): DiagramControls {
  const { view, selected, frame, isMoved } = state;
  const show = (next: View): void => {
    isMoved.value = true;
    view.value = next;
  };
  return {
    zoom: (factor, fixed = { x: 0, y: 0 }) => show(zoomedView(view.value, factor, fixed)),
    move: (by) => show(movedView(view.value, by, layout)),
    fit: () => show(wholeView(layout, frame.value)),
    select: (id) => selected.value = id === null ? null : { id, isSought: false },
    seek: (id) => selected.value = { id, isSought: true },
  };
}

/** Everything, at most at its natural size. */
export function wholeView(layout: DiagramLayout, frame: Size): View {
  return fitView({ x: 0, y: 0, ...layout }, frame);
}

/** What is shown first: everything, or of a large drawing what changes. */
export function firstView(layout: DiagramLayout, frame: Size, isWhole: boolean): View {
  const whole = wholeView(layout, frame);
  if (isWhole || isLegible(whole)) return whole;
  const changed = boxesOf(layout).filter(({ box }) => box.mark !== "same");
  return overview(changed, frame) ?? whole;
}

/** A box in the middle; `null` if the layout does not have it. */
export function viewOfBox(layout: DiagramLayout, id: string, view: View): View | null {
  const area = areaOf(boxesOf(layout).filter(({ box }) => box.id === id));
  return area === null ? null : centredView(area, view);
}

function boxesOf({ before, after }: DiagramLayout): readonly PlacedBox[] {
  return [...before.boxes, ...after.boxes];
}
