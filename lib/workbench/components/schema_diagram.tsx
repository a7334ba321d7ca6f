// Draws one side of a schema diagram as SVG. Runs in the browser.

import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { describeSide } from "../model/diagram.ts";
import type { DiagramLayout, PlacedEdge, PlacedSide } from "../model/diagram_layout.ts";
import { DiagramBoxDrawing } from "./diagram_box.tsx";

interface SchemaDiagramProps {
  readonly side: PlacedSide;
  readonly layout: DiagramLayout;
  readonly label: string;
}

// Below this scale text is too small to read, so the drawing scrolls within its panel instead.
const LEAST_SCALE = 0.72;
const CORNER = 8;

/** A drawing, with a description in words. */
export function SchemaDiagram({ side, layout, label }: SchemaDiagramProps): JSX.Element {
  const arrow = useId();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Scroll a large schema to its first change.
    const changed = side.boxes.find(({ box }) => box.mark !== "same");
    const drawing = frame.current?.querySelector("svg");
    if (changed === undefined || frame.current === null || drawing === null) return;
    const scale = (drawing?.clientWidth ?? layout.width) / layout.width;
    const { clientWidth, clientHeight } = frame.current;
    frame.current.scrollTo(
      (changed.x + changed.width / 2) * scale - clientWidth / 2,
      (changed.y + changed.height / 2) * scale - clientHeight / 2,
    );
  }, [side]);
  const { width, height } = layout;
  const words = describeSide({
    boxes: side.boxes.map(({ box }) => box),
    edges: side.edges.map(({ edge }) => edge),
  });
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
      <svg
        class="diagram"
        role="img"
        aria-label={`${label}: ${words}`}
        width={width}
        height={height}
        viewBox={`0 0 ${width} ${height}`}
        style={{ minWidth: `${Math.round(width * LEAST_SCALE)}px` }}
      >
        <defs>
          <marker
            id={arrow}
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto"
          >
            <path class="diagram-arrow" d="M1 1 7 4 1 7z" />
          </marker>
        </defs>
        {side.edges.map((placed) => (
          <path
            key={JSON.stringify(placed.edge)}
            class="diagram-edge"
            d={pathOf(placed)}
            marker-end={`url(#${arrow})`}
          />
        ))}
        {side.boxes.map((placed) => <DiagramBoxDrawing key={placed.box.id} placed={placed} />)}
      </svg>
    </div>
  );
}

// Straight lines with rounded corners.
function pathOf({ points }: PlacedEdge): string {
  return points.map((point, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined) return `M${point.x} ${point.y}`;
    if (after === undefined) return `L${point.x} ${point.y}`;
    const start = towards(point, before);
    const end = towards(point, after);
    return `L${start.x} ${start.y}Q${point.x} ${point.y} ${end.x} ${end.y}`;
  }).join("");
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function towards(from: Point, to: Point): Point {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const share = distance === 0 ? 0 : Math.min(CORNER / distance, 0.5);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
