// Wheel, pointers and keys on a diagram. Runs in the browser.

import type { Point } from "../../diagram/sheet.ts";
import { type DiagramControls, type DiagramState, ZOOM_STEP } from "./diagram_controls.ts";

// A wheel that turns on without such a pause goes on with what it began.
const WHEEL_PAUSE_MS = 250;

// Less is a click.
const DRAG_PIXELS = 4;
const KEY_PIXELS = 60;

/**
 * Zooms, unless the page scrolls: a turn of the wheel that began beside the drawing scrolls on over
 * it, and so does any over a small drawing without the focus. A pinch on a touchpad is a wheel with Ctrl:
 * https://w3c.github.io/uievents/#event-type-wheel
 */
export function followWheel(
  frame: HTMLElement,
  { isLarge }: DiagramState,
  { zoom }: DiagramControls,
): () => void {
  let lastElsewhereMs = -Infinity;
  const listening = new AbortController();
  const { signal } = listening;
  document.addEventListener("wheel", (event) => {
    if (event.target instanceof Node && frame.contains(event.target)) return;
    lastElsewhereMs = event.timeStamp;
  }, { signal, passive: true });
  frame.addEventListener("wheel", (event) => {
    const isPinch = event.ctrlKey || event.metaKey;
    const isScrolling = event.timeStamp - lastElsewhereMs < WHEEL_PAUSE_MS;
    if (!isPinch && isScrolling) lastElsewhereMs = event.timeStamp;
    const isWanted = isPinch || document.fullscreenElement !== null ||
      frame.contains(document.activeElement) || (!isScrolling && isLarge);
    if (!isWanted || event.deltaY === 0) return;
    event.preventDefault();
    // Lines and pages instead of pixels.
    const pixels = event.deltaY * ([1, 16, 400][event.deltaMode] ?? 1);
    zoom(Math.exp(-pixels * (isPinch ? 0.01 : 0.0015)), fromMiddle(frame, event));
  }, { signal, passive: false });
  return () => listening.abort();
}

/** Drags by one pointer, pinches by two; a click selects a box, or nothing beside them. */
export function followPointers(
  frame: HTMLElement,
  _state: DiagramState,
  { move, zoom, select }: DiagramControls,
): () => void {
  const pointers = new Map<number, Point>();
  let isDragged = false;
  const listening = new AbortController();
  const { signal } = listening;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    if (pointers.size === 0) isDragged = false;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }, { signal });
  frame.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const by = { x: event.clientX - before.x, y: event.clientY - before.y };
    if (!isDragged && Math.hypot(by.x, by.y) < DRAG_PIXELS) return;
    isDragged = true;
    // A click would no longer reach the box below if this were done at once.
    frame.setPointerCapture(event.pointerId);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (other === undefined) return move(by);
    const spread = (point: Point): number => Math.hypot(point.x - other.x, point.y - other.y);
    const middle = {
      clientX: (event.clientX + other.x) / 2,
      clientY: (event.clientY + other.y) / 2,
    };
    move({ x: by.x / 2, y: by.y / 2 });
    zoom(
      spread({ x: event.clientX, y: event.clientY }) / Math.max(spread(before), 1),
      fromMiddle(frame, middle),
    );
  }, { signal });
  for (const type of ["pointerup", "pointercancel"] as const) {
    document.addEventListener(type, ({ pointerId }) => pointers.delete(pointerId), { signal });
  }
  frame.addEventListener("click", ({ target }) => {
    if (isDragged || !(target instanceof Element)) return;
    select(target.closest<SVGElement>("[data-box]")?.dataset["box"] ?? null);
  }, { signal });
  return () => listening.abort();
}

/** Moves by the arrow keys, and zooms by plus, minus and 0. */
export function followKeys(
  frame: HTMLElement,
  _state: DiagramState,
  { move, zoom, fit, select }: DiagramControls,
): () => void {
  const listening = new AbortController();
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => move({ x: KEY_PIXELS, y: 0 }),
    ArrowRight: () => move({ x: -KEY_PIXELS, y: 0 }),
    ArrowUp: () => move({ x: 0, y: KEY_PIXELS }),
    ArrowDown: () => move({ x: 0, y: -KEY_PIXELS }),
    "+": () => zoom(ZOOM_STEP),
    "=": () => zoom(ZOOM_STEP),
    "-": () => zoom(1 / ZOOM_STEP),
    "0": fit,
    Escape: () => select(null),
  };
  frame.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (action === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  }, { signal: listening.signal });
  return () => listening.abort();
}

/** The position of a pointer, in pixels from the middle of the frame. */
function fromMiddle(
  frame: HTMLElement,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): Point {
  const { left, top, width, height } = frame.getBoundingClientRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}
