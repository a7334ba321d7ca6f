// Puts other sections into the text of a migration file. Pure; runs anywhere.

import { diffArrays } from "diff";
import { findMarkers } from "./markers.ts";

/**
 * The text with other sections; `null` where it does not have both markers, each once. All lines
 * before, between and in the sections that are not changed stay as they are, with their ends, and
 * new ones get the end that most lines have.
 */
export function withSections(
  text: string,
  { up, down }: { readonly up: string; readonly down: string },
): string | null {
  const lines = text.split("\n");
  const { ups, downs } = findMarkers(text.replaceAll("\r\n", "\n"));
  const [upMarker] = ups;
  const [downMarker] = downs;
  if (upMarker === undefined || downMarker === undefined || ups.length + downs.length > 2) {
    return null;
  }
  if (downMarker < upMarker) return null;
  const carried = lines.filter((line) => line.endsWith("\r")).length;
  const end = carried > lines.length / 2 ? "\r" : "";
  return [
    ...lines.slice(0, upMarker + 1),
    ...replaced(lines.slice(upMarker + 1, downMarker), up, end),
    ...lines.slice(downMarker, downMarker + 1),
    ...replaced(lines.slice(downMarker + 1), down, end),
  ].join("\n");
}

function replaced(lines: readonly string[], section: string, end: string): readonly string[] {
  const present = lines.map((line) => line.replace(/\r$/, ""));
  if (present.join("\n") === section) return lines;
  const left = lines[Symbol.iterator]();
  const changes = diffArrays(present, section.split("\n"));
  return changes.flatMap(({ added, removed, value }) => {
    if (added) return value.map((line) => line + end);
    const own = value.flatMap(() => left.next().value ?? []);
    return removed ? [] : own;
  });
}
