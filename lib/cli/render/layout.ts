// Text that fits a terminal: lines of at most 80 columns, readable times. Pure; runs anywhere.

import { printable } from "../../printable.ts";
import { textWidth } from "./text_width.ts";

const COLUMNS = 80;
const INDENT = "  ";

/**
 * Writes a head, which may be colored, and a text after it, broken between words; the lines that
 * follow the first are indented. A word that is longer than a line stays whole, so that it can be
 * copied.
 */
export function paragraph(head: string, text: string): string {
  const lines = [head];
  let width = textWidth(head);
  for (const word of printable(text).split(" ")) {
    const added = textWidth(` ${word}`);
    if (width + added <= COLUMNS - INDENT.length) {
      lines.push(`${lines.pop()} ${word}`);
      width += added;
    } else {
      lines.push(word);
      width = added - 1;
    }
  }
  return lines.map((line) => line.trimEnd()).join(`\n${INDENT}`);
}

/** A time to the second, in UTC: `2026-01-31 12:00:00`. */
export function readableTime(iso: string): string {
  return iso.replace("T", " ").replace(/(\.\d+)?Z$/, "");
}
