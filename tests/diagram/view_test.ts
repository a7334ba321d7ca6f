// Views of a drawing: what a frame shows after a zoom, a drag and a search.

import * as assert from "uvu/assert";
import {
  centredView,
  drawnPart,
  fitView,
  isLegible,
  movedView,
  overlaps,
  overview,
  type View,
  viewBoxOf,
  zoomedView,
} from "../../lib/diagram/view.ts";
import { suite } from "../support/suite.ts";

const views = suite("views of a drawing");

const FRAME = { width: 424, height: 324 };

/** Where a point of the drawing is in the frame, in pixels from its upper left corner. */
function pixelOf({ x, y }: { x: number; y: number }, view: View): { x: number; y: number } {
  return {
    x: Math.round((x - view.x) * view.scale + FRAME.width / 2),
    y: Math.round((y - view.y) * view.scale + FRAME.height / 2),
  };
}

views("fitView() shows a large drawing whole, and a small one at its natural size", () => {
  const large = fitView({ x: 0, y: 0, width: 4_000, height: 600 }, FRAME);
  assert.equal(pixelOf({ x: 0, y: 300 }, large), { x: 12, y: 162 });
  assert.equal(pixelOf({ x: 4_000, y: 300 }, large), { x: 412, y: 162 });
  assert.not.ok(isLegible(large));
  assert.equal(fitView({ x: 10, y: 10, width: 100, height: 100 }, FRAME), {
    x: 60,
    y: 60,
    scale: 1,
  });
});

views("zoomedView() keeps the point under the pointer where it is", () => {
  const view = { x: 500, y: 400, scale: 0.5 };
  const fixed = { x: 90, y: -40 };
  const point = { x: 500 + 90 / 0.5, y: 400 - 40 / 0.5 };
  for (const factor of [2, 0.5]) {
    const zoomed = zoomedView(view, factor, fixed);
    assert.is(zoomed.scale, 0.5 * factor);
    assert.equal(pixelOf(point, zoomed), pixelOf(point, view));
  }
});

views("zoomedView() ends at limits", () => {
  const view = { x: 0, y: 0, scale: 1 };
  assert.ok(zoomedView(view, 1_000, { x: 0, y: 0 }).scale <= 4);
  assert.ok(zoomedView(view, 0.000_1, { x: 0, y: 0 }).scale >= 0.01);
});

views("movedView() moves by pixels, and never away from the drawing", () => {
  const drawing = { width: 1_000, height: 800 };
  const view = { x: 500, y: 400, scale: 0.5 };
  assert.equal(movedView(view, { x: 100, y: -50 }, drawing), { x: 300, y: 500, scale: 0.5 });
  assert.equal(movedView(view, { x: 9_999, y: -9_999 }, drawing), { x: 0, y: 800, scale: 0.5 });
});

views("centredView() makes text legible, and does not zoom out", () => {
  const box = { x: 100, y: 100, width: 200, height: 60 };
  const near = centredView(box, { x: 0, y: 0, scale: 0.1 });
  assert.ok(isLegible(near));
  assert.equal(pixelOf({ x: 200, y: 130 }, near), { x: 212, y: 162 });
  assert.is(centredView(box, { x: 0, y: 0, scale: 2 }).scale, 2);
});

views("overview() shows all areas that are near each other, else the first one", () => {
  const box = { width: 150, height: 60 };
  const near = overview([{ x: 0, y: 0, ...box }, { x: 600, y: 200, ...box }], FRAME);
  assert.equal([near?.x, near?.y], [375, 130]);
  const far = overview([{ x: 0, y: 0, ...box }, { x: 9_000, y: 200, ...box }], FRAME);
  assert.equal([far?.x, far?.y], [75, 30]);
  assert.is(overview([], FRAME), null);
});

views("viewBoxOf() has the frame's proportions", () => {
  assert.is(viewBoxOf({ x: 212, y: 162, scale: 1 }, FRAME), "0.00 0.00 424.00 324.00");
  assert.is(viewBoxOf({ x: 212, y: 162, scale: 2 }, FRAME), "106.00 81.00 212.00 162.00");
});

views("drawnPart() goes on with what is drawn until the frame shows more", () => {
  const view = { x: 1_000, y: 1_000, scale: 1 };
  const first = drawnPart(view, FRAME, null);
  assert.is(drawnPart({ ...view, x: 1_200 }, FRAME, first), first);
  const moved = drawnPart({ ...view, x: 1_300 }, FRAME, first);
  assert.is.not(moved, first);
  // The frame is 424 wide, so it shows 1,088 to 1,512.
  assert.ok(moved.area.x < 1_088 && moved.area.x + moved.area.width > 1_512);
  assert.is(drawnPart({ ...view, scale: 2 }, FRAME, first), first);
  assert.ok(drawnPart({ ...view, scale: 0.3 }, FRAME, first).isFar);
});

views("overlaps() tells what is in an area from what only touches it", () => {
  const area = { x: 0, y: 0, width: 100, height: 100 };
  assert.ok(overlaps(area, { x: 99, y: -20, width: 10, height: 21 }));
  assert.ok(overlaps({ x: 40, y: 40, width: 1, height: 1 }, area));
  assert.not.ok(overlaps(area, { x: 100, y: 0, width: 10, height: 10 }));
  assert.not.ok(overlaps(area, { x: 0, y: -10, width: 10, height: 10 }));
});

views.run();
