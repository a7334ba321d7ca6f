// The part of a large diagram that a migration changes. Pure; runs anywhere.

import type { Detail } from "./box_size.ts";
import type { Diagram, DiagramSide } from "./diagram.ts";

// With more boxes, names are too small to read in half a page.
const MOST_BOXES = 12;

/** Whether a drawing has more boxes than can be read at once. */
export function isLarge({ before, after }: Diagram): boolean {
  return Math.max(before.boxes.length, after.boxes.length) > MOST_BOXES;
}

/** Chooses the detail. In a large drawing, only changed tables show their columns. */
export function defaultDetail(diagram: Diagram): Detail {
  return isLarge(diagram) ? "changed" : "all";
}

/** The boxes that change, and those that a foreign key connects with them; `null` if none change. */
export function focusedDiagram(diagram: Diagram): Diagram | null {
  const sides = [diagram.before, diagram.after];
  const changed = new Set(
    sides.flatMap(({ boxes }) => boxes.flatMap(({ id, mark }) => mark === "same" ? [] : [id])),
  );
  if (changed.size === 0) return null;
  const near = new Set(changed);
  for (const { from, to } of sides.flatMap(({ edges }) => edges)) {
    if (changed.has(from)) near.add(to);
    if (changed.has(to)) near.add(from);
  }
  return { before: reduced(diagram.before, near), after: reduced(diagram.after, near) };
}

function reduced({ boxes, edges }: DiagramSide, ids: ReadonlySet<string>): DiagramSide {
  return {
    boxes: boxes.filter(({ id }) => ids.has(id)),
    edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
  };
}
