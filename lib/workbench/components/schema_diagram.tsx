// One side of a schema diagram, which scrolls if it is large. Runs in the browser.

import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { DiagramLayout, PlacedSide } from "../../diagram/diagram_layout.ts";
import { SchemaDrawing } from "../../diagram/schema_drawing.tsx";

interface SchemaDiagramProps {
  readonly side: PlacedSide;
  readonly layout: DiagramLayout;
  readonly label: string;
}

// Below this scale text is too small to read, so the drawing scrolls within its panel instead.
const LEAST_SCALE = 0.72;

/** A drawing within its frame. */
export function SchemaDiagram({ side, layout, label }: SchemaDiagramProps): JSX.Element {
  const arrowId = useId();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawing = frame.current?.querySelector("svg");
    if (frame.current === null || drawing === null || drawing === undefined) return;
    drawing.style.minWidth = `${Math.round(layout.width * LEAST_SCALE)}px`;
    // Scroll a large schema to its first change.
    const changed = side.boxes.find(({ box }) => box.mark !== "same");
    if (changed === undefined) return;
    const scale = drawing.clientWidth / layout.width;
    const { clientWidth, clientHeight } = frame.current;
    frame.current.scrollTo(
      (changed.x + changed.width / 2) * scale - clientWidth / 2,
      (changed.y + changed.height / 2) * scale - clientHeight / 2,
    );
  }, [side, layout]);
  if (side.boxes.length === 0) {
    return (
      <div class="diagram-scroll diagram-empty">
        <p class="quiet">No tables</p>
      </div>
    );
  }
  return (
    <div
      class="diagram-scroll"
      ref={frame}
      tabIndex={0}
      role="group"
      aria-label={`${label}, scrolls`}
    >
      <SchemaDrawing side={side} layout={layout} label={label} arrowId={arrowId} />
    </div>
  );
}
