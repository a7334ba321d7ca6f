// Saves drawings as one SVG file that needs no styles of the page. Runs in the browser.

import { download } from "./download.ts";

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

/** Saves every drawing in an element beside each other, whole, in the colours of the page. */
export function saveDrawings(element: HTMLElement, name: string): void {
  const page = getComputedStyle(element);
  const file = document.createElementNS(SVG, "svg");
  let x = GAP;
  let height = 0;
  for (const figure of element.querySelectorAll("figure")) {
    const drawing = figure.querySelector<SVGSVGElement>("svg.diagram");
    if (drawing === null) continue;
    const size = { width: sizeIn(drawing, "width"), height: sizeIn(drawing, "height") };
    const caption = document.createElementNS(SVG, "text");
    caption.textContent = figure.querySelector("figcaption")?.textContent ?? "";
    set(caption, { x, y: GAP, "font-family": page.fontFamily, "font-size": 14, fill: page.color });
    const copy = styledCopy(drawing);
    set(copy, { x, y: CAPTION + GAP / 2, ...size, viewBox: `0 0 ${size.width} ${size.height}` });
    file.append(caption, copy);
    x += size.width + GAP;
    height = Math.max(height, size.height);
  }
  const all = { width: x, height: height + CAPTION + 2 * GAP };
  const back = document.createElementNS(SVG, "rect");
  set(back, { ...all, fill: getComputedStyle(document.documentElement).backgroundColor });
  file.prepend(back);
  set(file, { xmlns: SVG, ...all, viewBox: `0 0 ${all.width} ${all.height}` });
  download(`${name}.svg`, new XMLSerializer().serializeToString(file), "image/svg+xml");
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

function sizeIn(drawing: SVGSVGElement, name: "width" | "height"): number {
  return Number(drawing.getAttribute(name) ?? 0);
}

function set(element: SVGElement, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}
