// Saves drawings as one SVG file that needs no styles of the page. Runs in the browser.

import { render } from "preact";
import { SIDES } from "../../diagram/diagram.ts";
import type { DiagramLayout } from "../../diagram/diagram_layout.ts";
import { SchemaDrawing } from "../../diagram/schema_drawing.tsx";
import { download } from "../state/download.ts";

const SVG = "http://www.w3.org/2000/svg";

/** What the styles of the page give an element, as attributes of SVG have it. */
const STYLES = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "font-family",
  "font-size",
  "font-weight",
  "text-decoration-line",
] as const;

const GAP = 24;
const CAPTION = 28;

/**
 * Saves both drawings beside each other, whole, in the colours of the page. They are drawn in
 * `host`, whose styles apply, and removed again.
 */
export function saveDrawings(host: HTMLElement, layout: DiagramLayout, name: string): void {
  const drawn = document.createElement("div");
  drawn.hidden = true;
  host.append(drawn);
  try {
    const file = sheetOf(drawn, layout);
    download(`${name}.svg`, new XMLSerializer().serializeToString(file), "image/svg+xml");
  } finally {
    render(null, drawn);
    drawn.remove();
  }
}

function sheetOf(drawn: HTMLElement, layout: DiagramLayout): SVGElement {
  const page = getComputedStyle(drawn);
  const file = document.createElementNS(SVG, "svg");
  let x = GAP;
  for (const [side, label] of SIDES) {
    if (layout[side].boxes.length === 0) continue;
    render(
      <SchemaDrawing side={layout[side]} layout={layout} label={label} arrowId={`arrow-${side}`} />,
      drawn,
    );
    const drawing = drawn.querySelector("svg");
    if (drawing === null) continue;
    const caption = document.createElementNS(SVG, "text");
    caption.textContent = label;
    set(caption, { x, y: GAP, "font-family": page.fontFamily, "font-size": 14, fill: page.color });
    const copy = styledCopy(drawing);
    set(copy, { x, y: CAPTION + GAP / 2 });
    file.append(caption, copy);
    x += layout.width + GAP;
  }
  const all = { width: x, height: layout.height + CAPTION + 2 * GAP };
  const back = document.createElementNS(SVG, "rect");
  set(back, { ...all, fill: getComputedStyle(document.documentElement).backgroundColor });
  file.prepend(back);
  set(file, { xmlns: SVG, ...all, viewBox: `0 0 ${all.width} ${all.height}` });
  return file;
}

function styledCopy(drawing: SVGSVGElement): SVGElement {
  const copy = drawing.cloneNode(true);
  if (!(copy instanceof SVGElement)) throw new TypeError("An SVG's copy is no SVG");
  const originals = drawing.querySelectorAll<SVGElement>("*");
  copy.querySelectorAll<SVGElement>("*").forEach((element, index) => {
    const original = originals[index];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const property of STYLES) {
      const value = style.getPropertyValue(property);
      const attribute = property === "text-decoration-line" ? "text-decoration" : property;
      if (value !== "none" || property === "fill") element.setAttribute(attribute, value);
    }
    dropPageAttributes(element);
  });
  dropPageAttributes(copy);
  return copy;
}

/** Drops what only the styles and scripts of the page read. */
function dropPageAttributes(element: SVGElement): void {
  for (const { name } of [...element.attributes]) {
    if (name === "class" || name.startsWith("data-")) element.removeAttribute(name);
  }
}

function set(element: SVGElement, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
