// One drawing in a frame: zoomed by wheel, pinch and keys, and dragged. Runs in the browser.

import type { JSX } from "preact";
import { useComputed, useSignalEffect } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { DiagramLayout, PlacedSide } from "../../diagram/diagram_layout.ts";
import type { Size } from "../../diagram/sheet.ts";
import { SchemaDrawing } from "../../diagram/schema_drawing.tsx";
import { type DrawnPart, drawnPart, isFar, type View, viewBoxOf } from "../../diagram/view.ts";
import type { DiagramControls, DiagramState } from "./diagram_controls.ts";
import { followKeys, followPointers, followWheel } from "./diagram_gestures.ts";

interface DiagramFrameProps {
  readonly label: string;
  readonly side: PlacedSide;
  readonly layout: DiagramLayout;
  readonly state: DiagramState;
  readonly controls: DiagramControls;
}

/** A drawing. What it shows is set on its SVG, because a frame of a gesture has no time to render. */
export function DiagramFrame(
  { label, side, layout, state, controls }: DiagramFrameProps,
): JSX.Element {
  const arrowId = useId();
  const frame = useRef<HTMLDivElement>(null);
  const last = useRef<DrawnPart | null>(null);
  // Of three hundred tables, a page draws a few in the time that all would take.
  const { value: part } = useComputed(() =>
    last.current = drawnPart(state.view.value, state.frame.value, last.current)
  );
  const drawing = useMemo(
    () => <SchemaDrawing side={side} layout={layout} label={label} arrowId={arrowId} part={part} />,
    [side, layout, label, arrowId, part],
  );
  // Both are read first, so that the effect follows them.
  useSignalEffect(() => {
    const { view, frame: measured } = state;
    show(frame.current, view.value, measured.value);
  });
  useSignalEffect(() => light(svgIn(frame.current), state.selected.value?.id ?? null));
  useEffect(() => {
    const { current: element } = frame;
    if (element === null) return;
    const ends = [followWheel, followPointers, followKeys].map((follow) =>
      follow(element, state, controls)
    );
    return () => ends.forEach((end) => end());
  }, [layout, controls]);
  // What is newly drawn begins without either.
  useLayoutEffect(() => {
    show(frame.current, state.view.peek(), state.frame.peek());
    light(svgIn(frame.current), state.selected.peek()?.id ?? null);
  }, [drawing]);
  if (side.boxes.length === 0) {
    return (
      <div class="diagram-frame diagram-empty">
        <p class="quiet">No tables</p>
      </div>
    );
  }
  return (
    <div
      class="diagram-frame"
      ref={frame}
      tabIndex={0}
      role="group"
      aria-label={`${label}: arrow keys move the drawing, plus and minus zoom, 0 shows everything`}
    >
      {drawing}
    </div>
  );
}

function svgIn(frame: HTMLElement | null): SVGSVGElement | null {
  return frame?.querySelector("svg") ?? null;
}

// The size is known: reading it from the frame would lay out every text of the drawing once more.
function show(frame: HTMLElement | null, view: View, size: Size): void {
  const drawing = svgIn(frame);
  if (drawing === null || size.width === 0) return;
  drawing.setAttribute("viewBox", viewBoxOf(view, size));
  drawing.toggleAttribute("data-far", isFar(view));
}

/** Lights a box, its foreign keys, and what they connect it with. */
function light(drawing: SVGSVGElement | null, id: string | null): void {
  if (drawing === null) return;
  const near = new Set(id === null ? [] : [id]);
  for (const line of drawing.querySelectorAll<SVGElement>(".diagram-edge")) {
    const { from = "", to = "" } = line.dataset;
    const isOwn = id !== null && (from === id || to === id);
    line.toggleAttribute("data-lit", isOwn);
    if (isOwn) near.add(from).add(to);
  }
  let isFound = false;
  for (const box of drawing.querySelectorAll<SVGElement>(".box")) {
    const own = box.dataset["box"] ?? "";
    isFound ||= own === id;
    box.toggleAttribute("data-lit", near.has(own));
    box.toggleAttribute("data-selected", own === id);
  }
  drawing.toggleAttribute("data-lit", isFound);
}
