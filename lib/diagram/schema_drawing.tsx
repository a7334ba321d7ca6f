// Draws one side of a schema diagram as SVG. Runs anywhere.

import type { JSX } from "preact";
import { describeSide } from "./diagram.ts";
import type { DiagramLayout, PlacedEdge, PlacedSide } from "./diagram_layout.ts";
import { DiagramBoxDrawing } from "./diagram_box.tsx";
import type { Point } from "./sheet.ts";
import { type DrawnPart, overlaps } from "./view.ts";

interface SchemaDrawingProps {
  readonly side: PlacedSide;
  readonly layout: DiagramLayout;
  readonly label: string;
  /** An id that nothing else on the page has. */
  readonly arrowId: string;
  /** What is drawn of it; everything if it is left out. */
  readonly part?: DrawnPart;
}

const CORNER = 8;

/** A drawing, with a description in words. */
export function SchemaDrawing(
  { side, layout, label, arrowId, part }: SchemaDrawingProps,
): JSX.Element {
  const { width, height } = layout;
  const words = describeSide({
    boxes: side.boxes.map(({ box }) => box),
    edges: side.edges.map(({ edge }) => edge),
  });
  const drawn = part === undefined
    ? side.boxes
    : side.boxes.filter((placed) => overlaps(placed, part.area));
  return (
    <svg
      class="diagram"
      role="img"
      aria-label={`${label}: ${words}`}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      <defs>
        <marker
          id={arrowId}
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
          data-from={placed.edge.from}
          data-to={placed.edge.to}
          d={pathOf(placed)}
          marker-end={`url(#${arrowId})`}
        />
      ))}
      {drawn.map((placed) => (
        <DiagramBoxDrawing
          key={placed.box.id}
          placed={placed}
          isFar={part?.isFar === true}
        />
      ))}
    </svg>
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

function towards(from: Point, to: Point): Point {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const share = distance === 0 ? 0 : Math.min(CORNER / distance, 0.5);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
