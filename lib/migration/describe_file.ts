// What a description of a change gives: the name and the title of its file. Pure; runs anywhere.

import { isDirective } from "./directives.ts";
import { markerName } from "./markers.ts";

/** The part of a file's name that a description gives; empty where it has no letter or digit. */
export function nameFrom(description: string): string {
  return description.toLowerCase().normalize("NFKD").replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "").slice(0, 100);
}

/** A description on one line. */
export function titleFrom(description: string): string {
  return description.replaceAll(/\s+/g, " ").trim();
}

/**
 * A description as the first line of a file. In quotes where godwit would take it for a marker or a
 * directive: "up" begins a section.
 */
export function titleComment(description: string): string {
  const title = titleFrom(description);
  const comment = `-- ${title}`;
  return markerName(comment) === null && !isDirective(comment) ? comment : `-- "${title}"`;
}
